// SPDX-License-Identifier: MPL-2.0
#include "cot/testing/recorded_chains.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cot/policy/policy.h"
#include "cot/verify_cot_command.h"
#include "cot/verify_cot_options.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/har/recording_transport.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/yaml_format.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using scriptworker::har::Document;
using scriptworker::har::Exchange;
using scriptworker::har::RecordingTransport;
using scriptworker::http::Headers;
using scriptworker::http::Request;
using scriptworker::http::Url;
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

// How far a refused verification came is a matter of time; a recording holds all answers.
absl::Status AskTheRest(const GeneratedChain& chain, RecordingTransport& recording) {
  std::set<std::string> asked;
  std::map<std::string, Headers, std::less<>> headers_by_host;
  for (const Exchange& exchange : recording.document().exchanges) {
    asked.insert(exchange.request.url);
    Headers& headers = headers_by_host[std::string(exchange.request.authority())];
    headers = exchange.request.headers;
    headers.Remove("Host");
  }
  for (const auto& [url, answer] : chain.answers) {
    if (asked.contains(url)) continue;
    Request request;
    SW_ASSIGN_OR_RETURN(request.url, Url::Parse(url));
    const auto headers = headers_by_host.find(request.url.authority());
    if (headers != headers_by_host.end()) request.headers = headers->second;
    SW_RETURN_IF_ERROR(recording.Send(request).status());
  }
  return absl::OkStatus();
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
  const VerifyCotOptions options{.task_id = std::move(task_id)};
  const VerifyCotSetup setup{.root_url = std::string(kGeneratedRootUrl),
                             .policy = std::make_shared<const Policy>(std::move(policy.policy)),
                             .temp_dir = temp_dir.path()};
  RecordingTransport recording(*recorded.chain, clock, "1");
  std::ostringstream out, err;
  const int status =
      VerifyCot(options, setup, recording, clock, {out, err}, scriptworker::CancellationToken());
  if (status != recorded.exit_status) {
    return absl::InternalError(absl::StrCat(recorded.name, ": status ", status, "\n", out.str()));
  }
  SW_RETURN_IF_ERROR(AskTheRest(*recorded.chain, recording));
  Document document = recording.document();
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
                        {"cot_policy_path", "testdata/chains/policy.yml"}}));
}

}  // namespace cot
