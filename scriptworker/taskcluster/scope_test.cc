// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/scope.h"

#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"

namespace scriptworker::taskcluster {
namespace {

struct ScopeCase {
  std::string_view name;
  std::string_view held;
  std::string_view required;
  bool satisfied;
};

class ScopeSatisfiesTest : public ::testing::TestWithParam<ScopeCase> {};

TEST_P(ScopeSatisfiesTest, Holds) {
  EXPECT_EQ(ScopeSatisfies(GetParam().held, GetParam().required), GetParam().satisfied);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, ScopeSatisfiesTest,
    ::testing::Values(ScopeCase{"Equal", "queue:a", "queue:a", true},
                      ScopeCase{"Different", "queue:a", "queue:b", false},
                      ScopeCase{"PrefixWithoutStar", "queue:", "queue:a", false},
                      ScopeCase{"PrefixWithStar", "queue:*", "queue:a", true},
                      ScopeCase{"StarMatchesNothing", "queue:*", "queue:", true},
                      ScopeCase{"StarAlone", "*", "anything", true},
                      ScopeCase{"StarInTheMiddleIsLiteral", "a:*:c", "a:b:c", false},
                      ScopeCase{"StarInTheMiddleEqual", "a:*:c", "a:*:c", true},
                      ScopeCase{"RequiredStarIsNoPattern", "queue:a", "queue:*", false},
                      ScopeCase{"RequiredStarCoveredByStar", "queue:*", "queue:a*", true},
                      ScopeCase{"LongerPatternThanScope", "queue:abc*", "queue:a", false}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(ScopesSatisfyTest, NeedsEachRequiredScope) {
  const std::vector<std::string> held = {"a:*", "b"};
  EXPECT_TRUE(ScopesSatisfy(held, {}));
  EXPECT_TRUE(ScopesSatisfy(held, std::vector<std::string>{"a:1", "b"}));
  EXPECT_FALSE(ScopesSatisfy(held, std::vector<std::string>{"a:1", "c"}));
  EXPECT_FALSE(ScopesSatisfy({}, std::vector<std::string>{"b"}));
}

TEST(IsValidScopeTest, IsPrintableAscii) {
  EXPECT_TRUE(IsValidScope("queue:get-artifact:private/a b~*"));
  EXPECT_TRUE(IsValidScope(""));
  EXPECT_FALSE(IsValidScope("a\nb"));
  EXPECT_FALSE(IsValidScope("a\x7f"));
  EXPECT_FALSE(IsValidScope("\xc3\xa9"));
}

}  // namespace
}  // namespace scriptworker::taskcluster
