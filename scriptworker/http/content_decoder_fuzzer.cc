// SPDX-License-Identifier: MPL-2.0
//
// A coded body decodes the same in one piece and in small ones, and never beyond its caps.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/http/content_decoder.h"

namespace {

using ::scriptworker::http::ContentDecoder;
using ::scriptworker::http::DecodeContent;
using ::scriptworker::http::DecodeLimits;

constexpr DecodeLimits kLimits = {.max_bytes = 1 << 20};

absl::Status DecodeInPieces(std::string_view coding, std::string_view coded, std::string& decoded) {
  absl::StatusOr<ContentDecoder> decoder = ContentDecoder::Create(coding, kLimits);
  CHECK_OK(decoder);
  while (!coded.empty()) {
    const size_t size = std::min<size_t>(coded.size(), 7);
    const absl::Status status = decoder->Write(coded.substr(0, size), [&](std::string_view piece) {
      decoded.append(piece);
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    coded.remove_prefix(size);
  }
  return decoder->Finish();
}

}  // namespace

// The first byte chooses the coding.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view coding = data[0] % 2 == 0 ? "gzip" : "deflate";
  const std::string_view coded(reinterpret_cast<const char*>(data) + 1, size - 1);
  const absl::StatusOr<std::string> whole = DecodeContent(coding, coded, kLimits);
  std::string decoded;
  const absl::Status pieces = DecodeInPieces(coding, coded, decoded);
  CHECK_EQ(whole.ok(), pieces.ok()) << whole.status() << pieces;
  CHECK_LE(decoded.size(), size_t{1} << 20);
  if (whole.ok()) CHECK(*whole == decoded);
  return 0;
}
