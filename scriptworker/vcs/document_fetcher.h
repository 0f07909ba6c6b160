// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_VCS_DOCUMENT_FETCHER_H_
#define SCRIPTWORKER_VCS_DOCUMENT_FETCHER_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/value.h"

namespace scriptworker::vcs {

// Fetches documents that are evidence. Errors, for all calls:
//   kNotFound     the server says 404 or 410: the document does not exist
//   kUnavailable  everything else that kept the document away: no connection, another
//                 status, a redirect to another host, a body over a cap or of another kind
//   any other     the reason of the request's cancelled token
// All name the redacted URL and what came, and keep the payloads of the transport's error. An
// answer that is not of the expected kind (HTML, no JSON) is fetched again, as `policy` says,
// before it is an error; other failures are the business of the transport, which should be one that
// retries.
//
// Thread-safe.
class DocumentFetcher {
 public:
  // Borrows both references.
  DocumentFetcher(http::Transport& transport, Clock& clock, RetryPolicy policy = {.attempts = 3});

  struct JsonDocument {
    json::Value value;
    http::Headers headers;
  };
  absl::StatusOr<JsonDocument> GetJson(const http::Request& request);
  // Any text but an HTML page.
  absl::StatusOr<std::string> GetText(const http::Request& request);
  // The 2xx answer, or the error that it is. Never repeated.
  absl::StatusOr<http::Response> Get(const http::Request& request);

 private:
  // `read` says by kDataLoss that the answer is not of the expected kind.
  absl::Status GetAs(http::Request request, absl::FunctionRef<absl::Status(http::Response&)> read);

  http::Transport& transport_;
  Clock& clock_;
  const RetryPolicy policy_;
};

}  // namespace scriptworker::vcs

#endif  // SCRIPTWORKER_VCS_DOCUMENT_FETCHER_H_
