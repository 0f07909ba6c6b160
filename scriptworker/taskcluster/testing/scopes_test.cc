// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/scopes.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::taskcluster::fake {
namespace {

using ::testing::ElementsAre;

using Scopes = std::vector<std::string>;

ScopeExpression ClaimWork() {
  return ScopeExpression::AllOf({ScopeExpression::Scope("queue:claim-work:a/b"),
                                 ScopeExpression::Scope("queue:worker-id:g/w")});
}

TEST(ScopesTest, RedundantScopesAreDropped) {
  EXPECT_THAT(NormalizeScopes({"a:b", "*", "a:*"}), ElementsAre("*"));
  EXPECT_THAT(NormalizeScopes({"a:b", "a:*", "b", "b"}), ElementsAre("a:*", "b"));
}

TEST(ScopesTest, AllOfNeedsEachAndAnyOfNeedsOne) {
  EXPECT_TRUE(ClaimWork().SatisfiedBy(Scopes{"queue:claim-work:*", "queue:worker-id:*"}));
  EXPECT_FALSE(ClaimWork().SatisfiedBy(Scopes{"queue:claim-work:*"}));
  const ScopeExpression either =
      ScopeExpression::AnyOf({ScopeExpression::Scope("a"), ScopeExpression::Scope("b")});
  EXPECT_TRUE(either.SatisfiedBy(Scopes{"b"}));
  EXPECT_FALSE(either.SatisfiedBy(Scopes{"c"}));
}

TEST(ScopesTest, NothingRequiredIsAlwaysSatisfied) {
  EXPECT_TRUE(ScopeExpression::AllOf({}).SatisfiedBy(Scopes{}));
}

TEST(ScopesTest, WhatIsMissingIsSimplified) {
  EXPECT_EQ(ClaimWork().Missing(Scopes{"queue:claim-work:*"})->ToString(), "queue:worker-id:g/w");
  EXPECT_EQ(
      ClaimWork().Missing(Scopes{})->ToString(),
      "{\n  \"AllOf\": [\n    \"queue:claim-work:a/b\",\n    \"queue:worker-id:g/w\"\n  ]\n}");
}

}  // namespace
}  // namespace scriptworker::taskcluster::fake
