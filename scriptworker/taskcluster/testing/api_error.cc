// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/api_error.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster::fake {
namespace {

struct CodeRow {
  ApiErrorCode code;
  int status;
  std::string_view name;
};

constexpr CodeRow kCodes[] = {
    {ApiErrorCode::kInputError, 400, "InputError"},
    {ApiErrorCode::kMalformedPayload, 400, "MalformedPayload"},
    {ApiErrorCode::kInvalidRequestArguments, 400, "InvalidRequestArguments"},
    {ApiErrorCode::kInputValidationError, 400, "InputValidationError"},
    {ApiErrorCode::kAuthenticationFailed, 401, "AuthenticationFailed"},
    {ApiErrorCode::kInsufficientScopes, 403, "InsufficientScopes"},
    {ApiErrorCode::kResourceNotFound, 404, "ResourceNotFound"},
    {ApiErrorCode::kRequestConflict, 409, "RequestConflict"},
    {ApiErrorCode::kResourceExpired, 410, "ResourceExpired"},
    {ApiErrorCode::kTooManyRequests, 429, "TooManyRequests"},
    {ApiErrorCode::kInternalServerError, 500, "InternalServerError"},
};

const CodeRow& RowOf(ApiErrorCode code) {
  for (const CodeRow& row : kCodes) {
    if (row.code == code) return row;
  }
  return kCodes[sizeof(kCodes) / sizeof(kCodes[0]) - 1];
}

}  // namespace

int StatusOf(ApiErrorCode code) { return RowOf(code).status; }

std::string_view NameOf(ApiErrorCode code) { return RowOf(code).name; }

ApiErrorCode CodeOf(int status) {
  for (const CodeRow& row : kCodes) {
    if (row.status == status) return row.code;
  }
  return ApiErrorCode::kInternalServerError;
}

json::Value ErrorBody(const ApiError& error, std::string_view api_method, json::Value params,
                      json::Value payload, absl::Time now) {
  const std::string time = FormatTimestamp(now);
  json::Object info;
  info.Set("method", json::Value(api_method));
  info.Set("params", std::move(params));
  info.Set("payload", std::move(payload));
  info.Set("time", json::Value(time));
  json::Object body;
  body.Set("code", json::Value(NameOf(error.code)));
  body.Set("message", json::Value(absl::StrCat(
                          error.message, "\n\n---\n\n* method:     ", api_method,
                          "\n* errorCode:  ", NameOf(error.code),
                          "\n* statusCode: ", StatusOf(error.code), "\n* time:       ", time)));
  body.Set("requestInfo", json::Value(std::move(info)));
  return json::Value(std::move(body));
}

}  // namespace scriptworker::taskcluster::fake
