// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/gzip_copy.h"

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/hash.h"
#include "zlib.h"

namespace scriptworker::taskcluster {
namespace {

constexpr size_t kBuffer = 64 << 10;
constexpr int kGzipWindow = 15 + 16;  // zlib: the largest window, gzip framing
constexpr int kMemory = 8;            // zlib's default, as Python's
constexpr int kUnknownSystem = 255;   // the header's OS field, as Python's

absl::StatusOr<size_t> ReadAt(int fd, int64_t offset, char* buffer) {
  ssize_t n;
  do {
    n = ::pread(fd, buffer, kBuffer, offset);
  } while (n < 0 && errno == EINTR);
  if (n < 0) return absl::ErrnoToStatus(errno, "cannot read what to compress");
  return static_cast<size_t>(n);
}

}  // namespace

absl::StatusOr<GzipCopyResult> GzipCopy(int input, int output, const GzipHeader& header,
                                        crypto::HashAlgorithm algorithm,
                                        const CancellationToken& cancellation) {
  z_stream stream = {};
  if (::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemory,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
    return absl::ResourceExhaustedError("no memory to compress");
  }
  const absl::Cleanup end = [&stream] { ::deflateEnd(&stream); };
  std::string name = header.name;
  gz_header fields = {};
  fields.time = static_cast<uLong>(header.mtime);
  fields.os = kUnknownSystem;
  fields.name = reinterpret_cast<Bytef*>(name.data());
  ::deflateSetHeader(&stream, &fields);

  // Not filled first: of a small file's buffers most pages are never touched.
  const auto in = std::make_unique_for_overwrite<char[]>(kBuffer);
  const auto out = std::make_unique_for_overwrite<char[]>(kBuffer);
  crypto::Hasher hasher_in(algorithm);
  crypto::Hasher hasher_out(algorithm);
  GzipCopyResult result;
  for (int flush = Z_NO_FLUSH; flush != Z_FINISH;) {
    if (cancellation.cancelled()) return cancellation.reason();
    SW_ASSIGN_OR_RETURN(const size_t n, ReadAt(input, result.bytes_in, in.get()));
    result.bytes_in += static_cast<int64_t>(n);
    hasher_in.Update(std::string_view(in.get(), n));
    flush = n == 0 ? Z_FINISH : Z_NO_FLUSH;
    stream.next_in = reinterpret_cast<Bytef*>(in.get());
    stream.avail_in = static_cast<uInt>(n);
    do {
      stream.next_out = reinterpret_cast<Bytef*>(out.get());
      stream.avail_out = static_cast<uInt>(kBuffer);
      if (::deflate(&stream, flush) == Z_STREAM_ERROR) {
        return absl::InternalError("zlib refused to compress");
      }
      const std::string_view made(out.get(), kBuffer - stream.avail_out);
      SW_RETURN_IF_ERROR(WriteAll(output, made, header.name));
      hasher_out.Update(made);
      result.bytes_out += static_cast<int64_t>(made.size());
    } while (stream.avail_out == 0);
  }
  result.digest_in = hasher_in.FinishHex();
  result.digest_out = hasher_out.FinishHex();
  return result;
}

}  // namespace scriptworker::taskcluster
