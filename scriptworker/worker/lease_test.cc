// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/lease.h"

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace scriptworker::worker {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

struct LengthCase {
  std::string_view name;
  // All from the true time of the claim.
  absl::Duration taken_until;
  std::optional<absl::Duration> server_time;
  absl::Duration now;
  absl::Duration length;
};

class LeaseLengthTest : public testing::TestWithParam<LengthCase> {};

TEST_P(LeaseLengthTest, BelievesWhatCanBe) {
  const LengthCase& c = GetParam();
  std::optional<absl::Time> server_time;
  if (c.server_time.has_value()) server_time = kNow + *c.server_time;
  EXPECT_EQ(LeaseLength(kNow + c.taken_until, server_time, kNow + c.now), c.length);
}

INSTANTIATE_TEST_SUITE_P(
    Clocks, LeaseLengthTest,
    testing::Values(LengthCase{"both_right", absl::Minutes(20), absl::Seconds(0), absl::Seconds(0),
                               absl::Minutes(20)},
                    LengthCase{"a_little_apart_the_shorter", absl::Minutes(20), absl::Seconds(-40),
                               absl::Seconds(0), absl::Minutes(20)},
                    LengthCase{"a_little_apart_the_other_way", absl::Minutes(20), absl::Seconds(0),
                               absl::Seconds(40), absl::Minutes(20) - absl::Seconds(40)},
                    LengthCase{"a_short_lease", absl::Seconds(6), absl::Seconds(0),
                               absl::Seconds(0), absl::Seconds(6)},
                    LengthCase{"a_lease_of_the_past", absl::Seconds(-6), absl::Seconds(0),
                               absl::Seconds(0), absl::Seconds(-6)},
                    LengthCase{"date_hours_ahead", absl::Minutes(20), absl::Hours(5),
                               absl::Seconds(0), absl::Minutes(20)},
                    LengthCase{"date_hours_behind", absl::Minutes(20), absl::Hours(-5),
                               absl::Seconds(0), absl::Minutes(20)},
                    LengthCase{"date_of_1970", absl::Minutes(20), absl::Seconds(-1'800'000'000),
                               absl::Seconds(0), absl::Minutes(20)},
                    LengthCase{"date_less_than_the_lease_ahead", absl::Minutes(20),
                               absl::Minutes(15), absl::Seconds(0), absl::Minutes(5)},
                    LengthCase{"date_nearly_the_lease_ahead", absl::Minutes(20),
                               absl::Seconds(1190), absl::Seconds(0), absl::Minutes(20)},
                    LengthCase{"date_an_hour_behind", absl::Minutes(20), absl::Hours(-1),
                               absl::Seconds(0), absl::Minutes(20)},
                    LengthCase{"this_machine_hours_ahead", absl::Minutes(20), absl::Seconds(0),
                               absl::Hours(5), absl::Minutes(20)},
                    LengthCase{"this_machine_hours_behind", absl::Minutes(20), absl::Seconds(0),
                               absl::Hours(-5), absl::Minutes(20)},
                    LengthCase{"both_wrong", absl::Minutes(20), absl::Hours(5), absl::Hours(-5),
                               absl::Minutes(1)},
                    LengthCase{"no_date", absl::Minutes(20), std::nullopt, absl::Seconds(0),
                               absl::Minutes(20)},
                    LengthCase{"no_date_and_a_clock_ahead", absl::Minutes(20), std::nullopt,
                               absl::Hours(5), absl::Minutes(1)},
                    LengthCase{"no_date_and_a_clock_behind", absl::Minutes(20), std::nullopt,
                               absl::Hours(-5), absl::Minutes(1)}),
    [](const auto& info) { return std::string(info.param.name); });

struct ScheduleCase {
  std::string_view name;
  absl::Duration length, interval, renew, give_up;
};

class ScheduleTest : public testing::TestWithParam<ScheduleCase> {};

TEST_P(ScheduleTest, RenewsEarlyEnough) {
  const LeaseSchedule schedule = ScheduleFor(GetParam().length, GetParam().interval);
  EXPECT_EQ(schedule.renew, GetParam().renew);
  EXPECT_EQ(schedule.give_up, GetParam().give_up);
}

INSTANTIATE_TEST_SUITE_P(
    Leases, ScheduleTest,
    testing::Values(ScheduleCase{"the_usual", absl::Minutes(20), absl::Seconds(300),
                                 absl::Seconds(300), absl::Seconds(1190)},
                    ScheduleCase{"an_interval_beyond_the_lease", absl::Minutes(20), absl::Hours(1),
                                 absl::Minutes(18), absl::Seconds(1190)},
                    ScheduleCase{"a_short_lease", absl::Seconds(30), absl::Seconds(300),
                                 absl::Seconds(20), absl::Seconds(27)},
                    ScheduleCase{"a_very_short_lease", absl::Seconds(6), absl::Seconds(300),
                                 absl::Seconds(4), absl::Seconds(4)},
                    ScheduleCase{"a_lease_of_the_past", absl::Seconds(-5), absl::Seconds(300),
                                 absl::Milliseconds(500), absl::Seconds(-7)}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace scriptworker::worker
