// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/api.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/http/http_date.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/request_schema.h"

namespace scriptworker::taskcluster::fake {
namespace {

std::optional<std::string_view> ContentType(const WireRequest& request) {
  return request.headers.Find("Content-Type");
}

bool IsJson(const WireRequest& request) {
  const std::string_view type = ContentType(request).value_or("");
  return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(type.substr(0, type.find(';'))),
                                "application/json");
}

std::map<std::string, std::string, std::less<>> ParseQuery(std::string_view query) {
  std::map<std::string, std::string, std::less<>> result;
  for (std::string_view part : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    const std::pair<std::string_view, std::string_view> pair =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    // A plus is a blank in a query, and what cannot be decoded stays.
    const std::string plain = absl::StrReplaceAll(pair.second, {{"+", "%20"}});
    const absl::StatusOr<std::string> value = http::PercentDecode(plain);
    result.emplace(pair.first, value.ok() ? *value : plain);
  }
  return result;
}

// Reads the body as the services do; the payload also appears in errors.
std::optional<ApiError> ParsePayload(ApiCall& call) {
  call.payload = json::Object();
  const std::string& body = call.request.body;
  if (body.empty() || !IsJson(call.request)) return std::nullopt;
  absl::StatusOr<json::Value> parsed =
      json::Parse(body, {.source = "payload", .allow_duplicate_keys = true});
  if (!parsed.ok()) {
    call.payload = body;
    return ApiError{ApiErrorCode::kMalformedPayload,
                    absl::StrCat("Failed to parse JSON: ", parsed.status().message())};
  }
  call.payload = *std::move(parsed);
  if (!call.payload.is_object() && !call.payload.is_array()) {
    return ApiError{ApiErrorCode::kMalformedPayload,
                    "Failed to parse JSON: Must be an object or array"};
  }
  return std::nullopt;
}

std::optional<ApiError> CheckQuery(const Endpoint& endpoint, const ApiCall& call) {
  std::vector<std::string> errors;
  for (const auto& [key, value] : call.query) {
    if (key == "bewit" || (endpoint.paged && key == "continuationToken")) {
      continue;
    }
    if (!endpoint.paged || key != "limit") {
      errors.push_back(absl::StrCat("Query-string parameter: ", key, " is not supported!"));
      continue;
    }
    bool digits = !value.empty();
    for (const char c : value)
      digits = digits && absl::ascii_isdigit(static_cast<unsigned char>(c));
    if (!digits) {
      errors.push_back(absl::StrCat("Query-string parameter: ", key, "=\"", value,
                                    "\" does not match expression: "
                                    "/^[0-9]+$/"));
    }
  }
  if (errors.empty()) return std::nullopt;
  return ApiError{ApiErrorCode::kInvalidRequestArguments, absl::StrJoin(errors, "\n")};
}

json::Value ParamsJson(const RouteParams& params) {
  json::Object object;
  for (const auto& [name, value] : params) object.Set(name, value);
  return object;
}

WireReply JsonReply(int status, const json::Value& body, absl::Time now) {
  WireReply reply;
  reply.status = status;
  reply.headers.Add("x-content-type-options", "nosniff");
  reply.headers.Add("Access-Control-Allow-Origin", "*");
  reply.headers.Add("Cache-Control", "no-store no-cache must-revalidate");
  reply.headers.Add("Vary", "Accept-Encoding");
  reply.headers.Add("Date", http::FormatHttpDate(now));
  if (status == 204) return reply;
  reply.headers.Add("Content-Type", "application/json; charset=utf-8");
  reply.body = json::FormatCompact(body);
  return reply;
}

void AddHeaders(const http::Headers& headers, WireReply& reply) {
  for (const auto& [name, value] : headers) reply.headers.Add(name, value);
}

}  // namespace

ApiCall::ApiCall(const WireRequest& request_arg, RouteParams params_arg,
                 const Authenticator& authenticator, absl::Time now_arg)
    : request(request_arg),
      params(std::move(params_arg)),
      query(ParseQuery(request_arg.query())),
      now(now_arg),
      authenticator_(authenticator) {}

Caller ApiCall::IdentifyBy(const Authenticator& authenticator) const {
  Caller caller =
      authenticator.Authenticate({.method = http::MethodName(request.method),
                                  .target = request.target,
                                  .host = request.host,
                                  .port = request.port,
                                  .authorization = request.headers.Find("Authorization")},
                                 now);
  Authenticator::CheckPayload(ContentType(request).value_or(""), request.body, caller);
  return caller;
}

const Caller& ApiCall::caller() {
  if (!caller_.has_value()) caller_ = IdentifyBy(authenticator_);
  return *caller_;
}

std::optional<ApiError> ApiCall::Authorize(const ScopeExpression& required) {
  return Authorize(caller(), required);
}

std::optional<ApiError> ApiCall::Authorize(const Caller& who, const ScopeExpression& required) {
  if (who.kind == Caller::Kind::kRefused) {
    return ApiError{
        ApiErrorCode::kAuthenticationFailed, who.refusal, {{"www-authenticate", "hawk"}}};
  }
  const std::optional<ScopeExpression> missing = required.Missing(who.scopes);
  if (!missing.has_value()) return std::nullopt;
  if (who.kind == Caller::Kind::kAnonymous) {
    return ApiError{ApiErrorCode::kInsufficientScopes,
                    absl::StrCat("This request requires Taskcluster "
                                 "credentials that satisfy the following scope "
                                 "expression:\n\n```\n",
                                 required.ToString(), "\n```")};
  }
  return ApiError{ApiErrorCode::kInsufficientScopes,
                  absl::StrCat("Client ID ", who.client_id,
                               " does not have sufficient scopes and is missing the "
                               "following scopes:\n\n```\n",
                               missing->ToString(),
                               "\n```\n\nThis request requires the client to satisfy the "
                               "following scope expression:\n\n```\n",
                               required.ToString(), "\n```")};
}

const std::string& ApiCall::Param(std::string_view name) const {
  static const std::string* const kNone = new std::string();
  for (const auto& [key, value] : params) {
    if (key == name) return value;
  }
  return *kNone;
}

int ApiCall::RunId() const {
  int run_id = -1;
  return absl::SimpleAtoi(Param("runId"), &run_id) ? run_id : -1;
}

std::string_view ApiCall::Text(std::string_view member) const {
  const json::Value* value = payload.Find(member);
  return value != nullptr && value->is_string() ? value->string_value() : "";
}

Api::Api(std::string prefix, std::string root_url, std::vector<Endpoint> endpoints,
         const Authenticator& authenticator, Clock& clock, absl::Mutex& state)
    : prefix_(std::move(prefix)),
      root_url_(std::move(root_url)),
      endpoints_(std::move(endpoints)),
      authenticator_(authenticator),
      clock_(clock),
      state_(state) {}

bool Api::Owns(const WireRequest& request) const {
  return absl::StartsWith(request.path(), absl::StrCat(prefix_, "/"));
}

std::optional<Api::Match> Api::Find(const WireRequest& request) const {
  const std::string_view path = request.path().substr(prefix_.size());
  const http::Method method =
      request.method == http::Method::kHead ? http::Method::kGet : request.method;
  for (const Endpoint& endpoint : endpoints_) {
    if (endpoint.method != method) continue;
    std::optional<RouteParams> params = MatchRoute(endpoint.route, path);
    if (params.has_value()) return Match{&endpoint, *std::move(params)};
  }
  return std::nullopt;
}

WireReply Api::Serve(const WireRequest& request, Match match) const {
  const Endpoint& endpoint = *match.endpoint;
  ApiCall call(request, match.params, authenticator_, clock_.Now());
  ApiResult result;
  if (std::optional<ApiError> error = Check(endpoint, call); error.has_value()) {
    result = *std::move(error);
  } else {
    absl::MutexLock lock(&state_);
    call.now = clock_.Now();
    result = endpoint.handler(call);
  }
  // A long poll takes its time.
  const absl::Time now = clock_.Now();
  if (const ApiError* error = std::get_if<ApiError>(&result)) {
    WireReply reply = JsonReply(
        StatusOf(error->code),
        ErrorBody(*error, endpoint.name, ParamsJson(call.params), call.payload, now), now);
    AddHeaders(error->headers, reply);
    return reply;
  }
  const ApiReply& good = std::get<ApiReply>(result);
  WireReply reply = JsonReply(good.status, good.body, now);
  reply.delivery = good.delivery;
  AddHeaders(good.headers, reply);
  return reply;
}

WireReply Api::NotFound(absl::Time now) {
  return JsonReply(404, json::Object{{"error", "Not found"}}, now);
}

WireReply Api::Error(const WireRequest& request, const Match& match, const ApiError& error) const {
  const absl::Time now = clock_.Now();
  ApiCall call(request, match.params, authenticator_, now);
  ParsePayload(call);
  return JsonReply(
      StatusOf(error.code),
      ErrorBody(error, match.endpoint->name, ParamsJson(match.params), call.payload, now), now);
}

std::optional<ApiError> Api::Check(const Endpoint& endpoint, ApiCall& call) const {
  if (auto error = ParsePayload(call); error.has_value()) return error;
  if (!endpoint.scope.empty()) {
    auto error = call.Authorize(ScopeExpression::Scope(FillIn(endpoint.scope, call.params)));
    if (error.has_value()) return error;
  }
  const std::string wrong_params = CheckRouteParams(call.params);
  if (!wrong_params.empty()) {
    return ApiError{ApiErrorCode::kInvalidRequestArguments, wrong_params};
  }
  if (auto error = CheckQuery(endpoint, call); error.has_value()) return error;
  return CheckPayload(endpoint, call);
}

std::optional<ApiError> Api::CheckPayload(const Endpoint& endpoint, ApiCall& call) const {
  if (endpoint.input.empty()) return std::nullopt;
  if (!IsJson(call.request)) {
    const auto type = ContentType(call.request);
    return ApiError{ApiErrorCode::kMalformedPayload,
                    absl::StrCat("Payload must be JSON with content-type: application/json "
                                 "got content-type: ",
                                 type.value_or("null"))};
  }
  call.payload = WithDefaults(endpoint.input, call.payload);
  const std::vector<std::string> errors = CheckAgainstSchema(endpoint.input, call.payload);
  if (errors.empty()) return std::nullopt;
  return ApiError{
      ApiErrorCode::kInputValidationError,
      absl::StrCat("\nSchema Validation Failed!\nRejecting Schema: ", root_url_, "/schemas/",
                   absl::StripPrefix(prefix_, "/api/"), "/", endpoint.input,
                   ".json#\nErrors:\n  * ", absl::StrJoin(errors, "\n  * "))};
}

}  // namespace scriptworker::taskcluster::fake
