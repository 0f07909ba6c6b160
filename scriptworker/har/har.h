// SPDX-License-Identifier: MPL-2.0
//
// HTTP Archive (HAR) 1.2 documents: recorded HTTP exchanges as JSON, a format
// that browsers and proxies read and write.
//
// Members that begin with an underscore are additions (the format allows them):
//   request._target           the request target exactly as on the wire
//   postData._encoding,       "base64" where the body is no UTF-8 (HAR itself
//     content.encoding        knows this for responses only)
//   postData._file,           the body lies in this file beside the document
//     content._file
//   content._decoded          whether text is the body after undoing its
//                             Content-Encoding; see body_is_decoded
//   content._decodedText      the decoded body, beside a coded text
//   response._error           there was no response (status 0), and why
//   response._incomplete      the body was cut short, and how
// Other unknown members are ignored on reading and not written again.

#ifndef SCRIPTWORKER_HAR_HAR_H_
#define SCRIPTWORKER_HAR_HAR_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/http/headers.h"

namespace scriptworker::har {

struct RecordedRequest {
  std::string method;
  std::string url;     // as recorded; a target in it may have been normalized
  std::string target;  // exactly as sent; on reading, from `url` if not given
  http::Headers headers = {};
  std::string body = {};  // as sent

  // Value of the Host header, else the authority of `url`.
  std::string_view authority() const;
};

struct RecordedResponse {
  int status = 0;  // 0: none came, see `error`
  std::string status_text;
  http::Headers headers = {};
  // As on the wire without chunk framing, or decoded. Tools that write HAR store
  // decoded bodies without saying so: on reading, text that is not in base64
  // counts as decoded where there is a Content-Encoding.
  std::string body;
  bool body_is_decoded = false;
  // The decoded body where the document gives it and `body` is coded.
  std::optional<std::string> decoded_body;
  std::string error;
  std::string incomplete;

  // The body after undoing Content-Encoding; what is said to be gzip, but does
  // not begin as one, is taken as decoded. kDataLoss if it cannot be decoded.
  absl::StatusOr<std::string> DecodedBody() const;
};

struct Exchange {
  absl::Time started;
  absl::Duration duration;
  RecordedRequest request;
  RecordedResponse response;
  std::string comment;
};

struct Document {
  std::string creator = "scriptworker";
  std::string creator_version = {};
  std::string comment = {};
  std::vector<Exchange> exchanges = {};
};

// `source` is for error texts, which carry the JSON path. Files beside the
// document are read from `folder`; without it they are an error.
absl::StatusOr<Document> ParseHar(std::string_view text, std::string_view source,
                                  std::string_view folder = "");
// JSON with an indent of two and a final newline. All bodies inline.
std::string FormatHar(const Document& document);

absl::StatusOr<Document> ReadHarFile(const std::string& path);
// Bodies of more than `max_inline_bytes` go to `{path}.{number}.body`. Replaces an older recording
// at once, or leaves it (recording_file.h).
absl::Status WriteHarFile(const std::string& path, const Document& document,
                          size_t max_inline_bytes = 1 << 20);

}  // namespace scriptworker::har

#endif  // SCRIPTWORKER_HAR_HAR_H_
