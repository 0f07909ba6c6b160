// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/testing/function_transport.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/redirect.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::http {
absl::StatusOr<Response> FunctionTransport::Send(const Request& request) {
  return SendFollowingRedirects(request, {}, [this](const Request& one) { return SendOne(one); });
}

absl::StatusOr<Response> FunctionTransport::SendOne(const Request& request) {
  if (request.cancellation.cancelled()) return request.cancellation.reason();
  SW_ASSIGN_OR_RETURN(std::string body, ReadBody(request));
  absl::StatusOr<Response> response;
  {
    absl::MutexLock lock(&mutex_);
    requests_.push_back({request.method, request.url.ToString(), request.headers, std::move(body)});
    response = function_(request);
  }
  if (!response.ok()) return response;
  if (response->ok() && request.sink != nullptr) {
    SW_RETURN_IF_ERROR(request.sink->Write(response->body));
    response->body.clear();
  }
  response->final_url = request.url;
  return response;
}

std::vector<SentRequest> FunctionTransport::requests() const {
  absl::MutexLock lock(&mutex_);
  return requests_;
}

FunctionTransport::Function InTurn(std::vector<absl::StatusOr<Response>> responses) {
  auto next = std::make_shared<size_t>(0);
  return
      [responses = std::move(responses), next](const Request& request) -> absl::StatusOr<Response> {
        if (*next >= responses.size()) {
          return absl::FailedPreconditionError(absl::StrCat("unexpected request ", *next, ": ",
                                                            MethodName(request.method), " ",
                                                            request.url.Redacted()));
        }
        return responses[(*next)++];
      };
}

Response MakeResponse(int status, std::string body, std::string content_type) {
  Response response;
  response.status = status;
  if (!body.empty() && !content_type.empty()) {
    response.headers.Add("Content-Type", content_type);
  }
  response.body = std::move(body);
  return response;
}

}  // namespace scriptworker::http
