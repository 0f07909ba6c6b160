// SPDX-License-Identifier: MPL-2.0
#include "tools/live/live_pool.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/log/check.h"
#include "absl/memory/memory.h"
#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/artifact_download.h"
#include "scriptworker/taskcluster/timestamp.h"
#include "tools/worker_site/worker_site.h"

namespace scriptworker::tools {
namespace {

using ::scriptworker::taskcluster::TaskId;
using ::scriptworker::taskcluster::TaskStatus;

constexpr absl::Duration kPatience = absl::Minutes(2);

// The name of a worker type: "live-" and ten small letters.
std::string RandomWorkerType() {
  absl::BitGen bitgen;
  std::string name = "live-";
  for (int i = 0; i < 10; ++i) name += static_cast<char>('a' + absl::Uniform(bitgen, 0, 26));
  return name;
}

// A throw-away key, base64 of 32 bytes.
std::string RandomSeed() {
  absl::BitGen bitgen;
  std::string seed;
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int i = 0; i < 42; ++i) seed += kDigits[absl::Uniform<size_t>(bitgen, 0, kDigits.size())];
  return seed + "A=";
}

}  // namespace

LivePool::LivePool(const Deployment& deployment)
    : deployment_(deployment), worker_type_(RandomWorkerType()) {}

absl::StatusOr<std::unique_ptr<LivePool>> LivePool::Create(const Deployment& deployment) {
  auto pool = absl::WrapUnique(new LivePool(deployment));
  SW_ASSIGN_OR_RETURN(pool->transport_,
                      http::CurlTransport::Create({.user_agent = "scriptworker live tests",
                                                   .environment = Environment::FromProcess()}));
  SW_ASSIGN_OR_RETURN(pool->queue_,
                      taskcluster::QueueClient::Create(deployment.root_url, *pool->transport_,
                                                       pool->clock_, deployment.credentials));
  SW_ASSIGN_OR_RETURN(pool->creator_,
                      taskcluster::TaskCreator::Create(deployment.root_url, *pool->transport_,
                                                       pool->clock_, deployment.credentials));
  const taskcluster::Credentials& credentials = deployment.credentials;
  const std::string folder = pool->temp_.path();
  CHECK_OK(WriteFile(pool->temp_.Path("key"), RandomSeed(), 0600));
  const std::string certificate =
      credentials.certificate.has_value()
          ? absl::StrCat("  certificate: ", json::FormatString(credentials.certificate->text()),
                         "\n")
          : "";
  CHECK_OK(WriteFile(
      pool->temp_.Path("scriptworker.yaml"),
      absl::StrCat("taskcluster_root_url: ", deployment.root_url, "\n",              //
                   "provisioner_id: ", deployment.provisioner_id, "\n",              //
                   "worker_type: ", pool->worker_type_, "\n",                        //
                   "worker_group: live-group\nworker_id: live-id\ncredentials:\n",   //
                   "  clientId: ", json::FormatString(credentials.client_id), "\n",  //
                   "  accessToken: ", json::FormatString(credentials.access_token.reveal()),
                   "\n",         //
                   certificate,  //
                   "task_script: [bash, -c, ",
                   json::FormatString(absl::StrCat("export ARTIFACTS=", folder, "/artifacts; ",
                                                   ScriptFromPayload(folder))),
                   "]\npoll_interval: 1\nreclaim_interval: 5\n",  //
                   "work_dir: ", folder, "/work\nartifact_dir: ", folder, "/artifacts\n",
                   "task_log_dir: ", folder, "/artifacts/public/logs\nlog_dir: ", folder, "/log\n",
                   "state_dir: ", folder, "/state\ned25519_private_key_path: ", folder, "/key\n"),
      0600));
  return pool;
}

LivePool::~LivePool() {
  for (const TaskId& id : created_) {
    const absl::StatusOr<TaskStatus> status = Status(id);
    if (status.ok() && status->state != taskcluster::TaskState::kCompleted &&
        status->state != taskcluster::TaskState::kFailed &&
        status->state != taskcluster::TaskState::kException) {
      CancelTask(id).IgnoreError();
    }
  }
}

absl::StatusOr<TaskId> LivePool::CreateTask(std::string_view script, int max_run_time) {
  absl::BitGen bitgen;
  const TaskId id = TaskId::Random(bitgen);
  const absl::Time now = clock_.Now();
  const json::Value definition(
      json::Object{{"provisionerId", deployment_.provisioner_id},
                   {"workerType", worker_type_},
                   {"schedulerId", deployment_.scheduler_id},
                   {"taskGroupId", id.str()},
                   {"priority", "lowest"},
                   {"retries", 1},
                   {"created", taskcluster::FormatTimestamp(now)},
                   {"deadline", taskcluster::FormatTimestamp(now + absl::Hours(1))},
                   {"expires", taskcluster::FormatTimestamp(now + absl::Hours(72))},
                   {"scopes", json::Array()},
                   {"payload", json::Object{{"maxRunTime", max_run_time}, {"script", script}}},
                   {"metadata", json::Object{{"name", "a live test of scriptworker"},
                                             {"description", "can be deleted"},
                                             {"owner", "nobody@example.com"},
                                             {"source", "https://example.com/live"}}}});
  SW_RETURN_IF_ERROR(creator_->CreateTask(id, definition).status());
  created_.push_back(id);
  return id;
}

absl::Status LivePool::CancelTask(const TaskId& id) { return creator_->CancelTask(id).status(); }

absl::StatusOr<TaskStatus> LivePool::Status(const TaskId& id) { return queue_->Status(id, {}); }

absl::StatusOr<TaskStatus> LivePool::Await(
    const TaskId& id, const std::function<bool(const TaskStatus&)>& condition) {
  const absl::Duration deadline = clock_.Monotonic() + kPatience;
  while (true) {
    SW_ASSIGN_OR_RETURN(TaskStatus status, Status(id));
    if (condition(status)) return status;
    if (clock_.Monotonic() > deadline) {
      return absl::DeadlineExceededError(absl::StrCat(
          "task ", id, " is still ", ToString(status.state), "; its worker said:\n", WorkerLog()));
    }
    clock_.SleepFor(absl::Milliseconds(250));
  }
}

RunningWorker LivePool::StartWorker(std::vector<std::string> options) {
  options.push_back(temp_.Path("scriptworker.yaml"));
  return RunningWorker(std::move(options), temp_.Path("output"));
}

std::string LivePool::WorkerLog() const {
  return ReadFile(temp_.Path("log/worker.log")).value_or("");
}

absl::StatusOr<std::string> LivePool::Artifact(const TaskId& id, std::string_view name,
                                               bool signed_url) {
  const std::string_view root = absl::StripSuffix(deployment_.root_url, "/");
  SW_ASSIGN_OR_RETURN(const http::Url url,
                      signed_url ? queue_->ArtifactUrl(id, name)
                                 : http::Url::Parse(absl::StrCat(root, "/api/queue/v1/task/", id,
                                                                 "/runs/0/artifacts/", name)));
  RetryPolicy once;
  once.attempts = 1;
  return taskcluster::ArtifactDownloader(*transport_, clock_)
      .FetchBytes(url, {.max_bytes = 1 << 20, .timeout = absl::Minutes(1), .retry = once}, {});
}

}  // namespace scriptworker::tools
