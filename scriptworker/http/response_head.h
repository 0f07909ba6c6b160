// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_RESPONSE_HEAD_H_
#define SCRIPTWORKER_HTTP_RESPONSE_HEAD_H_

#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "scriptworker/http/headers.h"

namespace scriptworker::http {

// The head of an HTTP/1 response, from the lines that libcurl hands over: those of interim
// responses (1xx) before it, its own, and trailers behind the body, which are dropped. A status
// line is one only where a head begins; elsewhere a server's text could undo what came before.
// Thread-compatible.
class ResponseHead {
 public:
  explicit ResponseHead(int64_t max_bytes) : max_bytes_(max_bytes) {}

  // The next line, with its line end. kResourceExhausted when all lines together exceed the cap,
  // kDataLoss for a head without status.
  absl::Status AddLine(std::string_view line);

  // Whether the blank line behind a status of 200 or more came.
  bool complete() const { return complete_; }
  // Of the newest head; 0 before the first.
  int status() const { return status_; }
  Headers TakeHeaders() { return std::exchange(headers_, {}); }

 private:
  absl::Status Begin(std::string_view status_line);

  const int64_t max_bytes_;
  int64_t bytes_ = 0;
  bool begun_ = false;  // a status line came, and no blank line yet
  bool complete_ = false;
  int status_ = 0;
  Headers headers_;
};

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_RESPONSE_HEAD_H_
