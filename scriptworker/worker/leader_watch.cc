// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/leader_watch.h"

#include <functional>
#include <memory>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/start_thread.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/worker/process_tree.h"

namespace scriptworker::worker {

absl::StatusOr<std::unique_ptr<LeaderWatch>> LeaderWatch::Create(
    const ProcessTree& tree, std::function<void(bool)> on_ended) {
  std::unique_ptr<LeaderWatch> watch = absl::WrapUnique(new LeaderWatch(tree, std::move(on_ended)));
  SW_ASSIGN_OR_RETURN(watch->thread_, StartThread([&watch = *watch] { watch.Run(); }));
  return watch;
}

LeaderWatch::~LeaderWatch() {
  {
    absl::MutexLock lock(&mutex_);
    called_off_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void LeaderWatch::Watch(pid_t leader) {
  absl::MutexLock lock(&mutex_);
  leader_ = leader;
}

void LeaderWatch::Run() {
  pid_t leader = 0;
  {
    const auto decided = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return leader_ != 0 || called_off_;
    };
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&decided));
    leader = leader_;
  }
  if (leader != 0) on_ended_(tree_.AwaitLeader(leader));
}

}  // namespace scriptworker::worker
