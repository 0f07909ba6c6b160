// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/leader_watch.h"

#include <functional>
#include <memory>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/worker/process/process_tree.h"
#include "scriptworker/worker/process/ready_thread.h"

namespace scriptworker::worker {

absl::StatusOr<std::unique_ptr<LeaderWatch>> LeaderWatch::Create(
    const ProcessTree& tree, std::function<void(bool)> on_ended) {
  SW_ASSIGN_OR_RETURN(std::unique_ptr<ReadyThread> thread, ReadyThread::Create());
  return absl::WrapUnique(new LeaderWatch(
      std::make_shared<Wait>(tree.ReapsAdopted(), std::move(on_ended)), std::move(thread)));
}

void LeaderWatch::Watch(pid_t leader) {
  thread_->Run([wait = wait_, leader] {
    const bool seen = ProcessTree::AwaitLeader(leader, wait->reaps_adopted, wait->given_up);
    absl::MutexLock lock(&wait->mutex);
    if (wait->on_ended != nullptr) wait->on_ended(seen);
  });
}

void LeaderWatch::GiveUp() {
  wait_->given_up = true;
  {
    absl::MutexLock lock(&wait_->mutex);
    wait_->on_ended = nullptr;
  }
  thread_->Leave();
}

}  // namespace scriptworker::worker
