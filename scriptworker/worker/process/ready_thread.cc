// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/ready_thread.h"

#include <memory>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/memory/memory.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/start_thread.h"
#include "scriptworker/base/status_macros.h"

namespace scriptworker::worker {

absl::StatusOr<std::unique_ptr<ReadyThread>> ReadyThread::Create() {
  std::unique_ptr<ReadyThread> ready = absl::WrapUnique(new ReadyThread());
  SW_ASSIGN_OR_RETURN(ready->thread_, StartThread([errand = ready->errand_] { Do(*errand); }));
  return ready;
}

ReadyThread::~ReadyThread() {
  {
    absl::MutexLock lock(&errand_->mutex);
    errand_->decided = true;
  }
  if (thread_.joinable()) thread_.join();
}

void ReadyThread::Run(absl::AnyInvocable<void()> body) {
  absl::MutexLock lock(&errand_->mutex);
  errand_->body = std::move(body);
  errand_->decided = true;
}

void ReadyThread::Do(Errand& errand) {
  absl::AnyInvocable<void()> body;
  {
    absl::MutexLock lock(&errand.mutex);
    errand.mutex.Await(absl::Condition(&errand.decided));
    body = std::move(errand.body);
  }
  if (body != nullptr) body();
}

}  // namespace scriptworker::worker
