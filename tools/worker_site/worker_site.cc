// SPDX-License-Identifier: MPL-2.0
#include "tools/worker_site/worker_site.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/log/check.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/task_builder.h"

namespace scriptworker::tools {
namespace {

// The reference's test key.
constexpr std::string_view kSeed = "28CK5/8euw24MoBnQ8Tv2HwaSccf7yORrC/BYnSk+yY=";

constexpr char kScriptFromPayload[] =
    R"sed(exec bash -c "$(sed -n 's/^ *"script": "\(.*\)",\{0,1\}$/\1/p' %s/work/task.json)")sed";

}  // namespace

std::string ScriptFromPayload(std::string_view folder) {
  return absl::StrFormat(kScriptFromPayload, folder);
}

WorkerSite::WorkerSite(LocalTaskcluster& taskcluster, std::string folder, SiteOptions options)
    : taskcluster_(taskcluster), folder_(std::move(folder)), options_(std::move(options)) {
  CHECK_OK(WriteFile(Path("key"), kSeed, 0600));
  WriteConfig("");
}

void WorkerSite::WriteConfig(std::string_view more) {
  const taskcluster::Credentials credentials = taskcluster_.fake().worker_credentials();
  const std::string& root_url =
      options_.root_url.empty() ? taskcluster_.root_url() : options_.root_url;
  const std::string_view token =
      options_.access_token.empty() ? credentials.access_token.reveal() : options_.access_token;
  const std::string script =
      options_.task_script.empty() ? ScriptFromPayload(folder_) : options_.task_script;
  CHECK_OK(WriteFile(
      Path("scriptworker.yaml"),
      absl::StrCat("taskcluster_root_url: ", root_url, "\n",  //
                   "provisioner_id: test-provisioner\n", "worker_type: test-worker\n",
                   "worker_group: test-group\n", "worker_id: ", options_.worker_id, "\n",
                   "credentials:\n",  //
                   "  clientId: ", credentials.client_id, "\n", "  accessToken: ", token, "\n",
                   "task_script: [bash, -c, ", json::FormatString(script), "]\n", "poll_interval: ",
                   options_.poll_interval, "\n", "reclaim_interval: ", options_.reclaim_interval,
                   "\n", "verbose: ", options_.verbose ? "true" : "false", "\n",  //
                   "work_dir: ", folder_, "/work\n",                              //
                   "artifact_dir: ", folder_, "/artifacts\n",                     //
                   "task_log_dir: ", folder_, "/artifacts/public/logs\n",         //
                   "log_dir: ", folder_, "/log\n",                                //
                   "state_dir: ", folder_, "/state\n", "ed25519_private_key_path: ", folder_,
                   "/key\n", options_.more, more),
      0600));
}

RunningWorker WorkerSite::Start(std::vector<std::string> options) const {
  options.push_back(Path("scriptworker.yaml"));
  return RunningWorker(std::move(options), Path("output"));
}

taskcluster::TaskId WorkerSite::Submit(LocalTaskcluster& taskcluster, const Clock& clock,
                                       std::string_view script, const SubmittedTask& task) {
  json::Object payload;
  payload.Set("maxRunTime", json::Value(task.max_run_time));
  payload.Set("script", json::Value(script));
  taskcluster::TaskBuilder builder(clock.Now());
  builder.Payload(json::Value(payload));
  if (!task.task_group_id.empty()) builder.TaskGroupId(task.task_group_id);
  return taskcluster.fake().CreateTask(builder.Build()).value();
}

std::string WorkerSite::Path(std::string_view name) const { return JoinPath(folder_, name); }

std::string WorkerSite::WorkerLog() const { return ReadFile(Path("log/worker.log")).value_or(""); }

bool WorkerSite::AwaitLogged(std::string_view text) const {
  return AwaitTrue([&] { return absl::StrContains(WorkerLog(), text); });
}

bool WorkerSite::AwaitFile(std::string_view name) const {
  return AwaitTrue([&] { return std::filesystem::exists(Path(name)); });
}

}  // namespace scriptworker::tools
