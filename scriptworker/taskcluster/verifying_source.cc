// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/verifying_source.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/http/body.h"

namespace scriptworker::taskcluster {

VerifyingSource::VerifyingSource(http::BodySource& inner, std::optional<std::string> digest,
                                 std::string name)
    : inner_(inner),
      digest_(std::move(digest)),
      name_(std::move(name)),
      hasher_(crypto::AlgorithmOfHex(digest_.value_or(""))) {}

absl::StatusOr<size_t> VerifyingSource::Read(absl::Span<char> buffer) {
  const absl::StatusOr<size_t> n = inner_.Read(buffer);
  if (!n.ok()) {
    failed_ = true;
    return n;
  }
  position_ += static_cast<int64_t>(*n);
  // An end before size() is for the transport to find.
  if (!digest_.has_value() || *n == 0) return n;
  hasher_.Update(std::string_view(buffer.data(), *n));
  if (position_ >= size() && hasher_.FinishHex() != *digest_) {
    failed_ = true;
    return absl::DataLossError(absl::StrCat("\"", name_, "\" changed after it was hashed"));
  }
  return n;
}

absl::Status VerifyingSource::Rewind() {
  position_ = 0;
  hasher_ = crypto::Hasher(hasher_.algorithm());
  return inner_.Rewind();
}

}  // namespace scriptworker::taskcluster
