// SPDX-License-Identifier: MPL-2.0
//
// The real worker, standing still at a point of its cycle beside a local
// Taskcluster, so that signals can be sent to it there.

#ifndef SCRIPTWORKER_TESTING_SIGNALLED_WORKER_H_
#define SCRIPTWORKER_TESTING_SIGNALLED_WORKER_H_

#include <sys/types.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/queue_event.h"
#include "scriptworker/worker/monitoring/worker_state.h"
#include "scriptworker/worker/outcome/exit_status.h"
#include "scriptworker/worker/testing/socket_dir.h"
#include "tools/local_taskcluster/local_taskcluster.h"
#include "tools/worker_site/held_calls.h"
#include "tools/worker_site/request_gate.h"
#include "tools/worker_site/running_worker.h"
#include "tools/worker_site/worker_site.h"

namespace scriptworker {

// Where the worker is, by its own word (the status socket), and what holds it there.
struct CyclePoint {
  enum class Hold {
    kNothing,  // it waits by itself
    kRequest,  // the answer to `request`
    kScript,   // the script, which ignores SIGTERM
    kSigner,   // the signer process: it is stopped, by SIGSTOP
    kHashing,  // an artifact without end
    kCall,     // a system call that makes, lists or removes files
  };

  std::string_view name = "";
  worker::Activity activity = worker::Activity::kWorking;
  std::optional<worker::Phase> phase = std::nullopt;  // with kWorking
  Hold hold = Hold::kNothing;
  std::string_view request = "";
  // kBeforeTheAnswer: the queue has done what was asked.
  tools::RequestGate::When when = tools::RequestGate::kBeforeTheWork;
  bool script_runs = false;  // beside a held request
  bool verifies = false;     // the chain of trust
  bool recovers = false;     // a worker before it was killed while its script ran
  bool has_task = true;      // that the worker could take
};

// Not thread-safe.
class SignalledWorker {
 public:
  // On its way to the point. `more`: lines of the configuration. It is a failure of the test if
  // there are processes of an earlier one.
  explicit SignalledWorker(const CyclePoint& point, std::string more = {});
  ~SignalledWorker();

  // False: this machine cannot hold it there, nor was it started.
  bool can_be_held() const { return can_be_held_; }
  // Whether it stands there.
  bool AwaitPoint();
  // From now on nobody hears that a run is given back, so that the worker does not end before
  // the second signal.
  void HoldReports();
  // The next one is sent when the worker has said that it has got the last, if
  // it is not gone by then.
  bool Send(const std::vector<int>& signals);
  // Lets happen what was held back.
  void LetGo();
  // The exit status; nullopt if it runs on for long.
  std::optional<int> Wait();
  // Starts it once more, to run one task. Its exit status.
  std::optional<int> RunTheNextOne();

  // How often the queue has seen a run end.
  int Resolutions(int run_id);
  // How run 0 ended; "": nobody is told.
  std::string Resolution() { return fake().Resolution(*id_, 0); }
  std::string State() { return fake().State(*id_); }
  // How often the script of run 0 was started.
  int Starts() const;
  // How often it has asked for a task, whether it was answered or not.
  int Claims();

  tools::RunningWorker& worker() { return *worker_; }
  tools::WorkerSite& site() { return *site_; }
  taskcluster::FakeTaskcluster& fake() { return taskcluster_->fake(); }

 private:
  std::string Script() const;
  void Start();
  bool Says(pid_t pid) const;
  bool StopSigner();
  void Count(const taskcluster::QueueEvent& event);

  const CyclePoint point_;
  SystemClock clock_;
  const TempDir temp_;
  const worker::SocketDir sockets_;
  tools::RequestGate gate_;
  tools::RequestGate report_gate_;
  tools::HeldCalls calls_;
  absl::Mutex mutex_;
  std::map<int, int> resolutions_ ABSL_GUARDED_BY(mutex_);
  int claims_ ABSL_GUARDED_BY(mutex_) = 0;
  std::unique_ptr<tools::LocalTaskcluster> taskcluster_;
  std::unique_ptr<tools::WorkerSite> site_;
  std::optional<taskcluster::TaskId> id_;
  std::optional<tools::RunningWorker> worker_;
  pid_t signer_ = -1;
  bool can_be_held_ = true;
};

// What programs that have ended have left running: this process is the one that gets it, from the
// first call on.
bool AnyProcessLeft();

}  // namespace scriptworker

#endif  // SCRIPTWORKER_TESTING_SIGNALLED_WORKER_H_
