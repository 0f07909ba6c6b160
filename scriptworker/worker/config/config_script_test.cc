// SPDX-License-Identifier: MPL-2.0
//
// The rest, with the configuration's lines in the messages, is in config_test.
#include "scriptworker/worker/config/config_script.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cot/policy/defect_list.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/json/yaml.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/worker/config/settings.h"

namespace scriptworker::worker {
namespace {

using ::scriptworker::taskcluster::ExceptionReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class ConfigScriptTest : public testing::Test {
 protected:
  Script Read(const std::string& lines) {
    const json::YamlDocument document =
        json::ParseYamlWithMarks(
            lines, {.source = "the file", .other_keys = json::YamlOptions::OtherKeys::kAsJsonText})
            .value();
    cot::DefectList missing_keys("the file", document.marks);
    cot::DefectList defects("the file", document.marks);
    const Settings settings = Settings::Read(document.value, Environment(), missing_keys);
    warnings_.clear();
    Script script = ReadScript(settings, defects, warnings_);
    defects_ = std::string(defects.ToStatus().message());
    return script;
  }

  std::string defects_;
  std::vector<std::string> warnings_;
};

TEST_F(ConfigScriptTest, AnExitCodeOfAScriptMayHaveAReason) {
  const Script script = Read("reversed_statuses: {8: internal-error, 255: intermittent-task}\n");
  EXPECT_THAT(script.reversed_statuses, ElementsAre(Pair(8, ExceptionReason::kInternalError),
                                                    Pair(255, ExceptionReason::kIntermittentTask)));
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(ConfigScriptTest, AnExitCodeMayBeTextAsInJson) {
  const Script script = Read("reversed_statuses: {\"42\": internal-error}\n");
  EXPECT_THAT(script.reversed_statuses, ElementsAre(Pair(42, ExceptionReason::kInternalError)));
  EXPECT_THAT(defects_, IsEmpty());
}

TEST_F(ConfigScriptTest, CodesThatTheReferenceTakesToNoEffectAreTakenWithAWarning) {
  struct Case {
    int code;
    std::string_view warning;
  };
  for (const Case& c :
       {Case{0, "has no effect: 0 is always reported as completed"},
        Case{1, "has no effect: 1 is always reported as failed"}, Case{-1, "a signal has killed"},
        Case{256, "exit codes end at 255"}, Case{300, "exit codes end at 255"}}) {
    const Script script =
        Read(absl::StrCat("reversed_statuses: {", c.code, ": intermittent-task}\n"));
    EXPECT_THAT(warnings_, ElementsAre(HasSubstr(absl::StrCat("reversed_statuses: ", c.code, " "))))
        << c.code;
    EXPECT_THAT(warnings_, ElementsAre(HasSubstr(c.warning))) << c.code;
    EXPECT_THAT(defects_, IsEmpty()) << c.code;
    EXPECT_THAT(script.reversed_statuses,
                ElementsAre(Pair(c.code, ExceptionReason::kIntermittentTask)));
  }
}

TEST_F(ConfigScriptTest, ReplacingWhatTheWorkerItselfReportsIsAWarning) {
  for (const int code : {2, 3, 4, 5, 6, 7}) {
    Read(absl::StrCat("reversed_statuses: {", code, ": intermittent-task}\n"));
    EXPECT_THAT(warnings_, ElementsAre(HasSubstr("replaces what the worker itself reports")))
        << code;
  }
}

}  // namespace
}  // namespace scriptworker::worker
