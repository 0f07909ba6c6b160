// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/script_program.h"

#include <sys/stat.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/ordinary_user.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/worker/config/config_script.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

class ScriptProgramTest : public testing::Test {
 protected:
  ScriptProgramTest() {
    EXPECT_EQ(::chmod(temp_.Write("bin/tool", "").c_str(), 0755), 0);
    environment_.Set("PATH", temp_.Path("bin"));
  }

  const TempDir temp_;
  Environment environment_;
  Script script_;
};

TEST_F(ScriptProgramTest, IsFoundInThePathOrWhereItIsSaidToBe) {
  script_.argv = {"tool", "argument"};
  EXPECT_THAT(FindScriptProgram(script_, environment_), IsOkAndHolds(temp_.Path("bin/tool")));
  script_.argv = {temp_.Path("bin/tool")};
  EXPECT_THAT(FindScriptProgram(script_, environment_), IsOkAndHolds(temp_.Path("bin/tool")));
}

TEST_F(ScriptProgramTest, ThePathIsTheOneThatScriptsGet) {
  script_.argv = {"tool"};
  script_.environment = {.clean = true, .allowed = {"HOME"}};
  EXPECT_THAT(FindScriptProgram(script_, environment_),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("task_script: tool: not found in")));
}

TEST_F(ScriptProgramTest, WhatIsNotThereIsNotFound) {
  for (const std::string program : {"no-such-program", "/no/such/program"}) {
    script_.argv = {program};
    EXPECT_THAT(FindScriptProgram(script_, environment_),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr(program)));
  }
}

TEST_F(ScriptProgramTest, AFolderThatThisUserMayNotEnterHidesNoProgram) {
  script_.argv = {"no-such-program"};
  temp_.Write("closed/x", "");
  ASSERT_EQ(::chmod(temp_.Path("closed").c_str(), 0), 0);
  environment_.Set("PATH", temp_.Path("closed"));
  absl::Status found;
  {
    const OrdinaryUser ordinary;
    found = FindScriptProgram(script_, environment_).status();
  }
  ASSERT_EQ(::chmod(temp_.Path("closed").c_str(), 0700), 0);
  EXPECT_THAT(found, StatusIs(absl::StatusCode::kNotFound,
                              HasSubstr("task_script: no-such-program: not found in PATH (")));
}

TEST_F(ScriptProgramTest, WhatCannotBeExecutedIsRefused) {
  for (const std::string& program : {temp_.Write("text", "no program"), temp_.Path("bin")}) {
    script_.argv = {program};
    EXPECT_THAT(FindScriptProgram(script_, environment_),
                StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr(program)));
  }
  temp_.Write("bin/text", "");
  script_.argv = {"text"};
  EXPECT_THAT(FindScriptProgram(script_, environment_),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("task_script: text: not executable in PATH (")));
}

}  // namespace
}  // namespace scriptworker::worker
