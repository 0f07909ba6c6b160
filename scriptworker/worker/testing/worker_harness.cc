// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/testing/worker_harness.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/log/check.h"
#include "absl/random/random.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/testing/task_builder.h"

namespace scriptworker::worker {

using ::scriptworker::taskcluster::QueueEvent;
using ::scriptworker::taskcluster::TaskId;

namespace {

// The reference's test key.
constexpr std::string_view kSeed = "28CK5/8euw24MoBnQ8Tv2HwaSccf7yORrC/BYnSk+yY=";

constexpr std::string_view kProvisioner = "test-provisioner";
constexpr std::string_view kWorkerType = "test-worker";

taskcluster::ClaimRequest MyClaim() {
  return {.task_queue_id = absl::StrCat(kProvisioner, "/", kWorkerType),
          .worker_group = "test-group",
          .worker_id = "test-id"};
}

bool IsResolution(const QueueEvent& event) {
  return event.kind == QueueEvent::Kind::kCompleted || event.kind == QueueEvent::Kind::kFailed ||
         event.kind == QueueEvent::Kind::kException;
}

}  // namespace

WorkerHarness::WorkerHarness(std::string script, LoopOptions loop)
    : fake(clock, FakeOptions()),
      transport(fake, shutdown.at_once()),
      dirs(temp.Path("work"), temp.Path("artifacts"), temp.Path("artifacts/public/logs")),
      queue_(taskcluster::QueueClient::Create(fake.root_url(), transport, clock,
                                              fake.worker_credentials())
                 .value()),
      uploader_(*queue_, transport, clock, {.put_timeout = absl::Seconds(60)}),
      signer_(temp.Write("private_key", kSeed)),
      loop_options_(std::move(loop)) {
  loop_options_.claim = MyClaim();
  loop_options_.host_name = "here";
  options_.task_script = {"bash", "-c", std::move(script)};
  options_.root_url = fake.root_url();
  options_.reclaim_interval = absl::Seconds(60);
  options_.reversed_statuses = {{245, taskcluster::ExceptionReason::kIntermittentTask},
                                {241, taskcluster::ExceptionReason::kIntermittentTask}};
  options_.chain_of_trust.worker_id = "test-id";
  options_.chain_of_trust.worker_type = kWorkerType;
  options_.chain_of_trust.signer = &signer_;
  options_.chain_of_trust.secret_files = {temp.Path("private_key")};
  options_.environment.Set("PATH", "/usr/local/bin:/usr/bin:/bin");
  options_.environment.Set("DIR", temp.path());
  options_.environment.Set("ARTIFACTS", dirs.artifact_dir());
  options_.environment.Set("WORK", dirs.work_dir());
  options_.temp_dir = temp.path();
  CHECK_OK(dirs.Cleanup());
}

taskcluster::FakeTaskclusterOptions WorkerHarness::FakeOptions() {
  taskcluster::FakeTaskclusterOptions options;
  options.on_event = [this](const QueueEvent& event) { OnEvent(event); };
  // Not the task ids of another test that runs beside this one: recovery ends
  // whatever carries the id of its run.
  options.seed = absl::Uniform<uint64_t>(absl::BitGen());
  return options;
}

void WorkerHarness::OnEvent(const QueueEvent& event) {
  if (event.run_id >= 0) {
    std::ofstream(temp.Path(absl::StrCat(taskcluster::ToString(event.kind), ".", event.run_id)));
  }
  absl::MutexLock lock(&mutex_);
  events_.push_back(event);
}

TaskRunner& WorkerHarness::runner() {
  if (runner_ == nullptr) {
    runner_ =
        std::make_unique<TaskRunner>(options_, TaskRunner::Collaborators{.queue = *queue_,
                                                                         .uploader = uploader_,
                                                                         .verifier = verifier_,
                                                                         .dirs = dirs,
                                                                         .clock = clock,
                                                                         .logger = logger,
                                                                         .redactor = redactor,
                                                                         .observer = *observer_,
                                                                         .journal = *journal_});
  }
  return *runner_;
}

WorkerLoop& WorkerHarness::loop() {
  if (loop_ == nullptr) {
    loop_ = std::make_unique<WorkerLoop>(loop_options_,
                                         WorkerLoop::Collaborators{.queue = *queue_,
                                                                   .runner = runner(),
                                                                   .dirs = dirs,
                                                                   .shutdown = shutdown,
                                                                   .clock = clock,
                                                                   .logger = logger,
                                                                   .observer = *observer_,
                                                                   .journal = *journal_});
  }
  return *loop_;
}

TaskId WorkerHarness::Submit() {
  json::Object payload;
  payload.Set("maxRunTime", json::Value(400000));
  return Submit(json::Value(payload));
}

TaskId WorkerHarness::Submit(json::Value payload) {
  absl::StatusOr<TaskId> id = fake.CreateTask(taskcluster::TaskBuilder(clock.Now())
                                                  .Queue(kProvisioner, kWorkerType)
                                                  .Payload(std::move(payload))
                                                  .Deadline(clock.Now() + absl::Hours(110))
                                                  .Expires(clock.Now() + absl::Hours(150))
                                                  .Build());
  CHECK_OK(id);
  return *id;
}

taskcluster::ClaimedTask WorkerHarness::Claim() {
  absl::StatusOr<std::vector<taskcluster::ClaimedTask>> tasks =
      queue_->ClaimWork(MyClaim(), CancellationToken());
  CHECK_OK(tasks);
  CHECK_EQ(tasks->size(), 1u);
  return std::move(tasks->front());
}

RunOutcome WorkerHarness::RunPending() {
  const taskcluster::ClaimedTask task = Claim();
  return runner().Run(
      task, clock.Monotonic(),
      {.stop = shutdown.stop(), .hurry = shutdown.hurry(), .at_once = shutdown.at_once()});
}

std::string WorkerHarness::Artifact(const TaskId& id, std::string_view name, int run_id) {
  const auto artifact = fake.GetArtifact(id, run_id, name);
  return artifact.ok() && artifact->uploaded ? artifact->content : "";
}

std::vector<std::string> WorkerHarness::ArtifactNames(const TaskId& id, int run_id) {
  std::vector<std::string> names;
  for (const auto& artifact : fake.Artifacts(id, run_id)) names.push_back(artifact.name);
  return names;
}

std::vector<std::string> WorkerHarness::Runs(const TaskId& id) {
  std::vector<std::string> runs;
  const json::Value status = fake.Status(id).value();
  for (const json::Value& run : status.Find("runs")->array()) {
    std::string text(run.Find("state")->string_value());
    if (text == "exception") {
      absl::StrAppend(&text, " ", run.Find("reasonResolved")->string_value());
    }
    runs.push_back(std::move(text));
  }
  return runs;
}

int WorkerHarness::Resolutions() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(std::count_if(events_.begin(), events_.end(), IsResolution));
}

bool WorkerHarness::AwaitFile(const std::string& path) {
  return AwaitTrue([&] { return ::access(path.c_str(), F_OK) == 0; });
}

bool WorkerHarness::AwaitEvent(QueueEvent::Kind kind, int count) {
  const auto happened = [this, kind, count]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return std::count_if(events_.begin(), events_.end(),
                         [kind](const QueueEvent& event) { return event.kind == kind; }) >= count;
  };
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&happened), absl::Seconds(30));
}

}  // namespace scriptworker::worker
