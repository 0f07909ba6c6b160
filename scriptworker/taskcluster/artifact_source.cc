// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/artifact_source.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/taskcluster/artifact_file.h"

namespace scriptworker::taskcluster {

ArtifactSource::ArtifactSource(const ArtifactFile& file)
    : file_(file),
      bytes_(file.fd(), file.size(), file.name().str()),
      hasher_(crypto::AlgorithmOfHex(file.digest())) {}

absl::StatusOr<size_t> ArtifactSource::Read(absl::Span<char> buffer) {
  absl::StatusOr<size_t> n = ReadChecked(buffer);
  failed_ = failed_ || !n.ok();
  return n;
}

absl::StatusOr<size_t> ArtifactSource::ReadChecked(absl::Span<char> buffer) {
  SW_ASSIGN_OR_RETURN(const size_t n, bytes_.Read(buffer));
  if (n == 0 && position_ < size()) return file_.Changed();
  position_ += static_cast<int64_t>(n);
  hasher_.Update(std::string_view(buffer.data(), n));
  if (n > 0 && position_ == size()) {
    SW_RETURN_IF_ERROR(file_.CheckSize());
    if (hasher_.FinishHex() != file_.digest()) return file_.Changed();
  }
  return n;
}

absl::Status ArtifactSource::Rewind() {
  position_ = 0;
  hasher_ = crypto::Hasher(hasher_.algorithm());
  return bytes_.Rewind();
}

}  // namespace scriptworker::taskcluster
