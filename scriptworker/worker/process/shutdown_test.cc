// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/shutdown.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/simulated_clock.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::StatusIs;
using ::testing::ElementsAre;

constexpr std::string_view kNearlyOver =
    "The grace period (shutdown_grace) is nearly over; uploads are cut off, and a run in hand is "
    "reported as worker-shutdown";
constexpr std::string_view kOver =
    "The grace period (shutdown_grace) is over; stopping at once: what is not reported by now "
    "expires at the queue";

class ShutdownTest : public testing::Test {
 protected:
  MemoryLogger logger_;
  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  Shutdown shutdown_{logger_, clock_};
};

TEST_F(ShutdownTest, DrainingStopsNothingThatRuns) {
  shutdown_.Drain("SIGUSR1");
  EXPECT_TRUE(shutdown_.drain().cancelled());
  EXPECT_FALSE(shutdown_.stop().cancelled());
  shutdown_.Drain("SIGUSR1");
  EXPECT_THAT(logger_.lines(), ElementsAre("INFO SIGUSR1 received; no more tasks will be taken"));
}

TEST_F(ShutdownTest, StoppingDrainsToo) {
  shutdown_.Stop("SIGTERM");
  EXPECT_TRUE(shutdown_.drain().cancelled());
  EXPECT_THAT(shutdown_.stop().reason(), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_FALSE(shutdown_.at_once().cancelled());
  EXPECT_THAT(logger_.lines(), ElementsAre("INFO SIGTERM received; shutting down"));
}

TEST_F(ShutdownTest, TheSecondStopIsAtOnce) {
  shutdown_.Stop("SIGTERM");
  shutdown_.Stop("SIGINT");
  EXPECT_TRUE(shutdown_.at_once().cancelled());
  shutdown_.Stop("SIGTERM");
  EXPECT_THAT(logger_.lines(), ElementsAre("INFO SIGTERM received; shutting down",
                                           "WARNING SIGINT received again; stopping at once"));
}

TEST_F(ShutdownTest, StoppingAfterDrainingIsNotYetAtOnce) {
  shutdown_.Drain("SIGUSR1");
  shutdown_.Stop("SIGTERM");
  EXPECT_TRUE(shutdown_.stop().cancelled());
  EXPECT_FALSE(shutdown_.at_once().cancelled());
}

// Notes, with each line, how far the shutdown has come by then.
class ProgressLogger final : public Logger {
 public:
  void Log(LogLevel, std::string_view message) override {
    steps_.push_back(absl::StrCat(watched_->drain().cancelled() ? "drain " : "",
                                  watched_->stop().cancelled() ? "stop " : "",
                                  watched_->hurry().cancelled() ? "hurry " : "",
                                  watched_->at_once().cancelled() ? "at once: " : ": ", message));
  }
  void Watch(const Shutdown& shutdown) { watched_ = &shutdown; }
  const std::vector<std::string>& steps() const { return steps_; }

 private:
  const Shutdown* watched_ = nullptr;
  std::vector<std::string> steps_;
};

// A log that hangs would stop it otherwise.
TEST_F(ShutdownTest, EachStepIsTakenBeforeItIsLogged) {
  ProgressLogger logger;
  Shutdown by_signals(logger, clock_);
  logger.Watch(by_signals);
  by_signals.Drain("SIGUSR1");
  by_signals.Stop("SIGTERM");
  by_signals.Stop("SIGTERM");
  Shutdown by_time(logger, clock_, absl::Seconds(40));
  logger.Watch(by_time);
  by_time.Stop("SIGTERM");
  for (int i = 0; i < 4; ++i) {
    clock_.AdvanceTime(absl::Seconds(10));
    by_time.Advance();
  }
  EXPECT_THAT(logger.steps(),
              ElementsAre("drain : SIGUSR1 received; no more tasks will be taken",
                          "drain stop : SIGTERM received; shutting down",
                          "drain stop hurry at once: SIGTERM received again; stopping at once",
                          "drain stop : SIGTERM received; shutting down",
                          absl::StrCat("drain stop hurry : ", kNearlyOver),
                          absl::StrCat("drain stop hurry at once: ", kOver)));
}

TEST_F(ShutdownTest, AtOnceMeansToHurryToo) {
  shutdown_.Stop("SIGTERM");
  EXPECT_FALSE(shutdown_.hurry().cancelled());
  shutdown_.Stop("SIGTERM");
  EXPECT_TRUE(shutdown_.hurry().cancelled());
}

TEST_F(ShutdownTest, WithoutAGracePeriodThereIsAllTheTime) {
  shutdown_.Stop("SIGTERM");
  EXPECT_EQ(shutdown_.UntilNextStep(), absl::InfiniteDuration());
  clock_.AdvanceTime(absl::Hours(100));
  shutdown_.Advance();
  EXPECT_FALSE(shutdown_.hurry().cancelled());
}

struct GraceCase {
  std::string_view name;
  absl::Duration grace;
  absl::Duration hurry_after;
};

class GraceTest : public testing::TestWithParam<GraceCase> {
 protected:
  MemoryLogger logger_;
  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  Shutdown shutdown_{logger_, clock_, GetParam().grace};
};

TEST_P(GraceTest, HurriesThenEndsAtOnce) {
  const auto [name, grace, hurry_after] = GetParam();
  EXPECT_EQ(shutdown_.UntilNextStep(), absl::InfiniteDuration());
  shutdown_.Stop("SIGTERM");
  EXPECT_EQ(shutdown_.UntilNextStep(), hurry_after);
  clock_.AdvanceTime(hurry_after - absl::Milliseconds(1));
  shutdown_.Advance();
  EXPECT_FALSE(shutdown_.hurry().cancelled());
  clock_.AdvanceTime(absl::Milliseconds(1));
  shutdown_.Advance();
  EXPECT_TRUE(shutdown_.hurry().cancelled());
  EXPECT_FALSE(shutdown_.at_once().cancelled());
  EXPECT_EQ(shutdown_.UntilNextStep(), grace - hurry_after);
  clock_.AdvanceTime(grace - hurry_after);
  shutdown_.Advance();
  EXPECT_TRUE(shutdown_.at_once().cancelled());
  EXPECT_EQ(shutdown_.UntilNextStep(), absl::InfiniteDuration());
  shutdown_.Stop("SIGTERM");  // comes too late to be worth a word
  EXPECT_THAT(logger_.lines(),
              ElementsAre("INFO SIGTERM received; shutting down",
                          absl::StrCat("WARNING ", kNearlyOver), absl::StrCat("WARNING ", kOver)));
}

TEST_P(GraceTest, IsCountedFromTheFirstRequestToStop) {
  shutdown_.Drain("SIGUSR1");
  clock_.AdvanceTime(GetParam().grace);
  shutdown_.Advance();
  EXPECT_FALSE(shutdown_.stop().cancelled());
  shutdown_.Stop("SIGTERM");
  EXPECT_EQ(shutdown_.UntilNextStep(), GetParam().hurry_after);
}

INSTANTIATE_TEST_SUITE_P(
    Lengths, GraceTest,
    testing::Values(GraceCase{"short_three_quarters", absl::Seconds(40), absl::Seconds(30)},
                    GraceCase{"long_all_but_30_s", absl::Minutes(10), absl::Seconds(570)}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace scriptworker::worker
