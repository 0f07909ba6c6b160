// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/log/beside_logger.h"

#include <memory>
#include <string>
#include <string_view>

#include "absl/memory/memory.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/start_thread.h"
#include "scriptworker/base/status_macros.h"

namespace scriptworker::worker {

absl::StatusOr<std::unique_ptr<BesideLogger>> BesideLogger::Start(Logger& logger) {
  std::unique_ptr<BesideLogger> beside = absl::WrapUnique(new BesideLogger(logger));
  SW_ASSIGN_OR_RETURN(beside->thread_, StartThread([&beside = *beside] { beside.Run(); }));
  return beside;
}

BesideLogger::~BesideLogger() {
  {
    absl::MutexLock lock(&mutex_);
    ending_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void BesideLogger::Log(LogLevel level, std::string_view message) {
  absl::MutexLock lock(&mutex_);
  waiting_.emplace_back(level, message);
}

void BesideLogger::Run() {
  const auto anything_to_do = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return ending_ || !waiting_.empty();
  };
  while (true) {
    Messages messages;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(&anything_to_do));
      if (waiting_.empty()) return;
      messages.swap(waiting_);
    }
    for (const auto& [level, message] : messages) logger_.Log(level, message);
  }
}

}  // namespace scriptworker::worker
