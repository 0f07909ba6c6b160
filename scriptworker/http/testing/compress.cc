// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/testing/compress.h"

#include <zlib.h>

#include <string>
#include <string_view>

#include "absl/log/check.h"

namespace scriptworker::http {
namespace {

// The number by which zlib knows the framing.
int WindowBits(Coding coding) {
  switch (coding) {
    case Coding::kGzip:
      return 15 + 16;
    case Coding::kZlib:
      return 15;
    case Coding::kRawDeflate:
      return -15;
  }
  return 0;
}

}  // namespace

std::string Compress(std::string_view data, Coding coding) {
  z_stream stream = {};
  CHECK_EQ(deflateInit2(&stream, 9, Z_DEFLATED, WindowBits(coding), 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string coded(deflateBound(&stream, static_cast<uLong>(data.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(coded.data());
  stream.avail_out = static_cast<uInt>(coded.size());
  CHECK_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  coded.resize(stream.total_out);
  deflateEnd(&stream);
  return coded;
}

}  // namespace scriptworker::http
