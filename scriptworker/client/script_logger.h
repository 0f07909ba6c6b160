// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_CLIENT_SCRIPT_LOGGER_H_
#define SCRIPTWORKER_CLIENT_SCRIPT_LOGGER_H_

#include <ostream>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"

namespace scriptworker::client {

// A script's log, as that of the reference's client:
// "2026-01-31 23:59:59,000 - NAME - INFO - MESSAGE" from level `least` on. What
// goes to stderr is in the task's live_backing.log, byte for byte; on a terminal, where a
// script is run by hand, no message makes up a line or moves the cursor. Thread-safe.
class ScriptLogger final : public Logger {
 public:
  // `stream` and `clock` must outlive the logger.
  ScriptLogger(std::ostream& stream, std::string_view name, LogLevel least, const Clock& clock,
               absl::TimeZone zone, bool is_terminal = false)
      : stream_(stream),
        name_(name),
        least_(least),
        clock_(clock),
        zone_(zone),
        is_terminal_(is_terminal) {}

  void Log(LogLevel level, std::string_view message) override;

 private:
  absl::Mutex mutex_;
  std::ostream& stream_ ABSL_GUARDED_BY(mutex_);
  const std::string name_;
  const LogLevel least_;
  const Clock& clock_;
  const absl::TimeZone zone_;
  const bool is_terminal_;
};

}  // namespace scriptworker::client

#endif  // SCRIPTWORKER_CLIENT_SCRIPT_LOGGER_H_
