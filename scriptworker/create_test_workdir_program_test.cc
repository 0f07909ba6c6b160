// SPDX-License-Identifier: MPL-2.0
//
// The way from the command line to a folder; test_workdir_test has what lies in it.

#include "scriptworker/create_test_workdir_program.h"

#include <sys/stat.h>

#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/http/testing/fake_server.h"
#include "scriptworker/testing/program_fixture.h"

namespace scriptworker {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kTask[] = "JNQKmmiXTQG188a4i36W2Q";

class CreateTestWorkdirProgramTest : public ProgramFixture {
 protected:
  CreateTestWorkdirProgramTest() : ProgramFixture(CreateTestWorkdirProgram) {
    variables_ = {{"HOME", temp_.path()}, {"TASKCLUSTER_ROOT_URL", queue_.url("").ToString()}};
  }

  // Knows one task, which needs nothing.
  http::FakeServer queue_{[](const http::FakeRequest& request) -> http::FakeResponse {
    if (request.target != absl::StrCat("/api/queue/v1/task/", kTask)) return {.status = 404};
    return {.body = R"({"payload": {"note": "for the script"}})"};
  }};
};

TEST_F(CreateTestWorkdirProgramTest, FillsTheFolderThatIsNamed) {
  EXPECT_EQ(Run({"--path", "new", kTask}), 0) << err_.str();
  EXPECT_THAT(ReadFile(temp_.Path("new/task.json")), IsOkAndHolds(HasSubstr("for the script")));
  EXPECT_THAT(err_.str(), HasSubstr("INFO:scriptworker:Done."));
}

TEST_F(CreateTestWorkdirProgramTest, AFolderThatExistsIsReplacedOnDemandOnly) {
  temp_.Write("work/old", "");
  EXPECT_EQ(Run({kTask}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("CRITICAL:scriptworker:"));
  EXPECT_THAT(err_.str(), HasSubstr(temp_.Path("work")));
  EXPECT_EQ(Run({kTask, "--overwrite"}), 0) << err_.str();
  EXPECT_THAT(ReadFile(temp_.Path("work/task.json")), IsOkAndHolds(HasSubstr("for the script")));
}

TEST_F(CreateTestWorkdirProgramTest, ATaskThatTheQueueDoesNotKnowIsNamed) {
  EXPECT_EQ(Run({"L7bwX3_VRCyD5K9e1WAT1A"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("L7bwX3_VRCyD5K9e1WAT1A"));
}

TEST_F(CreateTestWorkdirProgramTest, CredentialsAreWarnedOfOrNamed) {
  const std::string path =
      temp_.Write("secrets.json", R"({"credentials": {"clientId": "me", "accessToken": "token"}})");
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(Run({kTask}), 0) << err_.str();
  EXPECT_THAT(err_.str(), HasSubstr(absl::StrCat("WARNING:scriptworker:", path)));
  temp_.Write("secrets.json", "{");
  EXPECT_EQ(Run({kTask}), 1);
  EXPECT_THAT(err_.str(), HasSubstr(absl::StrCat("CRITICAL:scriptworker:", path)));
}

TEST_F(CreateTestWorkdirProgramTest, HelpIsPrintedAndWrongUsageSaid) {
  EXPECT_EQ(Run({"--help"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("Exit status:"));
  EXPECT_THAT(err_.str(), IsEmpty());
  EXPECT_EQ(Run({"--no-such-option", kTask}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--no-such-option"));
  EXPECT_EQ(Run({"no-task-id"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("TASKID: "));
}

}  // namespace
}  // namespace scriptworker
