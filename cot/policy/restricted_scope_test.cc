// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/restricted_scope.h"

#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cot {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct MatchCase {
  std::string_view name, pattern, scope;
  bool matches;
};

constexpr MatchCase kMatchCases[] = {
    {.name = "Equal", .pattern = "a:b", .scope = "a:b", .matches = true},
    {.name = "LongerThanAnExactOne", .pattern = "a:b", .scope = "a:b:c", .matches = false},
    {.name = "Prefix", .pattern = "a:*", .scope = "a:b:c", .matches = true},
    {.name = "PrefixAlone", .pattern = "a:*", .scope = "a:", .matches = true},
    {.name = "AllTrailingStarsAreTakenOff", .pattern = "a:**", .scope = "a:b", .matches = true},
    {.name = "StarInsideIsLiteral", .pattern = "a:*:b", .scope = "a:x:b", .matches = false},
    {.name = "StarOfTheTaskIsNoWildcard", .pattern = "a:b", .scope = "a:*", .matches = false},
    {.name = "ShorterThanThePrefix", .pattern = "a:b*", .scope = "a:", .matches = false},
};

TEST(RestrictedScopeTest, MatchesExactlyOrByPrefix) {
  for (const MatchCase& c : kMatchCases) {
    const RestrictedScope scope{.pattern = std::string(c.pattern), .level = "level"};
    EXPECT_EQ(scope.Matches(c.scope), c.matches) << c.name;
  }
}

TEST(OverlappingScopesTest, NamesEachPairThatAScopeCouldMatch) {
  EXPECT_THAT(OverlappingScopes({{"a:*", "x"}, {"a:b", "x"}, {"b", "y"}}),
              ElementsAre(AllOf(HasSubstr("\"a:*\" and \"a:b\""), HasSubstr("overlap"))));
  EXPECT_THAT(OverlappingScopes({{"a:b*", "x"}, {"a:*", "x"}}),
              ElementsAre(HasSubstr("\"a:b*\" and \"a:*\"")));
}

TEST(OverlappingScopesTest, ExactScopesBesideEachOtherDoNotOverlap) {
  EXPECT_THAT(OverlappingScopes({{"a:b", "x"}, {"a:b:c", "x"}, {"c*", "y"}}), IsEmpty());
}

}  // namespace
}  // namespace cot
