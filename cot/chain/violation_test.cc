// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/violation.h"

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cot {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Violation kLast = Violation::kTryOrPullRequest;

TEST(ViolationTest, EachHasANameOfItsOwn) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(kLast); ++i) {
    const std::string name(ViolationName(static_cast<Violation>(i)));
    EXPECT_TRUE(absl::StartsWith(name, "k")) << name;
    EXPECT_TRUE(names.insert(name).second) << name << " is there twice";
  }
  EXPECT_EQ(ViolationName(Violation::kBadSignature), "kBadSignature");
}

TEST(ViolationTest, EachStepHasATitleOfItsOwn) {
  std::set<std::string> titles;
  for (int i = 1; i <= 7; ++i) {
    EXPECT_TRUE(titles.insert(std::string(StepTitle(static_cast<Step>(i)))).second) << i;
  }
}

TEST(FindingTest, SurvivesAsAStatus) {
  const Finding finding{.violation = Violation::kArtifactHashMismatch,
                        .step = Step::kArtifacts,
                        .link_name = "signing:build",
                        .task_id = "ID",
                        .message = "BAD HASH \"\xc3\xa4\"",
                        .expected = "sha256 a",
                        .found = "sha256 b",
                        .source = "https://tc/x",
                        .diff = "one\ntwo"};
  const absl::Status status = ToStatus(finding);
  EXPECT_TRUE(absl::IsPermissionDenied(status));
  EXPECT_EQ(status.message(), finding.message);
  const std::optional<Finding> read = GetFinding(status);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->violation, finding.violation);
  EXPECT_EQ(read->step, finding.step);
  EXPECT_EQ(FormatFinding(*read), FormatFinding(finding));
}

TEST(FindingTest, OtherErrorsAreNone) {
  EXPECT_EQ(GetFinding(absl::OkStatus()), std::nullopt);
  EXPECT_EQ(GetFinding(absl::PermissionDeniedError("of another kind")), std::nullopt);
}

TEST(FindingTest, IsOfAnyErrorWithItsMessage) {
  const Finding finding{.violation = Violation::kBadSignature,
                        .step = Step::kSignatures,
                        .task_id = "ID",
                        .message = "it is bad"};
  EXPECT_EQ(FormatFinding(FindingOf(ToStatus(finding))), FormatFinding(finding));
  EXPECT_EQ(FindingOf(absl::InternalError("the rule is broken")).message, "the rule is broken");
}

TEST(FindingTest, ReadsAsOneBlock) {
  const std::string text = FormatFinding({.violation = Violation::kBadSignature,
                                          .step = Step::kSignatures,
                                          .link_name = "signing:build",
                                          .task_id = "ID",
                                          .message = "it is bad",
                                          .expected = "a good one"});
  EXPECT_THAT(text, HasSubstr("2. signing:build ID: it is bad [kBadSignature]"));
  EXPECT_THAT(text, HasSubstr("a good one"));
  EXPECT_THAT(text, Not(HasSubstr("found")));
  // A message that begins with the task does not get it twice; further lines stay in the block.
  EXPECT_EQ(FormatFinding({.violation = Violation::kTaskDiffersFromTaskGraph,
                           .step = Step::kTaskTypes,
                           .link_name = "signing:build",
                           .task_id = "ID",
                           .message = "signing:build ID payload differs!\n graph: 1"}),
            "4. signing:build ID payload differs!\n       graph: 1 [kTaskDiffersFromTaskGraph]");
  // Of the whole chain: no link.
  EXPECT_THAT(FormatFinding({.message = "it is bad"}), HasSubstr("1. it is bad ["));
}

}  // namespace
}  // namespace cot
