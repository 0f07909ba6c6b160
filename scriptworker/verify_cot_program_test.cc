// SPDX-License-Identifier: MPL-2.0
//
// The way from the command line to a verdict; verify_cot_command_test has the verdicts.

#include "scriptworker/verify_cot_program.h"

#include <sys/stat.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/testing/program_fixture.h"

namespace scriptworker {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Of testdata/chains/README.md.
constexpr char kPush[] = "testdata/chains/hg-push.har";
constexpr char kPushTask[] = "JNQKmmiXTQG188a4i36W2Q";
constexpr char kOtherTask[] = "L7bwX3_VRCyD5K9e1WAT1A";

// Nothing goes to the network.
class VerifyCotProgramTest : public ProgramFixture {
 protected:
  VerifyCotProgramTest() : ProgramFixture(VerifyCotProgram) {
    variables_ = {{"HOME", temp_.path()},
                  {"TMPDIR", temp_.path()},
                  {"TASKCLUSTER_ROOT_URL", "https://tc.example.com"}};
  }
};

TEST_F(VerifyCotProgramTest, HelpIsPrintedAndWrongUsageSaid) {
  EXPECT_EQ(Run({"--help"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("Exit status:"));
  EXPECT_THAT(err_.str(), IsEmpty());
  EXPECT_EQ(Run({}), 2);
  EXPECT_THAT(out_.str(), IsEmpty());
  EXPECT_THAT(err_.str(), HasSubstr("TASKID"));
}

TEST_F(VerifyCotProgramTest, AConfigurationNeedsToSayOnlyWhatIsUsed) {
  const std::string config = temp_.Write(
      "config.yml", absl::StrCat("taskcluster_root_url: https://tc.example.com\ncot_policy_path: ",
                                 TestFilePath("testdata/chains/policy.yml"), "\n"));
  ASSERT_EQ(::chmod(config.c_str(), 0644), 0);
  EXPECT_EQ(Run({"--config", "config.yml", "--replay", TestFilePath(kPush), kPushTask}), 0);
  EXPECT_THAT(err_.str(), testing::Not(HasSubstr(config))) << "it holds no secrets";
}

TEST_F(VerifyCotProgramTest, AConfigurationsPolicyDecidesAndItsWarningsAreSaid) {
  const std::string config = temp_.Write(
      "config.yml", absl::StrCat("taskcluster_root_url: https://tc.example.com\n"
                                 "credentials: {clientId: c, accessToken: t}\n"
                                 "work_dir: w\nartifact_dir: a\ntask_log_dir: a/public/logs\n"
                                 "log_dir: l\ned25519_private_key_path: k\n"
                                 "cot_policy_path: ",
                                 TestFilePath("testdata/chains/policy.yml"), "\n"));
  ASSERT_EQ(::chmod(config.c_str(), 0644), 0);
  EXPECT_EQ(Run({"--config", "config.yml", "--replay", TestFilePath(kPush), kPushTask}), 0);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr(kPushTask), HasSubstr(": verified")));
  EXPECT_THAT(err_.str(), HasSubstr(config)) << "others can read the credentials in it";
}

TEST_F(VerifyCotProgramTest, AConfigurationThatCannotBeReadIsNamed) {
  EXPECT_EQ(Run({"--config", "missing.yml", kPushTask}), 2);
  EXPECT_THAT(err_.str(), HasSubstr(temp_.Path("missing.yml")));
  EXPECT_THAT(out_.str(), IsEmpty());
}

TEST_F(VerifyCotProgramTest, WithoutAConfigurationTheEnvironmentNamesTheDeployment) {
  variables_["TASKCLUSTER_ROOT_URL"] = "https://other.example.com";
  variables_["SCRIPTWORKER_GITHUB_OAUTH_TOKEN"] = "token";
  EXPECT_EQ(Run({"--replay", TestFilePath(kPush), kOtherTask}), 4);
  EXPECT_THAT(out_.str(), HasSubstr(absl::StrCat("https://other.example.com: not recorded: "
                                                 "GET /api/queue/v1/task/",
                                                 kOtherTask)));
}

TEST_F(VerifyCotProgramTest, CredentialsThatOthersCanReadAreWarnedOf) {
  const std::string path =
      temp_.Write("secrets.json", R"({"credentials": {"clientId": "me", "accessToken": "token"}})");
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(Run({"--replay", TestFilePath(kPush), kOtherTask}), 4);
  EXPECT_THAT(err_.str(), HasSubstr(path));
}

TEST_F(VerifyCotProgramTest, CredentialsThatCannotBeReadAreNamed) {
  const std::string path = temp_.Write("secrets.json", "{");
  EXPECT_EQ(Run({"--replay", TestFilePath(kPush), kPushTask}), 2);
  EXPECT_THAT(err_.str(), HasSubstr(path));
}

}  // namespace
}  // namespace scriptworker
