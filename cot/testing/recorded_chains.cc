// SPDX-License-Identifier: MPL-2.0
#include "cot/testing/recorded_chains.h"

#include <algorithm>
#include <sstream>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cot/policy.h"
#include "cot/verify_cot_command.h"
#include "cot/verify_cot_options.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/yaml_format.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using scriptworker::har::Document;
using scriptworker::har::Exchange;
using scriptworker::json::FormatYaml;
using scriptworker::json::Object;
using scriptworker::json::Value;
using scriptworker::taskcluster::TaskId;

RecordedChain Recorded(std::string name, std::string description, const ChainDescription& chain,
                       int exit_status) {
  return {std::move(name), std::move(description), std::make_unique<GeneratedChain>(chain),
          exit_status};
}

// The build's file is signed by the key of another worker implementation.
RecordedChain WrongKey() {
  RecordedChain recorded =
      Recorded("github-push-wrong-key",
               "A push to GitHub; the build's chain-of-trust.json is signed by a key that is not "
               "trusted for its worker implementation.",
               {.product = "gadget", .tasks_for = "github-push", .worker = "generic-worker"}, 3);
  recorded.chain->tasks.find("build")->second.worker = "scriptworker";
  return recorded;
}

// The decision task runs what its template does not say; all else agrees with it.
RecordedChain OtherDecision() {
  RecordedChain recorded =
      Recorded("hg-cron-other-command",
               "A cron job of a repository at hg; the decision task has run another command than "
               ".taskcluster.yml says.",
               {.product = "desktop", .tasks_for = "cron", .worker = "generic-worker"}, 3);
  Value& definition = recorded.chain->tasks.find("decision")->second.definition;
  Object payload = definition.Find("payload")->object();
  scriptworker::json::Array command = payload.Find("command")->array();
  *command.mutable_at(1) = "--project=somewhere-else";
  payload.Set("command", std::move(command));
  definition.mutable_object()->Set("payload", std::move(payload));
  return recorded;
}

}  // namespace

std::vector<RecordedChain> RecordedChains() {
  std::vector<RecordedChain> recorded;
  recorded.push_back(Recorded(
      "hg-push",
      "A push to a repository at hg: signing of a build in a docker image of an earlier push.",
      {.product = "desktop", .tasks_for = "hg-push", .cached_image = true}, 0));
  recorded.push_back(Recorded(
      "github-release", "A release at GitHub: signing of a build by generic-worker.",
      {.product = "gadget", .tasks_for = "github-release", .worker = "generic-worker"}, 0));
  recorded.push_back(WrongKey());
  recorded.push_back(OtherDecision());
  return recorded;
}

absl::StatusOr<Document> Record(RecordedChain& recorded) {
  if (recorded.chain->answers.empty()) recorded.chain->Publish();
  scriptworker::TempDir temp_dir;
  scriptworker::SystemClock clock;
  SW_ASSIGN_OR_RETURN(LoadedPolicy policy, LoadPolicy(RecordedPolicyText(), "policy.yml"));
  SW_ASSIGN_OR_RETURN(TaskId task_id, TaskId::Parse(recorded.chain->facts().TaskId("target")));
  VerifyCotOptions options{.task_id = std::move(task_id), .record = temp_dir.Path("chain.har")};
  VerifyCotSetup setup{.root_url = std::string(kGeneratedRootUrl),
                       .policy = std::make_shared<const Policy>(std::move(policy.policy)),
                       .temp_dir = temp_dir.path()};
  std::ostringstream out, err;
  const int status = VerifyCot(options, setup, *recorded.chain, clock, {out, err},
                               scriptworker::CancellationToken());
  if (status != recorded.exit_status) {
    return absl::InternalError(absl::StrCat(recorded.name, ": status ", status, "\n", out.str()));
  }
  SW_ASSIGN_OR_RETURN(Document document, scriptworker::har::ReadHarFile(options.record));
  document.creator_version = "1";
  document.comment = absl::StrCat("synthetic: ", recorded.description);
  for (Exchange& exchange : document.exchanges) {
    exchange.started = absl::UnixEpoch();
    exchange.duration = absl::ZeroDuration();
  }
  std::sort(document.exchanges.begin(), document.exchanges.end(),
            [](const Exchange& a, const Exchange& b) { return a.request.url < b.request.url; });
  return document;
}

std::string RecordedPolicyText() {
  return absl::StrCat(
      "# SPDX-License-Identifier: MPL-2.0\n# Made by //cot/testing:record_chains: the policy of "
      "the recordings.\n",
      FormatYaml(GeneratedPolicy()));
}

std::string RecordedConfigText() {
  return absl::StrCat(
      "# SPDX-License-Identifier: MPL-2.0\n# Made by //cot/testing:record_chains: with this, "
      "verify_cot judges the recordings.\n",
      FormatYaml(Object{{"taskcluster_root_url", kGeneratedRootUrl},
                        {"cot_policy_path", "testdata/chains/policy.yml"},
                        {"credentials", Object{{"clientId", "nobody"}, {"accessToken", "none"}}},
                        {"work_dir", "unused/work"},
                        {"artifact_dir", "unused/artifacts"},
                        {"task_log_dir", "unused/artifacts/public/logs"},
                        {"log_dir", "unused/log"},
                        {"ed25519_private_key_path", "unused/key"}}));
}

}  // namespace cot
