// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/content_decoder.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"

namespace scriptworker::http {
namespace {

constexpr int kWindowBits = 15;
constexpr int kGzipWrapper = 16;  // added to the window bits
constexpr size_t kBufferBytes = size_t{64} << 10;
// How much more coded than decoded bytes a body may have: framing.
constexpr int64_t kCodingOverhead = int64_t{64} << 10;

// Whether these first two bytes are a zlib header (RFC 1950).
bool IsZlibHeader(unsigned char first, unsigned char second) {
  return (first & 0x0f) == Z_DEFLATED && (first * 256 + second) % 31 == 0;
}

}  // namespace

struct ContentDecoder::Inflater {
  enum class State {
    kStart,    // nothing fed
    kRunning,  // inside a stream
    kEnded,    // a stream ended; gzip may begin another one
  };

  explicit Inflater(bool is_gzip) : gzip(is_gzip) {}
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (initialized) inflateEnd(&stream);
  }

  absl::Status Begin(int window_bits) {
    const int result =
        initialized ? inflateReset2(&stream, window_bits) : inflateInit2(&stream, window_bits);
    if (result != Z_OK) return absl::ResourceExhaustedError("no memory: zlib");
    initialized = true;
    state = State::kRunning;
    return absl::OkStatus();
  }

  const bool gzip;
  bool initialized = false;
  State state = State::kStart;
  std::string head;  // deflate: the first byte, until the second has come
  z_stream stream = {};
  std::array<char, kBufferBytes> buffer;
};

ContentDecoder::ContentDecoder(const DecodeLimits& limits) : limits_(limits) {}
ContentDecoder::ContentDecoder(ContentDecoder&&) noexcept = default;
ContentDecoder& ContentDecoder::operator=(ContentDecoder&&) noexcept = default;
ContentDecoder::~ContentDecoder() = default;

absl::StatusOr<ContentDecoder> ContentDecoder::Create(std::string_view content_encoding,
                                                      const DecodeLimits& limits) {
  ContentDecoder decoder(limits);
  const std::string_view coding = absl::StripAsciiWhitespace(content_encoding);
  if (coding.empty() || absl::EqualsIgnoreCase(coding, "identity")) {
    return decoder;
  }
  const bool gzip =
      absl::EqualsIgnoreCase(coding, "gzip") || absl::EqualsIgnoreCase(coding, "x-gzip");
  if (!gzip && !absl::EqualsIgnoreCase(coding, "deflate")) {
    return absl::DataLossError(absl::StrCat("the body has the Content-Encoding \"",
                                            absl::CHexEscape(coding.substr(0, 64)),
                                            "\", which is not known"));
  }
  decoder.inflater_ = std::make_unique<Inflater>(gzip);
  return decoder;
}

absl::Status ContentDecoder::Write(std::string_view coded, Output output) {
  coded_bytes_ += static_cast<int64_t>(coded.size());
  if (inflater_ == nullptr) return PassOn(coded, output);
  if (coded_bytes_ - kCodingOverhead > limits_.max_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the coded body is larger than the cap of ", limits_.max_bytes, " bytes"));
  }
  return Inflate(coded, output);
}

absl::Status ContentDecoder::Inflate(std::string_view coded, Output output) {
  Inflater& inflater = *inflater_;
  if (coded.empty()) return absl::OkStatus();
  std::string joined;
  if (inflater.state == Inflater::State::kStart) {
    if (inflater.gzip) {
      SW_RETURN_IF_ERROR(inflater.Begin(kWindowBits + kGzipWrapper));
    } else {
      joined = absl::StrCat(inflater.head, coded);
      if (joined.size() < 2) {
        inflater.head = joined;
        return absl::OkStatus();
      }
      const bool zlib = IsZlibHeader(static_cast<unsigned char>(joined[0]),
                                     static_cast<unsigned char>(joined[1]));
      SW_RETURN_IF_ERROR(inflater.Begin(zlib ? kWindowBits : -kWindowBits));
      coded = joined;
    }
  }
  z_stream& stream = inflater.stream;
  // zlib does not change its input; its type predates const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
  stream.avail_in = static_cast<uInt>(coded.size());
  for (;;) {
    if (inflater.state == Inflater::State::kEnded) {
      if (stream.avail_in == 0) return absl::OkStatus();
      if (!inflater.gzip) {
        return absl::DataLossError("the deflate body has bytes after its end");
      }
      SW_RETURN_IF_ERROR(inflater.Begin(kWindowBits + kGzipWrapper));
    }
    stream.next_out = reinterpret_cast<Bytef*>(inflater.buffer.data());
    stream.avail_out = static_cast<uInt>(inflater.buffer.size());
    const int result = inflate(&stream, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      return absl::DataLossError(
          absl::StrCat("the body is no ", inflater.gzip ? "gzip" : "deflate", " at byte ",
                       coded_bytes_ - static_cast<int64_t>(stream.avail_in), ": ",
                       stream.msg != nullptr ? stream.msg : "a dictionary is needed"));
    }
    const size_t produced = inflater.buffer.size() - stream.avail_out;
    if (produced > 0) {
      SW_RETURN_IF_ERROR(PassOn(std::string_view(inflater.buffer.data(), produced), output));
    }
    if (result == Z_STREAM_END) {
      inflater.state = Inflater::State::kEnded;
    } else if (stream.avail_out > 0) {
      return absl::OkStatus();  // All input is used up.
    }
  }
}

absl::Status ContentDecoder::PassOn(std::string_view decoded, Output output) {
  decoded_bytes_ += static_cast<int64_t>(decoded.size());
  if (decoded_bytes_ > limits_.max_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the body is larger than the cap of ", limits_.max_bytes, " bytes"));
  }
  if (inflater_ != nullptr && decoded_bytes_ > limits_.ratio_free_bytes &&
      decoded_bytes_ / limits_.max_ratio > coded_bytes_) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the body decodes to more than ", limits_.max_ratio,
                     " times its size: ", coded_bytes_, " bytes to ", decoded_bytes_, " and more"));
  }
  return output(decoded);
}

absl::Status ContentDecoder::Finish() const {
  if (inflater_ == nullptr || coded_bytes_ == 0 || inflater_->state == Inflater::State::kEnded) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrCat("the ", inflater_->gzip ? "gzip" : "deflate",
                                          " body is cut after ", coded_bytes_, " bytes"));
}

absl::StatusOr<std::string> DecodeContent(std::string_view content_encoding, std::string_view coded,
                                          const DecodeLimits& limits) {
  SW_ASSIGN_OR_RETURN(ContentDecoder decoder, ContentDecoder::Create(content_encoding, limits));
  std::string decoded;
  SW_RETURN_IF_ERROR(decoder.Write(coded, [&](std::string_view piece) {
    decoded.append(piece);
    return absl::OkStatus();
  }));
  SW_RETURN_IF_ERROR(decoder.Finish());
  return decoded;
}

}  // namespace scriptworker::http
