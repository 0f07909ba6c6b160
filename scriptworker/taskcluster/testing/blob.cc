// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/hash.h"

namespace scriptworker::taskcluster::fake {
namespace {

constexpr char kWhat[] = "temporary file of a stored object";

absl::StatusOr<UniqueFd> OpenTemporaryFile() {
  std::string path = "/tmp/fake-taskcluster-XXXXXX";
  UniqueFd fd(::mkostemp(path.data(), O_CLOEXEC));
  if (!fd.valid()) return absl::ErrnoToStatus(errno, kWhat);
  ::unlink(path.c_str());
  return fd;
}

}  // namespace

absl::StatusOr<std::string> Blob::Read(int64_t offset, int64_t length) const {
  if (offset < 0 || length < 0 || offset > size_) {
    return absl::OutOfRangeError("outside the stored object");
  }
  const size_t wanted = static_cast<size_t>(std::min(length, size_ - offset));
  if (!file_.valid()) {
    return memory_.substr(static_cast<size_t>(offset), wanted);
  }
  std::string bytes(wanted, '\0');
  size_t done = 0;
  while (done < wanted) {
    const ssize_t n = ::pread(file_.get(), bytes.data() + done, wanted - done,
                              offset + static_cast<int64_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return absl::ErrnoToStatus(errno, kWhat);
    if (n == 0) return absl::DataLossError(kWhat);
    done += static_cast<size_t>(n);
  }
  return bytes;
}

BlobWriter::BlobWriter() : blob_(new Blob), hasher_(crypto::HashAlgorithm::kSha256) {}

absl::Status BlobWriter::Append(std::string_view bytes) {
  const int64_t size = blob_->size_ + static_cast<int64_t>(bytes.size());
  if (!blob_->file_.valid() && size > kMaxBytesInMemory) {
    SW_ASSIGN_OR_RETURN(blob_->file_, OpenTemporaryFile());
    SW_RETURN_IF_ERROR(WriteAll(blob_->file_.get(), blob_->memory_, kWhat));
    blob_->memory_ = std::string();
  }
  if (blob_->file_.valid()) {
    SW_RETURN_IF_ERROR(WriteAll(blob_->file_.get(), bytes, kWhat));
  } else {
    blob_->memory_.append(bytes);
  }
  blob_->size_ = size;
  hasher_.Update(bytes);
  return absl::OkStatus();
}

std::shared_ptr<const Blob> BlobWriter::Finish() && {
  blob_->sha256_hex_ = hasher_.FinishHex();
  return std::move(blob_);
}

}  // namespace scriptworker::taskcluster::fake
