// SPDX-License-Identifier: MPL-2.0
#include "cot/testing/chain_trial.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/yaml_format.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using scriptworker::RetryPolicy;
using scriptworker::SecretString;
using scriptworker::taskcluster::QueueClient;
using scriptworker::taskcluster::TaskDefinition;
using scriptworker::taskcluster::TaskId;

constexpr RetryPolicy kWithoutPauses = {
    .attempts = 2, .initial = absl::ZeroDuration(), .max = absl::ZeroDuration()};

// Tells somebody who listens what is logged.
class OverheardLogger final : public scriptworker::Logger {
 public:
  OverheardLogger(scriptworker::Logger& inner,
                  const std::function<void(std::string_view)>& listener)
      : inner_(inner), listener_(listener) {}
  void Log(scriptworker::LogLevel level, std::string_view message) override {
    inner_.Log(level, message);
    if (listener_) listener_(message);
  }

 private:
  scriptworker::Logger& inner_;
  const std::function<void(std::string_view)>& listener_;
};

}  // namespace

absl::StatusOr<Verdict> ChainTrial::Run() {
  if (chain_.answers.empty()) chain_.Publish();
  LoadedPolicy loaded;
  if (policy == nullptr) {
    SW_ASSIGN_OR_RETURN(loaded,
                        LoadPolicy(scriptworker::json::FormatYaml(chain_.policy), "policy.yml"));
  }
  scriptworker::http::Transport& network = transport == nullptr ? chain_ : *transport;
  OverheardLogger logger(logger_, on_log);
  scriptworker::taskcluster::ApiOptions api;
  api.retry = kWithoutPauses;
  SW_ASSIGN_OR_RETURN(const std::unique_ptr<QueueClient> queue,
                      QueueClient::Create(std::string(kGeneratedRootUrl), network, clock_,
                                          credentials, std::move(api)));
  SW_ASSIGN_OR_RETURN(const TaskId task_id, TaskId::Parse(chain_.facts().TaskId("target")));
  SW_ASSIGN_OR_RETURN(TaskDefinition task, queue->Task(task_id, {}));
  const std::string& worker = chain_.facts().description.worker;
  VerifyRequest request{.task_id = task_id,
                        .task = std::move(task),
                        .name = worker == "scriptworker" ? "beetmover" : "signing",
                        .product = chain_.facts().product.name,
                        .work_dir = work_dir_.path(),
                        .retry = kWithoutPauses};
  if (change_request) change_request(request);
  return Verify(request, policy == nullptr ? loaded.policy : *policy,
                {.queue = *queue,
                 .transport = network,
                 .clock = clock_,
                 .github_token = SecretString(std::string(kGeneratedToken))},
                logger, scriptworker::CancellationToken());
}

std::vector<Violation> ChainTrial::ViolationsOf(const Verdict& verdict) {
  std::vector<Violation> violations;
  for (const Finding& finding : verdict.findings) violations.push_back(finding.violation);
  std::sort(violations.begin(), violations.end());
  violations.erase(std::unique(violations.begin(), violations.end()), violations.end());
  return violations;
}

}  // namespace cot
