// SPDX-License-Identifier: MPL-2.0
//
// Errors of Taskcluster's APIs: a code of a fixed set, its status, a message.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_API_ERROR_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_API_ERROR_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/json/value.h"

namespace scriptworker::taskcluster::fake {

enum class ApiErrorCode {
  kMalformedPayload,
  kInvalidRequestArguments,
  kInputValidationError,
  kInputError,
  kAuthenticationFailed,
  kInsufficientScopes,
  kResourceNotFound,
  kRequestConflict,
  kResourceExpired,
  kTooManyRequests,
  kInternalServerError,
};

struct ApiError {
  ApiErrorCode code;
  std::string message;
  http::Headers headers = {};  // besides those of every answer
};

int StatusOf(ApiErrorCode code);
std::string_view NameOf(ApiErrorCode code);

// The code that goes with a status of a fault; kInternalServerError if none.
ApiErrorCode CodeOf(int status);

// {code, message, requestInfo}, the message with the services' `---` block.
json::Value ErrorBody(const ApiError& error, std::string_view api_method, json::Value params,
                      json::Value payload, absl::Time now);

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_API_ERROR_H_
