// SPDX-License-Identifier: MPL-2.0
//
// What all Taskcluster services have in common: routes, authentication, checks
// of parameters, query and payload in their fixed order, and the error bodies.
// A service is a list of endpoints.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_API_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_API_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/api_error.h"
#include "scriptworker/taskcluster/testing/authenticator.h"
#include "scriptworker/taskcluster/testing/route.h"
#include "scriptworker/taskcluster/testing/scopes.h"
#include "scriptworker/taskcluster/testing/wire.h"

namespace scriptworker::taskcluster::fake {

struct ApiReply {
  json::Value body;
  int status = 200;
  http::Headers headers = {};
  // How the answer is delivered; not kWhole when nobody waits for it.
  WireReply::Delivery delivery = WireReply::Delivery::kWhole;
};

using ApiResult = std::variant<ApiReply, ApiError>;

// One call of an endpoint, on its way.
class ApiCall {
 public:
  ApiCall(const WireRequest& request, RouteParams params, const Authenticator& authenticator,
          absl::Time now);

  // An error unless the caller is who he says and has these scopes.
  std::optional<ApiError> Authorize(const ScopeExpression& required);
  static std::optional<ApiError> Authorize(const Caller& caller, const ScopeExpression& required);
  // The caller; authenticates if that has not been done.
  const Caller& caller();
  // Who calls, if another service were to say.
  Caller IdentifyBy(const Authenticator& authenticator) const;

  // A route parameter. REQUIRES: the route has it.
  const std::string& Param(std::string_view name) const;
  int RunId() const;
  // A member of the payload that is a string; "" if absent.
  std::string_view Text(std::string_view member) const;

  const WireRequest& request;
  const RouteParams params;
  std::map<std::string, std::string, std::less<>> query;  // decoded
  json::Value payload;
  absl::Time now;  // when it came; in a handler, when that began

 private:
  const Authenticator& authenticator_;
  std::optional<Caller> caller_;
};

struct Endpoint {
  http::Method method;
  std::string_view route;
  std::string_view name;
  // What the call needs, if its route tells: checked first. Else the handler
  // authorizes, or nothing does.
  std::string_view scope;
  // The payload's schema (request_schema.h); "" if the payload does not matter.
  std::string_view input;
  bool paged = false;
  // Runs with the state's lock held.
  std::function<ApiResult(ApiCall&)> handler;
};

// Thread-safe, if the handlers need no more than the lock.
class Api {
 public:
  struct Match {
    const Endpoint* endpoint;
    RouteParams params;
  };

  // `prefix` is "/api/queue/v1". All references must outlive this.
  Api(std::string prefix, std::string root_url, std::vector<Endpoint> endpoints,
      const Authenticator& authenticator, Clock& clock, absl::Mutex& state);

  // Whether the path lies beneath the prefix.
  bool Owns(const WireRequest& request) const;
  // nullopt: no such route.
  std::optional<Match> Find(const WireRequest& request) const;
  WireReply Serve(const WireRequest& request, Match match) const;

  static WireReply NotFound(absl::Time now);
  // The answer to a call that failed for `error`.
  WireReply Error(const WireRequest& request, const Match& match, const ApiError& error) const;

 private:
  std::optional<ApiError> Check(const Endpoint& endpoint, ApiCall& call) const;
  // Also fills in the schema's defaults, as the services do.
  std::optional<ApiError> CheckPayload(const Endpoint& endpoint, ApiCall& call) const;

  const std::string prefix_;
  const std::string root_url_;
  const std::vector<Endpoint> endpoints_;
  const Authenticator& authenticator_;
  Clock& clock_;
  absl::Mutex& state_;
};

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_API_H_
