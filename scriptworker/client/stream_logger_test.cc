// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/stream_logger.h"

#include <sstream>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/testing/simulated_clock.h"

namespace scriptworker::client {
namespace {

TEST(StreamLoggerTest, WritesLinesAsTheReferencesClient) {
  const SimulatedClock clock(
      absl::FromCivil(absl::CivilSecond(2026, 1, 31, 23, 59, 58), absl::UTCTimeZone()) +
      absl::Milliseconds(7));
  std::ostringstream stream;
  StreamLogger log(stream, "signing", LogLevel::kInfo, clock, absl::UTCTimeZone());
  log.Debug("not shown");
  log.Info("Done");
  log.Critical("two\nlines");
  EXPECT_EQ(stream.str(),
            "2026-01-31 23:59:58,007 - signing - INFO - Done\n"
            "2026-01-31 23:59:58,007 - signing - CRITICAL - two\nlines\n");
}

TEST(StreamLoggerTest, ShowsDebugLinesIfAskedTo) {
  const SimulatedClock clock(absl::UnixEpoch());
  std::ostringstream stream;
  StreamLogger log(stream, "x", LogLevel::kDebug, clock, absl::UTCTimeZone());
  log.Debug("shown");
  EXPECT_EQ(stream.str(), "1970-01-01 00:00:00,000 - x - DEBUG - shown\n");
}

}  // namespace
}  // namespace scriptworker::client
