// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/ready_thread.h"

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
  SW_ASSIGN_OR_RETURN(ready->thread_, StartThread([&ready = *ready] { ready.Wait(); }));
  return ready;
}

ReadyThread::~ReadyThread() {
  {
    absl::MutexLock lock(&mutex_);
    decided_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void ReadyThread::Run(absl::AnyInvocable<void()> body) {
  absl::MutexLock lock(&mutex_);
  body_ = std::move(body);
  decided_ = true;
}

void ReadyThread::Wait() {
  absl::AnyInvocable<void()> body;
  {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&decided_));
    body = std::move(body_);
  }
  if (body != nullptr) body();
}

}  // namespace scriptworker::worker
