// SPDX-License-Identifier: MPL-2.0
// Renders the recorded decision and action tasks of the folder that CORPORA_DIR
// names and compares them with what the reference made of them.

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/context.h"
#include "scriptworker/jsone/render.h"

namespace scriptworker::jsone {
namespace {

class GoldenTest : public testing::TestWithParam<std::string_view> {};

TEST_P(GoldenTest, RendersAsTheReference) {
  const char* folder = std::getenv("CORPORA_DIR");
  if (folder == nullptr || *folder == '\0') {
    GTEST_SKIP() << "SKIPPED recorded definitions: CORPORA_DIR is not set";
  }
  const absl::StatusOr<std::string> text =
      ReadFile(absl::StrCat(folder, "/scriptworker/golden/", GetParam(), ".json"));
  ASSERT_TRUE(text.ok()) << text.status();
  const absl::StatusOr<json::Value> golden = json::Parse(*text);
  ASSERT_TRUE(golden.ok()) << golden.status();
  Context context(absl::UnixEpoch());
  context.SetAll(golden->Find("context")->object());
  context.AddFunction(
      "as_slugid", [&](absl::Span<const json::Value> arguments) -> absl::StatusOr<json::Value> {
        return *golden->Find(arguments[0] == json::Value("decision") ? "decision_task_id"
                                                                     : "task_id");
      });

  const absl::StatusOr<json::Value> rendered = Render(*golden->Find("template"), context);

  ASSERT_TRUE(rendered.ok()) << rendered.status();
  EXPECT_EQ(*rendered, *golden->Find("rendered")) << absl::StrCat(*rendered);
  std::cout << "recorded rendering " << GetParam() << " 1/1\n";
}

INSTANTIATE_TEST_SUITE_P(Recorded, GoldenTest,
                         testing::Values("decision_hg-push", "cron", "action_retrigger"),
                         [](const auto& info) {
                           std::string name(info.param);
                           for (char& c : name) {
                             if (c == '-') c = '_';
                           }
                           return name;
                         });

}  // namespace
}  // namespace scriptworker::jsone
