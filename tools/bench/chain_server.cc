// SPDX-License-Identifier: MPL-2.0
#include "tools/bench/chain_server.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/check.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "cot/evidence/cot_body.h"
#include "scriptworker/http/body.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/artifact_request.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"

namespace cot {
namespace {

using ::scriptworker::http::FakeRequest;
using ::scriptworker::http::FakeResponse;
using ::scriptworker::json::Value;
using ::scriptworker::taskcluster::ClaimedTask;
using ::scriptworker::taskcluster::FakeTaskcluster;
using ::scriptworker::taskcluster::QueueClient;
using ::scriptworker::taskcluster::TaskId;
using ::scriptworker::tools::LocalTaskcluster;

std::unique_ptr<LocalTaskcluster> StartTaskcluster(scriptworker::Clock& clock,
                                                   absl::Duration latency) {
  scriptworker::tools::LocalTaskclusterOptions options;
  options.latency = latency;
  options.compress = false;  // as when docs/performance.md was measured
  options.fake.poll = absl::ZeroDuration();
  // Longer than a benchmark: the target must stay in its run 0.
  options.fake.claim = absl::Hours(24);
  absl::StatusOr<std::unique_ptr<LocalTaskcluster>> local =
      LocalTaskcluster::Start(clock, std::move(options));
  CHECK_OK(local);
  return *std::move(local);
}

// Lives a chain's tasks in a Taskcluster, through its API but without sockets.
class TaskLives {
 public:
  TaskLives(const SmallChain& chain, FakeTaskcluster& fake, scriptworker::Clock& clock)
      : chain_(chain),
        fake_(fake),
        clock_(clock),
        queue_(*QueueClient::Create(fake.root_url(), fake, clock, fake.worker_credentials())) {}

  // After those that it depends on: the queue demands it.
  void Live(const std::string& id) {
    if (!begun_.insert(id).second) return;
    const Value& definition = chain_.tasks.at(id);
    for (const Value& dependency : definition.Find("dependencies")->array()) {
      Live(std::string(dependency.string_value()));
    }
    CHECK_OK(fake_.CreateTask(*TaskId::Parse(id), definition));
    const auto state = chain_.states.find(id);
    if (state != chain_.states.end() && state->second == "pending") return;
    const ClaimedTask claim = Claim(id, definition.Find("taskQueueId")->string_value());
    if (state != chain_.states.end() && state->second == "running") return;
    if (const auto files = chain_.artifacts.find(id); files != chain_.artifacts.end()) {
      for (const auto& [name, content] : files->second) {
        Upload(claim, name, "application/octet-stream", content);
      }
    }
    for (const std::string_view name : {kCotBodyName, kCotSignatureName}) {
      const SmallChain::Answer& file = chain_.answers.at(SmallChain::ArtifactUrl(id, name));
      Upload(claim, name, file.content_type, file.body);
    }
    CHECK_OK(queue_->ReportCompleted(claim.task_id, claim.run_id, claim.credentials, {}));
  }

 private:
  ClaimedTask Claim(const std::string& id, std::string_view task_queue_id) {
    absl::StatusOr<std::vector<ClaimedTask>> claimed =
        queue_->ClaimWork({.task_queue_id = std::string(task_queue_id),
                           .worker_group = "group",
                           .worker_id = "worker"},
                          {});
    CHECK_OK(claimed);
    CHECK_EQ(claimed->size(), size_t{1}) << id;
    CHECK_EQ(claimed->front().task_id.str(), id);
    CHECK_EQ(claimed->front().run_id, 0) << id;
    return std::move(claimed->front());
  }

  void Upload(const ClaimedTask& claim, std::string_view name, const std::string& content_type,
              const std::string& content) {
    const absl::StatusOr<std::string> url = queue_->CreateArtifact(
        claim.task_id, claim.run_id, name,
        scriptworker::taskcluster::S3Artifact{.content_type = content_type,
                                              .expires = clock_.Now() + absl::Hours(24)},
        claim.credentials, {});
    CHECK_OK(url);
    scriptworker::http::StringSource source(content);
    scriptworker::http::Request put;
    put.method = scriptworker::http::Method::kPut;
    put.url = *scriptworker::http::Url::Parse(*url);
    put.headers.Add("Content-Type", content_type);
    put.body_source = &source;
    const absl::StatusOr<scriptworker::http::Response> stored = fake_.Send(put);
    CHECK_OK(stored);
    CHECK_EQ(stored->status, 200) << name << ": " << stored->body;
  }

  const SmallChain& chain_;
  FakeTaskcluster& fake_;
  scriptworker::Clock& clock_;
  const std::unique_ptr<QueueClient> queue_;
  std::set<std::string> begun_;
};

}  // namespace

ChainServer::ChainServer(SmallChain& chain, scriptworker::Clock& clock, absl::Duration latency)
    : chain_(chain),
      latency_(latency),
      taskcluster_(StartTaskcluster(clock, latency)),
      sources_([this](const FakeRequest& request) { return AnswerForSources(request); }) {
  chain_.Publish();
  TaskLives lives(chain_, taskcluster_->fake(), clock);
  for (const auto& [id, task] : chain_.tasks) lives.Live(id);
  requests_before_ = taskcluster_->fake().request_log().total();
  absl::MutexLock lock(&mutex_);
  for (auto& [url, answer] : chain_.answers) {
    if (!absl::StartsWith(url, "https://api.github.com/")) continue;
    answer.body = absl::StrReplaceAll(
        answer.body, {{"\"html_url\": \"https://github.com",
                       absl::StrCat("\"html_url\": \"", SourceUrl("github.com"))}});
  }
}

std::string ChainServer::SourceUrl(std::string_view host) const {
  return absl::StrCat("http://127.0.0.1:", sources_.port(), "/", host);
}

int ChainServer::requests() const {
  return taskcluster_->fake().request_log().total() - requests_before_ + source_requests_;
}

FakeResponse ChainServer::AnswerForSources(const FakeRequest& request) {
  ++source_requests_;
  if (latency_ > absl::ZeroDuration()) absl::SleepFor(latency_);
  std::string target = request.target;
  target.resize(std::min(target.find('?'), target.size()));
  absl::MutexLock lock(&mutex_);
  const auto found =
      chain_.answers.find(absl::StrCat("https:/", *scriptworker::http::PercentDecode(target)));
  if (found == chain_.answers.end()) return {.status = 404, .body = "{}"};
  const SmallChain::Answer& answer = found->second;
  return {.status = answer.status,
          .headers = {{"Content-Type", answer.content_type}},
          .body = answer.body};
}

}  // namespace cot
