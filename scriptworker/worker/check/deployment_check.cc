// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/check/deployment_check.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/taskcluster/api_caller.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/queue_error.h"
#include "scriptworker/taskcluster/scope.h"
#include "scriptworker/worker/check/check.h"
#include "scriptworker/worker/config/config.h"

namespace scriptworker::worker {
namespace {

using ::scriptworker::taskcluster::ApiCaller;
using Outcome = Check::Outcome;

// Taskcluster refuses signatures that are older or younger than 15 minutes.
constexpr absl::Duration kSkewThatFails = absl::Minutes(15);
// The Date header has whole seconds, and a slow answer adds some.
constexpr absl::Duration kSkewThatWarns = absl::Seconds(30);

Check Failed(std::string_view subject, const absl::Status& error) {
  return {Outcome::kFailed, std::string(subject), std::string(error.message())};
}

taskcluster::ApiOptions Options() {
  taskcluster::ApiOptions options;
  options.timeout = absl::Seconds(20);
  options.connect_timeout = absl::Seconds(10);
  options.retry = TaskclusterClientRetryPolicy();
  options.retry->attempts = 3;
  return options;
}

Check CheckClock(const std::optional<absl::Time>& server_time, absl::Time asked,
                 absl::Time answered) {
  Check check{Outcome::kOk, "clock"};
  if (!server_time.has_value()) {
    check.outcome = Outcome::kWarning;
    check.text = "the queue's answer has no date to compare with";
    return check;
  }
  // The header is cut to seconds: on the average it is half a second late.
  const absl::Time theirs = *server_time + absl::Milliseconds(500);
  const absl::Duration skew = asked + (answered - asked) / 2 - theirs;
  const absl::Duration size = absl::AbsDuration(skew);
  if (size > kSkewThatWarns) {
    check.outcome = size > kSkewThatFails ? Outcome::kFailed : Outcome::kWarning;
    check.text = absl::StrCat(absl::FormatDuration(absl::Trunc(size, absl::Seconds(1))),
                              skew > absl::ZeroDuration() ? " ahead of" : " behind",
                              " Taskcluster's; requests are refused from ",
                              absl::FormatDuration(kSkewThatFails), " on");
  } else {
    check.text = absl::StrCat("within ", absl::FormatDuration(kSkewThatWarns), " of Taskcluster's");
  }
  return check;
}

// Whether the scopes are enough to claim.
Check JudgeScopes(const QueueIdentity& queue, const std::string& client,
                  const std::vector<std::string>& held) {
  Check check{Outcome::kOk, "credentials"};
  std::vector<std::string> missing;
  for (const std::string& required :
       {absl::StrCat("queue:claim-work:", queue.task_queue_id()),
        absl::StrCat("queue:worker-id:", queue.worker_group, "/", queue.worker_id)}) {
    if (!taskcluster::ScopesSatisfy(held, {required})) missing.push_back(required);
  }
  if (missing.empty()) {
    check.text = absl::StrCat("client \"", client, "\" may claim from ", queue.task_queue_id());
  } else {
    check.outcome = Outcome::kFailed;
    check.text =
        absl::StrCat("client \"", client, "\" lacks the scopes ", absl::StrJoin(missing, ", "));
  }
  return check;
}

Check CheckCredentials(const QueueIdentity& queue, const taskcluster::Credentials& credentials,
                       http::Transport& transport, Clock& clock) {
  const absl::StatusOr<ApiCaller> auth =
      ApiCaller::Create(queue.root_url, "auth/v1", transport, clock, Options());
  if (!auth.ok()) return Failed("credentials", auth.status());
  const absl::StatusOr<ApiCaller::Answer> answer = auth->Send(
      {.name = "currentScopes", .route = "/scopes/current", .credentials = &credentials});
  if (!answer.ok()) {
    const auto error = taskcluster::GetQueueError(answer.status());
    if (error.has_value() && error->http_status == 403) {
      return {Outcome::kWarning, "credentials",
              absl::StrCat("client \"", credentials.client_id,
                           "\" is known, but may not read its own scopes (auth:current-scopes), so "
                           "whether it may claim is not known")};
    }
    return Failed("credentials", answer.status());
  }
  const absl::StatusOr<std::vector<std::string>> scopes =
      json::Reader(answer->body, answer->url.Redacted()).Strings("scopes");
  if (!scopes.ok()) return Failed("credentials", answer->WrongShape(scopes.status()));
  return JudgeScopes(queue, credentials.client_id, *scopes);
}

// Registering would replace the secret of a worker that runs.
Check CheckWorkerManager(const QueueIdentity& queue, http::Transport& transport, Clock& clock) {
  constexpr std::string_view kSubject = "worker-manager";
  const absl::StatusOr<ApiCaller> caller =
      ApiCaller::Create(queue.root_url, "worker-manager/v1", transport, clock, Options());
  if (!caller.ok()) return Failed(kSubject, caller.status());
  const absl::StatusOr<ApiCaller::Answer> pong = caller->Send({.name = "ping", .route = "/ping"});
  if (!pong.ok()) return Failed(kSubject, pong.status());
  return {Outcome::kOk, std::string(kSubject),
          "answers; the worker's secret is not tried, since that would register it"};
}

}  // namespace

std::vector<Check> CheckDeployment(const QueueIdentity& queue,
                                   const std::optional<taskcluster::Credentials>& credentials,
                                   http::Transport& transport, Clock& clock) {
  std::vector<Check> checks;
  const absl::StatusOr<ApiCaller> caller =
      ApiCaller::Create(queue.root_url, "queue/v1", transport, clock, Options());
  if (!caller.ok()) return {Failed("taskcluster", caller.status())};
  const absl::Time asked = clock.Now();
  const absl::StatusOr<ApiCaller::Answer> pong = caller->Send({.name = "ping", .route = "/ping"});
  if (!pong.ok()) return {Failed("taskcluster", pong.status())};
  checks.push_back({Outcome::kOk, "taskcluster", queue.root_url + " answers"});
  checks.push_back(CheckClock(pong->server_time, asked, clock.Now()));
  checks.push_back(credentials.has_value() ? CheckCredentials(queue, *credentials, transport, clock)
                                           : CheckWorkerManager(queue, transport, clock));
  return checks;
}

}  // namespace scriptworker::worker
