// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/services.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/log/check.h"
#include "absl/log/log.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/api.h"
#include "scriptworker/taskcluster/testing/api_error.h"
#include "scriptworker/taskcluster/testing/artifact_endpoints.h"
#include "scriptworker/taskcluster/testing/artifact_reads.h"
#include "scriptworker/taskcluster/testing/auth_endpoints.h"
#include "scriptworker/taskcluster/testing/client.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster_options.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/taskcluster/testing/object_endpoints.h"
#include "scriptworker/taskcluster/testing/object_store.h"
#include "scriptworker/taskcluster/testing/queue_state.h"
#include "scriptworker/taskcluster/testing/run_endpoints.h"
#include "scriptworker/taskcluster/testing/task_endpoints.h"
#include "scriptworker/taskcluster/testing/wire.h"
#include "scriptworker/taskcluster/testing/worker_manager_endpoints.h"

namespace scriptworker::taskcluster::fake {
namespace {

http::Url ParseUrl(const std::string& text) {
  absl::StatusOr<http::Url> url = http::Url::Parse(text);
  CHECK_OK(url.status());
  return *std::move(url);
}

Client FindIssuer(const FakeTaskclusterOptions& options) {
  for (const Client& client : options.clients) {
    if (client.client_id == options.issuer) return client;
  }
  LOG(FATAL) << "there is no client " << options.issuer;
}

std::vector<Endpoint> QueueEndpoints(QueueState& state) {
  std::vector<Endpoint> all = TaskEndpoints(state);
  for (std::vector<Endpoint> more :
       {RunEndpoints(state), ArtifactEndpoints(state), ArtifactReads(state)}) {
    for (Endpoint& endpoint : more) all.push_back(std::move(endpoint));
  }
  return all;
}

}  // namespace

Services::Services(Clock& clock, const FakeTaskclusterOptions& options)
    : authenticator_(options.clients, options.anonymous_scopes),
      issuer_(FindIssuer(options), options.seed),
      objects_(ParseUrl(options.storage_url), absl::StrCat("storage secret ", options.seed)),
      state_(clock,
             {.poll = options.poll,
              .claim = options.claim,
              .upload_url = options.upload_url,
              .download_url = options.download_url},
             objects_, issuer_) {
  Add("/api/queue/v1", options.root_url, QueueEndpoints(state_));
  Add("/api/auth/v1", options.root_url, AuthEndpoints(authenticator_));
  Add("/api/object/v1", options.root_url, ObjectEndpoints(state_));
  Add("/api/worker-manager/v1", options.root_url,
      WorkerManagerEndpoints(options.static_workers, options.registration, issuer_));
}

void Services::Add(std::string prefix, std::string root_url, std::vector<Endpoint> endpoints) {
  endpoints.push_back(
      {http::Method::kGet, "/ping", "ping", "", "", false,
       [started = state_.clock.Now()](ApiCall& call) -> ApiResult {
         return ApiReply{
             json::Object{{"alive", true}, {"uptime", absl::ToDoubleSeconds(call.now - started)}}};
       }});
  apis_.push_back(std::make_unique<Api>(std::move(prefix), std::move(root_url),
                                        std::move(endpoints), authenticator_, state_.clock,
                                        state_.mutex));
}

Services::Target Services::Find(const WireRequest& request) const {
  Target target;
  if (objects_.Owns(request)) {
    target.storage = true;
    target.endpoint = ObjectStore::EndpointOf(request.method);
    return target;
  }
  for (const auto& api : apis_) {
    if (!api->Owns(request)) continue;
    target.api = api.get();
    target.match = api->Find(request);
    if (target.match.has_value()) target.endpoint = target.match->endpoint->name;
  }
  return target;
}

WireReply Services::Answer(const WireRequest& request, const Target& target) {
  if (target.storage) return objects_.Serve(request, state_.clock.Now());
  if (target.match.has_value()) {
    return target.api->Serve(request, *target.match);
  }
  if (target.api != nullptr) return Api::NotFound(state_.clock.Now());
  WireReply reply;
  reply.status = 404;
  reply.headers.Add("Content-Type", "text/plain");
  reply.body = absl::StrCat("no such service here: ", request.path(), "\n");
  return reply;
}

WireReply Services::AnswerInstead(const WireRequest& request, const Target& target,
                                  const Fault& fault) const {
  WireReply reply;
  if (fault.body.has_value()) {
    reply.body = *fault.body;
  } else if (target.match.has_value()) {
    reply =
        target.api->Error(request, *target.match, {CodeOf(fault.status), "planned by the test"});
  } else {
    reply.headers.Add("Content-Type", "application/xml");
    reply.body = "<Error><Code>InternalError</Code></Error>";
  }
  reply.status = fault.status;
  for (const auto& [name, value] : fault.headers) {
    reply.headers.Set(name, value);
  }
  return reply;
}

}  // namespace scriptworker::taskcluster::fake
