// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/limits.h"

#include <cstdint>
#include <limits>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::jsone {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

TEST(BudgetTest, HoldsUntilTheLimit) {
  Budget budget({.max_nodes = 10});
  EXPECT_THAT(budget.AddNodes(10), IsOk());
  EXPECT_THAT(budget.AddNodes(1),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("max_nodes of 10")));
}

TEST(BudgetTest, ANegativeCountGivesNothingBack) {
  Budget budget({});
  for (const int64_t count : {int64_t{-1}, -kMax - 1}) {
    EXPECT_THAT(budget.AddSteps(count), StatusIs(absl::StatusCode::kResourceExhausted)) << count;
    EXPECT_THAT(budget.AddNodes(count), StatusIs(absl::StatusCode::kResourceExhausted)) << count;
    EXPECT_THAT(budget.AddStringBytes(count), StatusIs(absl::StatusCode::kResourceExhausted));
  }
}

TEST(BudgetTest, ACountThatOverflowsIsRefused) {
  Budget budget({.max_steps = kMax});
  EXPECT_THAT(budget.AddSteps(kMax), IsOk());
  EXPECT_THAT(budget.AddSteps(kMax), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(BudgetTest, WhatIsUsedUpStaysSo) {
  Budget budget({.max_nodes = 10});
  for (const int64_t count : {kMax, kMax, int64_t{2}, int64_t{1}, int64_t{-1}, int64_t{1}}) {
    EXPECT_THAT(budget.AddNodes(count), StatusIs(absl::StatusCode::kResourceExhausted)) << count;
  }
}

TEST(BudgetTest, ARangeMayBeLongerThan63BitsCanSay) {
  EXPECT_THAT(Budget({}).CheckRange(uint64_t{1} << 63),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("range() of 9223372036854775808 elements")));
  EXPECT_THAT(Budget({}).CheckRange(1'000'000), IsOk());
}

TEST(BudgetTest, AValuesDepthHasAFixedLimit) {
  EXPECT_THAT(Budget::CheckValueDepth(1000), IsOk());
  EXPECT_THAT(Budget::CheckValueDepth(1001),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("deeper than 1000 levels")));
}

}  // namespace
}  // namespace scriptworker::jsone
