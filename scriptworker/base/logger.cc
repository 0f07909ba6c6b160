// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/base/logger.h"

namespace scriptworker {

std::string_view LogLevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "DEBUG";
    case LogLevel::kInfo:
      return "INFO";
    case LogLevel::kWarning:
      return "WARNING";
    case LogLevel::kError:
      return "ERROR";
    case LogLevel::kCritical:
      return "CRITICAL";
  }
  return "CRITICAL";
}

}  // namespace scriptworker
