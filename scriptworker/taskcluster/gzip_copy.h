// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_GZIP_COPY_H_
#define SCRIPTWORKER_TASKCLUSTER_GZIP_COPY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/crypto/hash.h"

namespace scriptworker::taskcluster {

struct GzipHeader {
  std::string name;   // the original name; without '\0'
  int64_t mtime = 0;  // seconds since the epoch
};

struct GzipCopyResult {
  int64_t bytes_in = 0;
  int64_t bytes_out = 0;
  std::string digest_in;   // of the uncompressed bytes, lower-case hex
  std::string digest_out;  // of the bytes written
};

// Writes the gzip form (RFC 1952, level 9; the bytes that Python's gzip module
// makes) of all of `input`, from its first byte whatever its offset, to
// `output`. Takes about 400 KiB of memory for any size. Errors of the system:
// their errno's code. A cancelled copy ends within 64 KiB, with the reason.
absl::StatusOr<GzipCopyResult> GzipCopy(
    int input, int output, const GzipHeader& header,
    crypto::HashAlgorithm algorithm = crypto::HashAlgorithm::kSha256,
    const CancellationToken& cancellation = {});

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_GZIP_COPY_H_
