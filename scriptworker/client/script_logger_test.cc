// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/script_logger.h"

#include <sstream>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/testing/simulated_clock.h"

namespace scriptworker::client {
namespace {

TEST(ScriptLoggerTest, WritesLinesAsTheReferencesClient) {
  const SimulatedClock clock(
      absl::FromCivil(absl::CivilSecond(2026, 1, 31, 23, 59, 58), absl::UTCTimeZone()) +
      absl::Milliseconds(7));
  std::ostringstream stream;
  ScriptLogger log(stream, "signing", LogLevel::kInfo, clock, absl::UTCTimeZone());
  log.Debug("not shown");
  log.Info("Done");
  log.Critical("two\nlines");
  EXPECT_EQ(stream.str(),
            "2026-01-31 23:59:58,007 - signing - INFO - Done\n"
            "2026-01-31 23:59:58,007 - signing - CRITICAL - two\nlines\n");
}

TEST(ScriptLoggerTest, OnATerminalNoMessageMakesUpALineOrMovesTheCursor) {
  const SimulatedClock clock(absl::UnixEpoch());
  const std::string_view message = "name \x1b[2J\r\n1970-01-01 00:00:00,000 - x - INFO - Done";
  std::ostringstream terminal;
  ScriptLogger(terminal, "x", LogLevel::kInfo, clock, absl::UTCTimeZone(), /*is_terminal=*/true)
      .Error(message);
  EXPECT_EQ(terminal.str(),
            "1970-01-01 00:00:00,000 - x - ERROR - name \\x1b[2J\\x0d\n"
            "    1970-01-01 00:00:00,000 - x - INFO - Done\n");
  std::ostringstream file;
  ScriptLogger(file, "x", LogLevel::kInfo, clock, absl::UTCTimeZone()).Error(message);
  EXPECT_EQ(file.str(), absl::StrCat("1970-01-01 00:00:00,000 - x - ERROR - ", message, "\n"));
}

TEST(ScriptLoggerTest, ShowsDebugLinesIfAskedTo) {
  const SimulatedClock clock(absl::UnixEpoch());
  std::ostringstream stream;
  ScriptLogger log(stream, "x", LogLevel::kDebug, clock, absl::UTCTimeZone());
  log.Debug("shown");
  EXPECT_EQ(stream.str(), "1970-01-01 00:00:00,000 - x - DEBUG - shown\n");
}

}  // namespace
}  // namespace scriptworker::client
