// SPDX-License-Identifier: MPL-2.0
//
// A logger that keeps what it was told, for assertions.

#ifndef SCRIPTWORKER_BASE_TESTING_MEMORY_LOGGER_H_
#define SCRIPTWORKER_BASE_TESTING_MEMORY_LOGGER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/logger.h"

namespace scriptworker {

// Thread-safe.
class MemoryLogger final : public Logger {
 public:
  void Log(LogLevel level, std::string_view message) override {
    absl::MutexLock lock(&mutex_);
    lines_.push_back(absl::StrCat(LogLevelName(level), " ", message));
  }

  // "INFO message", in order.
  std::vector<std::string> lines() const {
    absl::MutexLock lock(&mutex_);
    return lines_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::vector<std::string> lines_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_TESTING_MEMORY_LOGGER_H_
