// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/worker_manager_endpoints.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/api.h"
#include "scriptworker/taskcluster/testing/api_error.h"
#include "scriptworker/taskcluster/testing/credential_issuer.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster_options.h"
#include "scriptworker/taskcluster/testing/scopes.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster::fake {
namespace {

constexpr std::string_view kProvider = "static";

// The workers, and what each has to show at its next reregistration. Used with
// the services' lock held.
class StaticProvider {
 public:
  StaticProvider(const std::vector<StaticWorker>& workers, absl::Duration registration,
                 CredentialIssuer& issuer)
      : registration_(registration), issuer_(issuer) {
    for (const StaticWorker& worker : workers) {
      workers_[absl::StrCat(worker.worker_pool_id, "/", worker.worker_group, "/",
                            worker.worker_id)] = {.worker = worker, .next_secret = {}};
    }
  }

  ApiResult Register(const ApiCall& call) {
    const std::string_view pool = call.Text("workerPoolId");
    if (std::none_of(workers_.begin(), workers_.end(), [pool](const auto& entry) {
          return entry.second.worker.worker_pool_id == pool;
        })) {
      return NotFound(absl::StrCat("Worker pool ", pool, " does not exist"));
    }
    if (call.Text("providerId") != kProvider) {
      return NotFound(absl::StrCat("Provider ", call.Text("providerId"), " does not exist"));
    }
    const auto found = workers_.find(IdOf(call));
    if (found == workers_.end()) {
      return NotFound(absl::StrCat("Worker ", call.Text("workerGroup"), "/", call.Text("workerId"),
                                   " in worker pool ", pool, " does not exist"));
    }
    const json::Value* const proof = call.payload.Find("workerIdentityProof");
    const json::Value* const secret = proof == nullptr ? nullptr : proof->Find("staticSecret");
    if (secret == nullptr || *secret != json::Value(found->second.worker.static_secret)) {
      return ApiError{ApiErrorCode::kInputError, "bad staticSecret in workerIdentityProof"};
    }
    if (found->second.removed) {
      return ApiError{ApiErrorCode::kInputError, "worker is not running"};
    }
    json::Object answer = Grant(found->first, found->second, call.now);
    answer.Set("workerConfig", json::Object{});
    return ApiReply{std::move(answer)};
  }

  ApiResult Reregister(ApiCall& call) {
    const std::string id = IdOf(call);
    const auto error = call.Authorize(
        ScopeExpression::Scope(absl::StrCat("worker-manager:reregister-worker:", id)));
    if (error.has_value()) return *error;
    const auto found = workers_.find(id);
    if (found == workers_.end() || found->second.next_secret.empty() ||
        call.Text("secret") != found->second.next_secret) {
      return ApiError{ApiErrorCode::kInputError, "Could not generate credentials for this secret"};
    }
    return ApiReply{Grant(id, found->second, call.now)};
  }

  ApiResult ShouldTerminate(const ApiCall& call) {
    const auto found = workers_.find(IdInRoute(call));
    if (found == workers_.end()) return NotFound("Worker does not exist");
    const std::string& reason = found->second.worker.reason_to_terminate;
    return ApiReply{
        json::Object{{"terminate", !reason.empty()}, {"reason", reason.empty() ? "none" : reason}}};
  }

  ApiResult Remove(const ApiCall& call) {
    const auto found = workers_.find(IdInRoute(call));
    if (found == workers_.end()) return NotFound("Worker does not exist");
    found->second.removed = true;
    return ApiReply{json::Object{}};
  }

 private:
  struct Known {
    StaticWorker worker;
    std::string next_secret;
    bool removed = false;
  };

  static std::string IdInRoute(const ApiCall& call) {
    return absl::StrCat(call.Param("workerPoolId"), "/", call.Param("workerGroup"), "/",
                        call.Param("workerId"));
  }

  static ApiError NotFound(std::string message) {
    return {ApiErrorCode::kResourceNotFound, std::move(message)};
  }

  static std::string IdOf(const ApiCall& call) {
    return absl::StrCat(call.Text("workerPoolId"), "/", call.Text("workerGroup"), "/",
                        call.Text("workerId"));
  }

  json::Object Grant(const std::string& id, Known& known, absl::Time now) {
    const StaticWorker& worker = known.worker;
    const std::string place = absl::StrCat(worker.worker_group, "/", worker.worker_id);
    known.next_secret = absl::StrCat(issuer_.SlugId(), issuer_.SlugId());
    return {{"expires", FormatTimestamp(now + registration_)},
            {"credentials",
             issuer_.Issue(
                 absl::StrCat("worker/", kProvider, "/", id),
                 {absl::StrCat("assume:worker-pool:", worker.worker_pool_id),
                  absl::StrCat("assume:worker-id:", place), absl::StrCat("queue:worker-id:", place),
                  absl::StrCat("secrets:get:worker-pool:", worker.worker_pool_id),
                  absl::StrCat("queue:claim-work:", worker.worker_pool_id),
                  absl::StrCat("worker-manager:remove-worker:", id),
                  absl::StrCat("worker-manager:should-worker-terminate:", id),
                  absl::StrCat("worker-manager:reregister-worker:", id)},
                 now, now + registration_)},
            {"secret", known.next_secret}};
  }

  const absl::Duration registration_;
  CredentialIssuer& issuer_;
  std::map<std::string, Known> workers_;
};

}  // namespace

std::vector<Endpoint> WorkerManagerEndpoints(const std::vector<StaticWorker>& workers,
                                             absl::Duration registration,
                                             CredentialIssuer& issuer) {
  const auto provider = std::make_shared<StaticProvider>(workers, registration, issuer);
  return {
      {http::Method::kPost, "/worker/register", "registerWorker", "", "", false,
       [provider](ApiCall& call) { return provider->Register(call); }},
      {http::Method::kPost, "/worker/reregister", "reregisterWorker", "", "", false,
       [provider](ApiCall& call) { return provider->Reregister(call); }},
      {http::Method::kGet, "/workers/<workerPoolId>/<workerGroup>/<workerId>/should-terminate",
       "shouldWorkerTerminate",
       "worker-manager:should-worker-terminate:<workerPoolId>/<workerGroup>/<workerId>", "", false,
       [provider](ApiCall& call) { return provider->ShouldTerminate(call); }},
      {http::Method::kDelete, "/workers/<workerPoolId>/<workerGroup>/<workerId>", "removeWorker",
       "worker-manager:remove-worker:<workerPoolId>/<workerGroup>/<workerId>", "", false,
       [provider](ApiCall& call) { return provider->Remove(call); }},
  };
}

}  // namespace scriptworker::taskcluster::fake
