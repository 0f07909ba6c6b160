// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/http_date.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::http {
namespace {

using ::testing::Eq;
using ::testing::Optional;

TEST(HttpDateTest, ParsesAndFormatsTheRfcsExample) {
  const absl::Time time = absl::FromUnixSeconds(784111777);
  EXPECT_THAT(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), Optional(Eq(time)));
  EXPECT_EQ(FormatHttpDate(time), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(HttpDateTest, ReadsWhatItFormats) {
  // A leap year's end, another's 29 February, and every hour of a month and a day.
  for (const int64_t start : {946684799, 1709164800, 1700000000}) {
    for (int64_t hour = 0; hour < 24 * 31; ++hour) {
      const absl::Time time = absl::FromUnixSeconds(start + hour * 3661);
      EXPECT_THAT(ParseHttpDate(FormatHttpDate(time)), Optional(Eq(time)));
    }
  }
}

TEST(HttpDateTest, RefusesEverythingElse) {
  for (std::string_view text : {"",
                                "now",
                                "infinite-future",
                                "infinite-past",
                                "Sunday, 06-Nov-94 08:49:37 GMT",
                                "Sun Nov  6 08:49:37 1994",
                                "Sun, 6 Nov 1994 08:49:37 GMT",
                                "Mon, 06 Nov 1994 08:49:37 GMT",
                                "Sun, 06 Nov 1994 08:49:37",
                                "Sun, 06 Nov 1994 08:49:37 GMT ",
                                " Sun, 06 Nov 1994 08:49:37 GMT",
                                "Sun, 06 Nov 1994 08:49:37 CET",
                                "Sun, 32 Nov 1994 08:49:37 GMT",
                                "Sun, 00 Nov 1994 08:49:37 GMT",
                                "Thu, 30 Feb 2023 08:49:37 GMT",
                                "Wed, 29 Feb 2023 08:49:37 GMT",
                                "Sun, 06 Nov 1994 24:49:37 GMT",
                                "Sun, 06 Nov 1994 08:60:37 GMT",
                                "Sun, 06 Nov 1994 08:49:60 GMT",
                                "Sun, 06 Nox 1994 08:49:37 GMT",
                                "Sun, 0a Nov 1994 08:49:37 GMT",
                                "Sun, 06 Nov -994 08:49:37 GMT",
                                "Sun, 06_Nov 1994 08:49:37 GMT",
                                "???, 06 Nov 1994 08:49:37 GMT",
                                "sun, 06 nov 1994 08:49:37 gmt"}) {
    EXPECT_EQ(ParseHttpDate(text), std::nullopt) << text;
  }
}

TEST(RetryAfterTest, IsSecondsOrADate) {
  const absl::Time now = absl::FromUnixSeconds(784111777);
  EXPECT_THAT(ParseRetryAfter("0", now), Optional(Eq(absl::ZeroDuration())));
  EXPECT_THAT(ParseRetryAfter(" 120 ", now), Optional(Eq(absl::Minutes(2))));
  EXPECT_THAT(ParseRetryAfter("Sun, 06 Nov 1994 08:50:37 GMT", now),
              Optional(Eq(absl::Minutes(1))));
  EXPECT_THAT(ParseRetryAfter("Sun, 06 Nov 1994 08:00:00 GMT", now),
              Optional(Eq(absl::ZeroDuration())));
}

TEST(RetryAfterTest, IsNothingElse) {
  const absl::Time now = absl::FromUnixSeconds(784111777);
  for (std::string_view text :
       {"", "-1", "+1", "1.5", "1e3", "soon", "99999999999999999999", "0x10"}) {
    EXPECT_EQ(ParseRetryAfter(text, now), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace scriptworker::http
