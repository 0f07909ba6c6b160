// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_CONTENT_DECODER_H_
#define SCRIPTWORKER_HTTP_CONTENT_DECODER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace scriptworker::http {

struct DecodeLimits {
  // Cap on the decoded body; also, plus a little, on the coded one, as a coding
  // may be endless without decoding to anything.
  int64_t max_bytes = int64_t{32} << 20;
  // Cap on decoded / coded, looked at beyond `ratio_free_bytes` decoded ones.
  int max_ratio = 200;
  int64_t ratio_free_bytes = int64_t{4} << 20;
};

// Undoes a body's Content-Encoding piece by piece, with exact caps: not a byte
// more than allowed is passed on. Knows gzip (also several members in a row),
// deflate (with zlib header or raw, as servers send both) and identity.
// Thread-compatible.
class ContentDecoder {
 public:
  using Output = absl::FunctionRef<absl::Status(std::string_view)>;

  // `content_encoding`: the header's value, empty if there is none.
  // kDataLoss for a coding that is not known, which includes two at once.
  static absl::StatusOr<ContentDecoder> Create(std::string_view content_encoding,
                                               const DecodeLimits& limits = {});

  ContentDecoder(ContentDecoder&&) noexcept;
  ContentDecoder& operator=(ContentDecoder&&) noexcept;
  ~ContentDecoder();

  // Passes what `coded` decodes to on to `output`, in pieces. kDataLoss if it
  // is not in the coding, kResourceExhausted at a cap, or `output`'s error.
  absl::Status Write(std::string_view coded, Output output);
  // kDataLoss if the coded body is not complete. A body of no bytes at all is.
  absl::Status Finish() const;

 private:
  struct Inflater;

  explicit ContentDecoder(const DecodeLimits& limits);
  absl::Status Inflate(std::string_view coded, Output output);
  absl::Status PassOn(std::string_view decoded, Output output);

  DecodeLimits limits_;
  std::unique_ptr<Inflater> inflater_;  // null for identity
  int64_t coded_bytes_ = 0;
  int64_t decoded_bytes_ = 0;
};

// The whole of `coded` at once.
absl::StatusOr<std::string> DecodeContent(std::string_view content_encoding, std::string_view coded,
                                          const DecodeLimits& limits = {});

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_CONTENT_DECODER_H_
