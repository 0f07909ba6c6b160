// SPDX-License-Identifier: MPL-2.0
//
// The bytes of a stored object. Small ones are in memory, large ones in an
// unlinked temporary file, so that a server that stores gigabytes stays small.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_BLOB_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_BLOB_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/hash.h"

namespace scriptworker::taskcluster::fake {

// Immutable and thread-safe.
class Blob {
 public:
  int64_t size() const { return size_; }
  const std::string& sha256_hex() const { return sha256_hex_; }

  // Up to `length` bytes from `offset` on; fewer at the end.
  absl::StatusOr<std::string> Read(int64_t offset, int64_t length) const;

 private:
  friend class BlobWriter;
  Blob() = default;

  std::string memory_;  // used while file_ is not valid
  UniqueFd file_;
  int64_t size_ = 0;
  std::string sha256_hex_;
};

// Thread-compatible.
class BlobWriter {
 public:
  static constexpr int64_t kMaxBytesInMemory = int64_t{4} << 20;

  BlobWriter();

  absl::Status Append(std::string_view bytes);
  std::shared_ptr<const Blob> Finish() &&;

 private:
  std::shared_ptr<Blob> blob_;
  crypto::Hasher hasher_;
};

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_BLOB_H_
