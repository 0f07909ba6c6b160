// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/timestamp.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

TEST(TimestampTest, ReadsTaskclusterDates) {
  EXPECT_THAT(ParseTimestamp("2016-04-16T03:46:24.958Z"),
              IsOkAndHolds(absl::FromUnixMillis(1460778384958)));
  EXPECT_THAT(ParseTimestamp("2016-04-16T03:46:24Z"),
              IsOkAndHolds(absl::FromUnixSeconds(1460778384)));
  EXPECT_THAT(ParseTimestamp("2016-04-16T05:46:24+02:00"),
              IsOkAndHolds(absl::FromUnixSeconds(1460778384)));
}

TEST(TimestampTest, RefusesOddDates) {
  for (const std::string_view text :
       {"", "2016-04-16", "2016-04-16T03:46:24", "2016-04-16 03:46:24Z", " 2016-04-16T03:46:24Z",
        "2016-04-16T03:46:24Z ", "infinite-future", "2016-13-16T03:46:24Z", "2016-04-16T25:46:24Z",
        "+2016-04-16T03:46:24Z", "12016-04-16T03:46:24Z", "2016-04-16T03:46:24.Zx", "1460778384",
        "2016-04-16T03:46:24.958Z\n"}) {
    EXPECT_THAT(ParseTimestamp(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

TEST(TimestampTest, PrintsAsTaskclusterDoes) {
  EXPECT_EQ(FormatTimestamp(absl::FromUnixMillis(1460778384958)), "2016-04-16T03:46:24.958Z");
  EXPECT_EQ(FormatTimestamp(absl::FromUnixSeconds(1460778384)), "2016-04-16T03:46:24.000Z");
}

struct IsoCase {
  std::string_view text;
  std::string_view printed;
};

TEST(TimestampTest, PrintsAsPythonsIsoformat) {
  for (const IsoCase& one : {
           IsoCase{"2030-01-01T00:00:00.000Z", "2030-01-01T00:00:00+00:00"},
           IsoCase{"2016-04-16T03:46:24.958Z", "2016-04-16T03:46:24.958000+00:00"},
           IsoCase{"2026-11-23T15:02:20.373Z", "2026-11-23T15:02:20.373000+00:00"},
           IsoCase{"2016-04-16T03:46:24.000001Z", "2016-04-16T03:46:24.000001+00:00"},
       }) {
    EXPECT_EQ(FormatIsoTimestamp(ParseTimestamp(one.text).value()), one.printed);
  }
}

}  // namespace
}  // namespace scriptworker::taskcluster
