// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/script_logger.h"

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/visible_text.h"

namespace scriptworker::client {

void ScriptLogger::Log(LogLevel level, std::string_view message) {
  if (static_cast<int>(level) < static_cast<int>(least_)) return;
  const absl::Time now = clock_.Now();
  const int64_t milliseconds = absl::ToUnixMillis(now) - absl::ToUnixSeconds(now) * 1000;
  const std::string line = absl::StrCat(
      absl::FormatTime("%Y-%m-%d %H:%M:%S", now, zone_), absl::StrFormat(",%03d", milliseconds),
      " - ", name_, " - ", LogLevelName(level), " - ",
      is_terminal_ ? VisibleText(message, TextLayout::kLogMessage) : std::string(message), "\n");
  const absl::MutexLock lock(&mutex_);
  stream_ << line << std::flush;
}

}  // namespace scriptworker::client
