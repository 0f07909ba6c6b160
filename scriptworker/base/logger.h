// SPDX-License-Identifier: MPL-2.0
//
// Where messages go. Injected: there is no global logger.
#ifndef SCRIPTWORKER_BASE_LOGGER_H_
#define SCRIPTWORKER_BASE_LOGGER_H_

#include <string_view>

namespace scriptworker {

// Python's levels, with Python's numbers: they show in `%(levelno)d`.
enum class LogLevel {
  kDebug = 10,
  kInfo = 20,
  kWarning = 30,
  kError = 40,
  kCritical = 50,
};

// "DEBUG", "INFO", ...
std::string_view LogLevelName(LogLevel level);

// Implementations are thread-safe and never fail: a message that cannot be
// written is lost, the caller goes on. They take known secrets out; callers
// still do not put any in.
class Logger {
 public:
  virtual ~Logger() = default;

  // `message` may have several lines.
  virtual void Log(LogLevel level, std::string_view message) = 0;

  void Debug(std::string_view message) { Log(LogLevel::kDebug, message); }
  void Info(std::string_view message) { Log(LogLevel::kInfo, message); }
  void Warning(std::string_view message) { Log(LogLevel::kWarning, message); }
  void Error(std::string_view message) { Log(LogLevel::kError, message); }
  void Critical(std::string_view message) { Log(LogLevel::kCritical, message); }
};

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_LOGGER_H_
