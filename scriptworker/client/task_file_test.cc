// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/task_file.h"

#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/client/script_config.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/json/json.h"

namespace scriptworker::client {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::Not;
using ::testing::StartsWith;

ScriptConfig ConfigOf(const TempDir& work_dir) {
  return ScriptConfig(json::Object{{"work_dir", json::Value(work_dir.path())}});
}

TEST(ReadTaskTest, IsTheFileInWorkDir) {
  const TempDir work_dir;
  work_dir.Write("task.json", R"({"payload": {"maxRunTime": 600}})");
  EXPECT_THAT(ReadTask(ConfigOf(work_dir)),
              IsOkAndHolds(json::Parse(R"({"payload": {"maxRunTime": 600}})").value()));
}

TEST(ReadTaskTest, NoneOrABrokenOneIsATaskError) {
  for (const std::string_view text : {"", "{", "[]", "{} {}", "missing"}) {
    const TempDir work_dir;
    if (text != "missing") work_dir.Write("task.json", text);
    const auto task = ReadTask(ConfigOf(work_dir));
    EXPECT_EQ(ErrorKindOf(task.status()), ErrorKind::kTask) << text;
    EXPECT_EQ(ExitStatusOf(task.status()), 1) << text;
    EXPECT_THAT(
        task.status().message(),
        AllOf(StartsWith(absl::StrCat("Can't read task from ", work_dir.path(), "/task.json!\n")),
              Not(EndsWith("\n"))))
        << text;
  }
}

TEST(ReadTaskTest, AConfigurationWithoutWorkDirIsAConfigError) {
  EXPECT_EQ(ErrorKindOf(ReadTask(ScriptConfig(json::Object())).status()), ErrorKind::kConfig);
}

}  // namespace
}  // namespace scriptworker::client
