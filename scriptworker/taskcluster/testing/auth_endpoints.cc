// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/auth_endpoints.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/api.h"
#include "scriptworker/taskcluster/testing/authenticator.h"
#include "scriptworker/taskcluster/testing/scopes.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster::fake {
namespace {

json::Value Strings(const std::vector<std::string>& strings) {
  json::Array array;
  for (const std::string& string : strings) array.push_back(string);
  return array;
}

std::vector<std::string> ReadStrings(const json::Value& payload, std::string_view member) {
  std::vector<std::string> strings;
  const json::Value* list = payload.Find(member);
  if (list == nullptr || !list->is_array()) return strings;
  for (const json::Value& value : list->array()) {
    if (value.is_string()) strings.emplace_back(value.string_value());
  }
  return strings;
}

ApiResult TestAuthenticate(ApiCall& call, std::vector<std::string> held,
                           const std::vector<std::string>& required) {
  const Authenticator authenticator({{"tester", "no-secret", std::move(held)}},
                                    /*anonymous_scopes=*/{});
  const Caller caller = call.IdentifyBy(authenticator);
  std::vector<ScopeExpression> all;
  for (const std::string& scope : required) {
    all.push_back(ScopeExpression::Scope(scope));
  }
  auto error = ApiCall::Authorize(caller, ScopeExpression::AllOf(std::move(all)));
  if (error.has_value()) return *std::move(error);
  return ApiReply{json::Object{{"clientId", caller.client_id}, {"scopes", Strings(caller.scopes)}}};
}

ApiResult CurrentScopes(ApiCall& call) {
  const auto error = call.Authorize(ScopeExpression::AllOf({}));
  if (error.has_value()) return *error;
  return ApiReply{json::Object{{"scopes", Strings(call.caller().scopes)}}};
}

ApiResult AuthenticateHawk(const Authenticator& authenticator, ApiCall& call) {
  const std::string method = absl::AsciiStrToUpper(call.Text("method"));
  const json::Value* port = call.payload.Find("port");
  Credential credential{
      .method = method,
      .target = call.Text("resource"),
      .host = call.Text("host"),
      .port = port != nullptr && port->is_int() ? static_cast<int>(port->int_value()) : 0,
      .authorization = {}};
  if (!call.Text("authorization").empty()) {
    credential.authorization = call.Text("authorization");
  }
  const Caller caller = authenticator.Authenticate(credential, call.now);
  if (caller.kind != Caller::Kind::kAuthenticated) {
    return ApiReply{json::Object{{"status", "auth-failed"}, {"message", caller.refusal}}};
  }
  json::Object answer{{"status", "auth-success"},
                      {"scheme", "hawk"},
                      {"expires", FormatTimestamp(caller.expires == absl::InfiniteFuture()
                                                      ? call.now + absl::Hours(24 * 365000)
                                                      : caller.expires)},
                      {"scopes", Strings(caller.scopes)},
                      {"clientId", caller.client_id}};
  if (!caller.payload_hash.empty()) answer.Set("hash", caller.payload_hash);
  return ApiReply{std::move(answer)};
}

}  // namespace

std::vector<Endpoint> AuthEndpoints(const Authenticator& authenticator) {
  using http::Method;
  return {
      {Method::kPost, "/test-authenticate", "testAuthenticate", "", "test-authenticate-request",
       false,
       [](ApiCall& call) {
         return TestAuthenticate(call, ReadStrings(call.payload, "clientScopes"),
                                 ReadStrings(call.payload, "requiredScopes"));
       }},
      {Method::kGet, "/test-authenticate-get", "testAuthenticateGet", "", "", false,
       [](ApiCall& call) {
         return TestAuthenticate(call, {"test:*", "auth:create-client:test:*"},
                                 {"test:authenticate-get"});
       }},
      {Method::kGet, "/scopes/current", "currentScopes", "", "", false, CurrentScopes},
      {Method::kPost, "/authenticate-hawk", "authenticateHawk", "", "", false,
       [&authenticator](ApiCall& call) { return AuthenticateHawk(authenticator, call); }},
  };
}

}  // namespace scriptworker::taskcluster::fake
