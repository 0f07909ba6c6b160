// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_TESTING_FUNCTION_TRANSPORT_H_
#define SCRIPTWORKER_HTTP_TESTING_FUNCTION_TRANSPORT_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::http {

// A request as a FunctionTransport saw it, its source read to the end.
struct SentRequest {
  Method method;
  std::string url;
  Headers headers;
  std::string body;
};

// Answers by a function of the request; remembers all requests. As a real
// transport it refuses a cancelled token, follows redirects if asked to, reads
// the source, sends a 2xx body to the sink and fills Response::final_url.
// Calls of the function are serialized. Thread-safe.
class FunctionTransport final : public Transport {
 public:
  using Function = std::function<absl::StatusOr<Response>(const Request&)>;
  explicit FunctionTransport(Function function) : function_(std::move(function)) {}

  absl::StatusOr<Response> Send(const Request& request) override;
  std::vector<SentRequest> requests() const;

 private:
  absl::StatusOr<Response> SendOne(const Request& request);

  mutable absl::Mutex mutex_;
  Function function_ ABSL_GUARDED_BY(mutex_);
  std::vector<SentRequest> requests_ ABSL_GUARDED_BY(mutex_);
};

// Answers requests by the given responses in turn, then by kFailedPrecondition.
FunctionTransport::Function InTurn(std::vector<absl::StatusOr<Response>> responses);

// A response with a body and, unless empty, a content type.
Response MakeResponse(int status, std::string body = "",
                      std::string content_type = "application/json");

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_TESTING_FUNCTION_TRANSPORT_H_
