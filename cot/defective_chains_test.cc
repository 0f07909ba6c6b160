// SPDX-License-Identifier: MPL-2.0
//
// Chains with one defect each are refused for just that.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_matchers.h"
#include "cot/chain/violation.h"
#include "cot/testing/chain_defects.h"
#include "cot/testing/chain_trial.h"
#include "cot/testing/generated_chain.h"
#include "cot/testing/links.h"
#include "cot/verdict.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAreArray;
using ::testing::MatchesRegex;

// Violations that no chain can have, each with its reason.
const std::map<Violation, std::string_view>& Exempt() {
  static const auto& exempt = *new std::map<Violation, std::string_view>{
      {Violation::kEmptyChain,
       "a guard of every step: a target always rests on its parent or is a decision task, which is "
       "a chain by itself, so that no chain is empty without another violation; verification_test "
       "tests the guard itself"},
  };
  return exempt;
}

// Violations that are seen in no document and by no key of the configuration.
const std::map<Violation, std::string_view>& WithoutSource() {
  static const auto& without = *new std::map<Violation, std::string_view>{
      {Violation::kChainTooLong, "it is about all definitions together, by a built-in limit"},
  };
  return without;
}

std::vector<ChainDefect> AllDefects() {
  std::vector<ChainDefect> all;
  for (auto defects : {DefectsOfTheChain, DefectsOfCotFiles, DefectsOfArtifacts, DefectsOfTasks,
                       DefectsOfDefinitions, DefectsOfSources}) {
    for (ChainDefect& defect : defects()) all.push_back(std::move(defect));
  }
  return all;
}

class DefectiveChainTest : public ::testing::TestWithParam<ChainDefect> {};

TEST_P(DefectiveChainTest, IsRefusedForJustThat) {
  const ChainDefect& defect = GetParam();
  GeneratedChain chain(defect.description);
  if (defect.tasks) defect.tasks(chain);
  chain.Seal();
  if (defect.cots) defect.cots(chain);
  chain.Publish();
  if (defect.answers) defect.answers(chain);
  ChainTrial trial(chain);
  trial.change_request = defect.request;
  const absl::StatusOr<Verdict> verdict = trial.Run();
  ASSERT_THAT(verdict, IsOk());
  EXPECT_EQ(verdict->outcome, Verdict::Outcome::kRefused) << FormatVerdict(*verdict);
  EXPECT_THAT(ChainTrial::ViolationsOf(*verdict), ElementsAreArray(defect.violations))
      << FormatVerdict(*verdict);
  for (const Finding& finding : verdict->findings) {
    if (WithoutSource().contains(finding.violation)) {
      EXPECT_EQ(finding.source, "");
      continue;
    }
    EXPECT_THAT(finding.source,
                MatchesRegex("https://.*|[a-z0-9_]+(\\.[A-Za-z0-9_-]+)*"))  // a URL or a key
        << FormatFinding(finding);
  }
}

INSTANTIATE_TEST_SUITE_P(All, DefectiveChainTest, ::testing::ValuesIn(AllDefects()),
                         [](const auto& info) { return info.param.name; });

TEST(DefectiveChainsTest, EveryViolationHasAChainOrAReasonWhyNot) {
  std::set<Violation> shown;
  for (const ChainDefect& defect : AllDefects()) {
    shown.insert(defect.violations.begin(), defect.violations.end());
  }
  constexpr int kLast = static_cast<int>(Violation::kTryOrPullRequest);
  for (int i = 0; i <= kLast; ++i) {
    const auto violation = static_cast<Violation>(i);
    EXPECT_NE(shown.contains(violation), Exempt().contains(violation)) << ViolationName(violation);
  }
  // What is no violation has the name of the first.
  EXPECT_EQ(ViolationName(static_cast<Violation>(kLast + 1)), ViolationName(Violation{}))
      << "the enumeration ends with another violation now: take that one";
}

}  // namespace
}  // namespace cot
