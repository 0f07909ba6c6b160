// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/fault_plan.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::taskcluster {
namespace {

using ::testing::ElementsAre;

// What becomes of `count` requests of one endpoint.
std::vector<std::string> Fates(FaultPlan& plan, const std::string& endpoint, int count) {
  std::vector<std::string> fates;
  for (int i = 0; i < count; ++i) {
    const auto fault = plan.Next(endpoint);
    fates.push_back(fault.has_value() ? fault->ToString() : "-");
  }
  return fates;
}

TEST(FaultPlanTest, NothingHappensWithoutRules) {
  FaultPlan plan;
  EXPECT_THAT(Fates(plan, "claimWork", 2), ElementsAre("-", "-"));
  EXPECT_TRUE(plan.exhausted());
  EXPECT_EQ(plan.fired(), 0);
}

TEST(FaultPlanTest, TheNthRequestOfTheEndpointMeetsTheFault) {
  FaultPlan plan;
  plan.Add("reclaimTask", Fault::Reset(), /*nth=*/2);
  EXPECT_THAT(Fates(plan, "claimWork", 3), ElementsAre("-", "-", "-"));
  EXPECT_FALSE(plan.exhausted());
  EXPECT_THAT(Fates(plan, "reclaimTask", 3), ElementsAre("-", "reset", "-"));
  EXPECT_TRUE(plan.exhausted());
}

TEST(FaultPlanTest, ARuleMayFireSeveralTimesInARow) {
  FaultPlan plan;
  plan.Add("putObject", Fault::Status(503), /*nth=*/1, /*times=*/2);
  EXPECT_THAT(Fates(plan, "putObject", 3), ElementsAre("503", "503", "-"));
}

TEST(FaultPlanTest, AStarStandsForAllEndpoints) {
  FaultPlan plan;
  plan.Add("*", Fault::Timeout(), /*nth=*/2);
  EXPECT_THAT(Fates(plan, "status", 1), ElementsAre("-"));
  EXPECT_THAT(Fates(plan, "task", 1), ElementsAre("timeout"));
}

TEST(FaultPlanTest, TheFirstOfTwoRulesWinsAndTheOtherWaits) {
  FaultPlan plan;
  plan.Add("task", Fault::Status(500));
  plan.Add("task", Fault::Truncate());
  EXPECT_THAT(Fates(plan, "task", 3), ElementsAre("500", "truncated", "-"));
}

TEST(FaultPlanTest, AFaultAfterTheWorkSaysSo) {
  EXPECT_EQ(Fault::Reset().AfterTheWork().ToString(), "reset after the work");
}

TEST(FaultPlanTest, TheSameSeedGivesTheSameFaults) {
  std::vector<std::string> first;
  for (int round = 0; round < 2; ++round) {
    FaultPlan plan;
    plan.AddRandom({"task", "status"}, {Fault::Reset(), Fault::Status(500)}, 0.3, /*seed=*/7);
    const std::vector<std::string> fates = Fates(plan, "task", 1000);
    EXPECT_GT(plan.fired(), 200);
    EXPECT_LT(plan.fired(), 400);
    EXPECT_THAT(Fates(plan, "claimWork", 3), ElementsAre("-", "-", "-"));
    if (round == 0) first = fates;
    EXPECT_EQ(fates, first);
  }
}

}  // namespace
}  // namespace scriptworker::taskcluster
