// SPDX-License-Identifier: MPL-2.0
//
// The look of a log line, as Python's logging.Formatter makes it: `log_fmt` in
// %-style and `log_datefmt` for strftime. Existing configurations and the tools
// that read the logs keep working. Or one JSON object a line, for collectors.
#ifndef SCRIPTWORKER_WORKER_LOG_LOG_FORMAT_H_
#define SCRIPTWORKER_WORKER_LOG_LOG_FORMAT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/logger.h"

namespace scriptworker::worker {

struct LogRecord {
  absl::Time time = {};
  LogLevel level = LogLevel::kInfo;
  std::string_view message = {};
  // The run in hand; "": none. Only JSON shows it.
  std::string_view task_id = {};
  int run_id = 0;
};

// Immutable, hence thread-safe.
class LogFormat {
 public:
  struct Options {
    std::string format = "%(asctime)s %(levelname)8s - %(message)s";
    // Empty: Python's default, "2026-01-31 12:00:00,123".
    std::string date_format = "%Y-%m-%dT%H:%M:%S";
    absl::TimeZone zone = {};       // log times are local times
    absl::Time process_start = {};  // for %(relativeCreated)d
  };

  // kInvalidArgument names the part of the format that is wrong: an unknown
  // field, a conversion that does not fit the field's type, a stray `%`. Known
  // are all fields of Python's LogRecord; those that name a place in the source
  // show what Python shows when it does not know it.
  static absl::StatusOr<LogFormat> Create(Options options);

  // One JSON object: `time` (RFC 3339, UTC, microseconds), `level`, `pid`, while
  // a run is in hand `taskId` and `runId`, and `message`; in ASCII, so that a
  // message of several lines, or one that is no UTF-8, is one line as well.
  static LogFormat Json();

  // One record without the final newline. Widths count code points.
  std::string Format(const LogRecord& record) const;

 private:
  enum class Field {
    kLiteral,
    kAscTime,
    kCreated,
    kFileName,
    kFuncName,
    kLevelName,
    kLevelNumber,
    kLineNumber,
    kMessage,
    kModule,
    kMilliseconds,
    kName,
    kPathName,
    kProcess,
    kProcessName,
    kRelativeCreated,
    kThread,
    kThreadName,
  };
  // `%(levelname)-8.3s`: flags "-", width 8, precision 3, conversion 's'.
  struct Piece {
    Field field = Field::kLiteral;
    std::string literal = {};
    std::string flags = {};
    int width = 0;
    int precision = -1;
    char conversion = 's';
  };

  static std::string FormatJson(const LogRecord& record);
  explicit LogFormat(Options options) : options_(std::move(options)) {}
  static absl::StatusOr<Piece> ParsePiece(std::string_view text, size_t* pos);
  std::string DateText(absl::Time time) const;
  void Append(const Piece& piece, const LogRecord& record, std::string* out) const;

  Options options_;
  std::vector<Piece> pieces_;  // none: JSON
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_LOG_LOG_FORMAT_H_
