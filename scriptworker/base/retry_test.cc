// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/retry.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/testing/simulated_clock.h"

namespace scriptworker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Lt;
using ::testing::Optional;
using ::testing::SizeIs;
using Backoff = RetryPolicy::Backoff;

bool Always(const absl::Status&) { return true; }

auto Within(double low_seconds, double high_seconds) {
  return AllOf(Ge(absl::Seconds(low_seconds)), Le(absl::Seconds(high_seconds)));
}

TEST(ReferenceSleepTimeTest, IsBetweenTheDelayAndTheRandomizedDelay) {
  struct Case {
    int attempt;
    double delay_factor, randomization, max_delay;
    double low, high;
  };
  absl::BitGen bitgen;
  for (const Case& c : std::vector<Case>{
           {.attempt = -1,
    .delay_factor = 5,
    .randomization = .5,
    .max_delay = 120,
    .low = 0,
    .high = 0},
           {.attempt = 0,
           .delay_factor = 5,
           .randomization = .5,
           .max_delay = 120,
           .low = 0,
           .high = 0},
           {.attempt = 1,
           .delay_factor = 5,
           .randomization = .5,
           .max_delay = 120,
           .low = 5,
           .high = 7.5},
           {.attempt = 2,
           .delay_factor = 5,
           .randomization = .5,
           .max_delay = 120,
           .low = 10,
           .high = 15},
           {.attempt = 5,
           .delay_factor = 5,
           .randomization = .5,
           .max_delay = 120,
           .low = 80,
           .high = 120},
           {.attempt = 9,
           .delay_factor = 5,
           .randomization = .5,
           .max_delay = 120,
           .low = 120,
           .high = 120},
           {.attempt = 4,
           .delay_factor = 5,
           .randomization = 0,
           .max_delay = 120,
           .low = 40,
           .high = 40},
           {.attempt = 5000,
           .delay_factor = 5,
           .randomization = .5,
           .max_delay = 120,
           .low = 120,
           .high = 120},
       }) {
    for (int i = 0; i < 50; ++i) {
      EXPECT_THAT(ReferenceSleepTime(c.attempt, absl::Seconds(c.delay_factor), c.randomization,
                                     absl::Seconds(c.max_delay), bitgen),
                  Within(c.low, c.high))
          << "attempt " << c.attempt;
    }
  }
}

TEST(BackoffDelayTest, FollowsThePolicy) {
  struct Range {
    double low, high;
  };
  struct Case {
    std::string name;
    RetryPolicy policy;
    std::vector<Range> delays;  // before retry 1, 2, ...
  };
  RetryPolicy reference_max_15 = ReferenceRetryPolicy();
  reference_max_15.max = absl::Seconds(15);
  RetryPolicy reference_factor_7_5 = ReferenceRetryPolicy();
  reference_factor_7_5.initial = absl::Seconds(7.5);
  absl::BitGen bitgen;
  for (const Case& c : std::vector<Case>{
           {"the reference's defaults",
            ReferenceRetryPolicy(),
            {{10, 15}, {20, 30}, {40, 60}, {80, 120}}},
           {"the reference with max_delay 15",
            reference_max_15,
            {{10, 15}, {15, 15}, {15, 15}, {15, 15}}},
           {"the reference with delay_factor 7.5",
            reference_factor_7_5,
            {{15, 22.5}, {30, 45}, {60, 90}, {120, 120}}},
           {"the Taskcluster client",
            TaskclusterClientRetryPolicy(),
            {{.075, .125}, {.15, .25}, {.3, .5}, {.6, 1}, {1.2, 2}}},
           {"full jitter",
            {.backoff = Backoff::kFullJitter, .initial = absl::Seconds(2), .max = absl::Seconds(5)},
            {{0, 2}, {0, 4}, {0, 5}, {0, 5}}},
       }) {
    for (size_t i = 0; i < c.delays.size(); ++i) {
      const int retry = static_cast<int>(i) + 1;
      for (int repeat = 0; repeat < 50; ++repeat) {
        EXPECT_THAT(BackoffDelay(c.policy, retry, bitgen),
                    Within(c.delays[i].low, c.delays[i].high))
            << c.name << ", retry " << retry;
      }
    }
    EXPECT_THAT(BackoffDelay(c.policy, 100000, bitgen), Le(c.policy.max));
  }
}

class RetryTest : public ::testing::Test {
 protected:
  SimulatedClock clock_{absl::UnixEpoch(), SimulatedClock::Mode::kAutoAdvance};
  absl::BitGen bitgen_;
  CancellationSource source_;
};

TEST_F(RetryTest, ReturnsTheFirstSuccess) {
  int calls = 0;
  EXPECT_THAT(Retry(
                  ReferenceRetryPolicy(), clock_, bitgen_, source_.token(),
                  [&]() -> absl::StatusOr<int> {
                    if (++calls < 3) return absl::UnavailableError("again");
                    return calls;
                  },
                  Always),
              IsOkAndHolds(3));
  EXPECT_THAT(clock_.sleeps(), ElementsAre(Within(10, 15), Within(20, 30)));
}

TEST_F(RetryTest, ReturnsTheLastErrorWhenTheAttemptsAreUsedUp) {
  EXPECT_THAT(
      Retry(
          ReferenceRetryPolicy(), clock_, bitgen_, source_.token(),
          [](int number) { return absl::UnavailableError(std::to_string(number)); }, Always),
      StatusIs(absl::StatusCode::kUnavailable, "5"));
  EXPECT_THAT(clock_.sleeps(), SizeIs(4));
}

TEST_F(RetryTest, DoesNotRepeatWhatIsNotRetryable) {
  EXPECT_THAT(Retry(
                  ReferenceRetryPolicy(), clock_, bitgen_, source_.token(),
                  [] { return absl::NotFoundError("404"); },
                  [](const absl::Status& s) { return absl::IsUnavailable(s); }),
              StatusIs(absl::StatusCode::kNotFound, "404"));
  EXPECT_THAT(clock_.sleeps(), IsEmpty());
}

TEST_F(RetryTest, StartsNothingOnceCancelled) {
  source_.Cancel(absl::AbortedError("claim lost"));
  EXPECT_THAT(Retry(
                  ReferenceRetryPolicy(), clock_, bitgen_, source_.token(),
                  []() -> absl::Status {
                    ADD_FAILURE();
                    return absl::OkStatus();
                  },
                  Always),
              StatusIs(absl::StatusCode::kAborted, "claim lost"));
}

TEST_F(RetryTest, CancellationEndsTheWaitAndNamesTheLastError) {
  EXPECT_THAT(Retry(
                  ReferenceRetryPolicy(), clock_, bitgen_, source_.token(),
                  [&]() -> absl::Status {
                    source_.Cancel(absl::CancelledError("shutting down"));
                    return absl::UnavailableError("503");
                  },
                  Always),
              StatusIs(absl::StatusCode::kCancelled, "shutting down (last error: 503)"));
  EXPECT_THAT(clock_.sleeps(), IsEmpty());
}

TEST_F(RetryTest, ASuccessCountsEvenIfCancelledMeanwhile) {
  EXPECT_THAT(Retry(
                  ReferenceRetryPolicy(), clock_, bitgen_, source_.token(),
                  [&] {
                    source_.Cancel(absl::CancelledError("shutting down"));
                    return absl::OkStatus();
                  },
                  Always),
              IsOk());
}

}  // namespace
}  // namespace scriptworker
