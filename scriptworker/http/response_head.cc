// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/response_head.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/http/headers.h"

namespace scriptworker::http {

absl::Status ResponseHead::AddLine(std::string_view line) {
  bytes_ += static_cast<int64_t>(line.size());
  if (bytes_ > max_bytes_) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the response's headers are larger than the cap of ", max_bytes_, " bytes"));
  }
  if (complete_) return absl::OkStatus();
  if (!begun_) return Begin(line);
  // What ends a head for libcurl; a line of blanks does not.
  if (absl::StartsWith(line, "\r") || absl::StartsWith(line, "\n")) {
    begun_ = false;
    complete_ = status_ >= 200;
  } else {
    AddHeaderLine(line, headers_);
  }
  return absl::OkStatus();
}

absl::Status ResponseHead::Begin(std::string_view status_line) {
  begun_ = true;
  headers_ = Headers();
  const size_t blank = status_line.find(' ');
  if (!absl::StartsWith(status_line, "HTTP/") || blank == std::string_view::npos ||
      !absl::SimpleAtoi(status_line.substr(blank + 1, 3), &status_)) {
    return absl::DataLossError("the response has no status");
  }
  return absl::OkStatus();
}

}  // namespace scriptworker::http
