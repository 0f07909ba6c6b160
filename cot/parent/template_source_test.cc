// SPDX-License-Identifier: MPL-2.0
#include "cot/parent/template_source.h"

#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/violation.h"
#include "cot/policy/policy.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::testing::HasSubstr;

absl::StatusOr<TemplateSource> Of(std::string_view env) {
  Product product = BuiltInProduct("adhoc");
  product.source_env_prefix = "X";
  return TemplateSourceOf(
      MakeLink(
          "signing:parent", kDecisionId,
          absl::StrCat(R"({"provisionerId": "p", "payload": {"image": "d", "env": )", env, "}}")),
      product);
}

TEST(TemplateSourceTest, IsTheHeadOfTheDecisionTask) {
  const auto source = Of(R"({"X_HEAD_REPOSITORY": "https://h/r/", "X_HEAD_REV": "abc"})");
  ASSERT_THAT(source, IsOk());
  EXPECT_EQ(source->repo.text(), "https://h/r");
  EXPECT_EQ(source->revision, "abc");
}

TEST(TemplateSourceTest, WhatIsMissingIsNamed) {
  struct Case {
    std::string_view env;
    Violation violation;
    std::string_view message;
  };
  const Case cases[] = {
      {R"({"X_HEAD_REV": "abc"})", Violation::kSourceMissing, "no X_HEAD_REPOSITORY in"},
      {R"({"X_HEAD_REPOSITORY": "", "X_HEAD_REV": "a"})", Violation::kSourceMissing,
       "no X_HEAD_REPOSITORY in payload.env"},
      {R"({"X_HEAD_REPOSITORY": "https://h/r"})", Violation::kSourceMissing, "no X_HEAD_REV in"},
      {R"({"X_HEAD_REPOSITORY": "https://h/r", "X_HEAD_REV": ""})", Violation::kSourceMissing,
       "no X_HEAD_REV in payload.env"},
      {R"({"X_HEAD_REPOSITORY": "nonsense", "X_HEAD_REV": "a"})", Violation::kUnsupportedVcs,
       "nonsense"},
  };
  for (const Case& c : cases) {
    const absl::Status refused = Of(c.env).status();
    EXPECT_THAT(refused, IsViolation(c.violation)) << c.env;
    const Finding finding = FindingOf(refused);
    EXPECT_EQ(finding.step, Step::kRebuiltDefinitions);
    EXPECT_EQ(finding.task_id, kDecisionId);
    EXPECT_THAT(finding.message, HasSubstr(c.message)) << c.env;
  }
}

}  // namespace
}  // namespace cot
