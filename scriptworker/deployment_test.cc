// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/deployment.h"

#include <sys/stat.h>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/temp_dir.h"

namespace scriptworker {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(FindDeploymentTest, IsFirefoxsWithoutCredentialsUnlessSomethingSaysMore) {
  const TempDir dir;
  const absl::StatusOr<Deployment> deployment =
      FindDeployment(Environment(Environment::Variables{{"HOME", dir.path()}}), dir.path());
  ASSERT_THAT(deployment, IsOk());
  EXPECT_EQ(deployment->root_url, "https://firefox-ci-tc.services.mozilla.com/");
  EXPECT_FALSE(deployment->credentials.has_value());
  EXPECT_THAT(deployment->warnings, IsEmpty());
}

TEST(FindDeploymentTest, TheEnvironmentNamesAnotherAndTheClient) {
  const TempDir dir;
  const absl::StatusOr<Deployment> deployment =
      FindDeployment(Environment(Environment::Variables{{"HOME", dir.path()},
                                                        {"TASKCLUSTER_ROOT_URL", "https://tc"},
                                                        {"TASKCLUSTER_CLIENT_ID", "me"},
                                                        {"TASKCLUSTER_ACCESS_TOKEN", "token"}}),
                     dir.path());
  ASSERT_THAT(deployment, IsOk());
  EXPECT_EQ(deployment->root_url, "https://tc");
  ASSERT_TRUE(deployment->credentials.has_value());
  EXPECT_EQ(deployment->credentials->client_id, "me");
}

TEST(FindDeploymentTest, AFileOfCredentialsThatOthersCanReadIsWarnedOf) {
  const TempDir dir;
  const std::string path =
      dir.Write("secrets.json", R"({"credentials": {"clientId": "me", "accessToken": "token"}})");
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  const absl::StatusOr<Deployment> deployment = FindDeployment(Environment(), dir.path());
  ASSERT_THAT(deployment, IsOk());
  EXPECT_TRUE(deployment->credentials.has_value());
  EXPECT_THAT(deployment->warnings, ElementsAre(HasSubstr(path)));
}

TEST(FindDeploymentTest, CredentialsThatCannotBeReadAreAnErrorThatNamesTheFile) {
  const TempDir dir;
  for (const char* content : {"{", R"({"credentials": {"clientId": "me"}})"}) {
    const std::string path = dir.Write("secrets.json", content);
    const absl::StatusOr<Deployment> deployment = FindDeployment(Environment(), dir.path());
    ASSERT_FALSE(deployment.ok()) << content;
    EXPECT_THAT(deployment.status().message(), HasSubstr(path));
  }
}

}  // namespace
}  // namespace scriptworker
