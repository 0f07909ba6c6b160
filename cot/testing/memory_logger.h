// SPDX-License-Identifier: MPL-2.0
#ifndef COT_TESTING_MEMORY_LOGGER_H_
#define COT_TESTING_MEMORY_LOGGER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/logger.h"

namespace cot {

// Keeps `LEVEL message`. Thread-safe.
class MemoryLogger final : public scriptworker::Logger {
 public:
  void Log(scriptworker::LogLevel level, std::string_view message) override {
    absl::MutexLock lock(&mutex_);
    lines_.push_back(absl::StrCat(scriptworker::LogLevelName(level), " ", message));
  }

  std::vector<std::string> lines() const {
    absl::MutexLock lock(&mutex_);
    return lines_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::vector<std::string> lines_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace cot

#endif  // COT_TESTING_MEMORY_LOGGER_H_
