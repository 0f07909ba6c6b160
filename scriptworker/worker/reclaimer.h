// SPDX-License-Identifier: MPL-2.0
//
// Keeps the claim of the run in hand: reclaims in time, passes the new
// credentials on, and says so when the claim is lost.

#ifndef SCRIPTWORKER_WORKER_RECLAIMER_H_
#define SCRIPTWORKER_WORKER_RECLAIMER_H_

#include <optional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/worker/journal/journal.h"
#include "scriptworker/worker/outcome/worker_observer.h"
#include "scriptworker/worker/task_credential_store.h"

namespace scriptworker::worker {

// The wall clock may jump, and the machine may sleep: the lease is measured on the
// monotonic clock, which is looked at every ten seconds, whatever else is waited for.
//
// Thread-safe.
class Reclaimer {
 public:
  struct Collaborators {
    taskcluster::TaskClaimer& queue;
    TaskCredentialStore& credentials;
    Clock& clock;
    Logger& logger;
    WorkerObserver& observer;
    RunJournal& journal;
  };

  // Does nothing before Start(). `claimed_at` is the monotonic time at which the claim came.
  // Everything must outlive the reclaimer. `claim` is cancelled (kAborted) when
  // the claim is lost: the queue answers a reclaim with 409, or the lease is
  // about to end unrenewed. Other failures are repeated with a growing pause.
  Reclaimer(const taskcluster::ClaimedTask& task, absl::Duration claimed_at,
            absl::Duration reclaim_interval, const Collaborators& collaborators,
            CancellationSource& claim);
  // Calls Stop.
  ~Reclaimer();

  // At most once. kResourceExhausted: the machine has no threads to give, the claim is not kept.
  absl::Status Start();

  // How long the claim is good, if it is not renewed.
  absl::Duration LeaseLeft() const;

  // Returns when no request is under way any more; a running one is abandoned.
  void Stop();

 private:
  enum class Attempt { kRenewed, kLost, kStopped, kFailed };

  void KeepLease();
  void WatchLease();
  void EndWatch() ABSL_LOCKS_EXCLUDED(mutex_);
  bool LeaseLapses();
  bool SleepUntilRenewal();
  Attempt TryOnce(int attempt);
  void Lose(const absl::Status& reason);
  void SetLease(absl::Duration granted_at, absl::Time taken_until,
                const std::optional<absl::Time>& server_time) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Duration UntilRenewal() const;
  absl::Duration UntilGivenUp() const;

  const taskcluster::TaskId task_id_;
  const taskcluster::RunId run_id_;
  const absl::Duration interval_;
  const Collaborators with_;
  CancellationSource& claim_;
  CancellationSource stop_;  // ends sleeps and requests
  absl::BitGen bit_gen_;     // of the keeper's thread

  mutable absl::Mutex mutex_;
  absl::Duration lease_end_ ABSL_GUARDED_BY(mutex_);
  absl::Duration renew_at_ ABSL_GUARDED_BY(mutex_);
  absl::Duration give_up_at_ ABSL_GUARDED_BY(mutex_);
  absl::Duration retry_pause_ ABSL_GUARDED_BY(mutex_);
  bool changed_ ABSL_GUARDED_BY(mutex_) = false;  // since the watcher looked
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread keeper_;
  std::thread watcher_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_RECLAIMER_H_
