// SPDX-License-Identifier: MPL-2.0
//
// A worker's parts, put together over a fake Taskcluster and a simulated clock;
// the scripts are real processes.

#ifndef SCRIPTWORKER_WORKER_TESTING_WORKER_HARNESS_H_
#define SCRIPTWORKER_WORKER_TESTING_WORKER_HARNESS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cot/signer.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/artifact_upload.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/queue_event.h"
#include "scriptworker/worker/abortable_transport.h"
#include "scriptworker/worker/chain_verifier.h"
#include "scriptworker/worker/journal/journal.h"
#include "scriptworker/worker/log/secret_redactor.h"
#include "scriptworker/worker/outcome/worker_observer.h"
#include "scriptworker/worker/process/shutdown.h"
#include "scriptworker/worker/task_runner.h"
#include "scriptworker/worker/work_dir.h"
#include "scriptworker/worker/worker_loop.h"

namespace scriptworker::worker {

// Members are public: a test uses what it needs. Not thread-safe but for what
// its members say.
class WorkerHarness {
 public:
  // The script runs as `bash -c script`. $DIR is a folder of the test's; when
  // the queue sees an event of run N, e.g. task-reclaimed, the file
  // $DIR/task-reclaimed.N appears.
  // `loop`: what differs from the usual; its claim and host_name are set here.
  explicit WorkerHarness(std::string script, LoopOptions loop = {});

  // Before the first use of runner() or loop().
  RunnerOptions& options() { return options_; }
  void set_verifier(ChainVerifier* verifier) { verifier_ = verifier; }
  void set_observer(WorkerObserver* observer) { observer_ = observer; }
  void set_journal(RunJournal* journal) { journal_ = journal; }

  TaskRunner& runner();
  WorkerLoop& loop();

  // Makes a task for this worker; its payload is {"maxRunTime": 400000} unless
  // given.
  taskcluster::TaskId Submit();
  taskcluster::TaskId Submit(json::Value payload);
  // Claims it without the loop. REQUIRES: a task is pending.
  taskcluster::ClaimedTask Claim();
  // Runs the pending task without the loop.
  RunOutcome RunPending();

  // What was uploaded for a run, decoded; "" if it was not.
  std::string Artifact(const taskcluster::TaskId& id, std::string_view name, int run_id = 0);
  std::vector<std::string> ArtifactNames(const taskcluster::TaskId& id, int run_id = 0);
  // "completed", "exception worker-shutdown", "running", ... of each run.
  std::vector<std::string> Runs(const taskcluster::TaskId& id);
  // How often the queue saw runs end, by whatever cause.
  int Resolutions() const;

  // Waits in real time. False after 30 s.
  static bool AwaitFile(const std::string& path);
  bool AwaitEvent(taskcluster::QueueEvent::Kind kind, int count = 1);

  TempDir temp;
  SimulatedClock clock{absl::FromUnixSeconds(1'800'000'000)};
  MemoryLogger logger;
  SecretRedactor redactor;
  Shutdown shutdown{logger, clock};
  taskcluster::FakeTaskcluster fake;
  AbortableTransport transport;
  const WorkDir dirs;

 private:
  taskcluster::FakeTaskclusterOptions FakeOptions();
  void OnEvent(const taskcluster::QueueEvent& event);

  mutable absl::Mutex mutex_;
  std::vector<taskcluster::QueueEvent> events_ ABSL_GUARDED_BY(mutex_);
  const std::unique_ptr<taskcluster::QueueClient> queue_;
  taskcluster::ArtifactUploader uploader_;
  cot::KeyFileSigner signer_;
  RunnerOptions options_;
  LoopOptions loop_options_;
  ChainVerifier* verifier_ = nullptr;
  WorkerObserver nobody_;
  WorkerObserver* observer_ = &nobody_;
  RunJournal no_journal_;
  RunJournal* journal_ = &no_journal_;
  std::unique_ptr<TaskRunner> runner_;
  std::unique_ptr<WorkerLoop> loop_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_TESTING_WORKER_HARNESS_H_
