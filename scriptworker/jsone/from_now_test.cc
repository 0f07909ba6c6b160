// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/from_now.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::jsone {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

struct SpanCase {
  std::string_view span;
  std::string_view time;  // from 2020-02-29T12:00:00.500Z
};

constexpr SpanCase kSpans[] = {
    {"", "2020-02-29T12:00:00.500Z"},
    {"1 second", "2020-02-29T12:00:01.500Z"},
    {"1 day", "2020-03-01T12:00:00.500Z"},
    {"- 1 day", "2020-02-28T12:00:00.500Z"},
    {"+2d3h", "2020-03-02T15:00:00.500Z"},
    {"1 mo", "2020-03-30T12:00:00.500Z"},
    {"1m", "2020-02-29T12:01:00.500Z"},
    {"1 YEAR 2 Weeks 1 min 3 sec", "2021-03-14T12:01:03.500Z"},
    {"  7   days  ", "2020-03-07T12:00:00.500Z"},
};

TEST(FromNowTest, CountsFromTheReference) {
  for (const SpanCase& c : kSpans) {
    EXPECT_THAT(FromNow(c.span, "2020-02-29T12:00:00.500Z"), IsOkAndHolds(std::string(c.time)))
        << c.span;
  }
}

TEST(FromNowTest, OtherTextsAreNoSpans) {
  for (const std::string_view span : {"x", "1", "day", "1 fortnight", "1 h 1 d", "1 d 1 d",
                                      "1.5 days", "1 dayx", "--1 day", "99999999999999999999 s"}) {
    EXPECT_THAT(ParseTimeSpan(span), StatusIs(absl::StatusCode::kInvalidArgument)) << span;
  }
}

TEST(FromNowTest, ReferencesMayHaveAnOffset) {
  EXPECT_THAT(FromNow("", "2020-01-01T01:00:00+02:00"), IsOkAndHolds("2019-12-31T23:00:00.000Z"));
  EXPECT_THAT(FromNow("", "2020-01-01"), IsOkAndHolds("2020-01-01T00:00:00.000Z"));
  EXPECT_THAT(FromNow("", "yesterday"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(FromNowTest, ResultsKeepTheirFourDigitYears) {
  EXPECT_THAT(FromNow("9000 years", "2020-01-01"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(FromNow("-3000 years", "2020-01-01"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(FromNow("999999999999 years", "2020-01-01"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace scriptworker::jsone
