// SPDX-License-Identifier: MPL-2.0
#include "tools/live/deployment.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/temp_dir.h"

namespace scriptworker::tools {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSecrets[] =
    R"({"integration_credentials": {"clientId": "a-client", "accessToken": "a-token"}})";

TEST(FindDeploymentTest, WithoutCredentialsThereIsNone) {
  const TempDir temp;
  const auto found = FindDeployment(Environment({{"HOME", temp.path()}}), temp.path());
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(*found, std::nullopt);
}

TEST(FindDeploymentTest, TheWorkersOwnCredentialsAreNotTaken) {
  const TempDir temp;
  const auto found = FindDeployment(Environment({{"HOME", temp.path()},
                                                 {"TASKCLUSTER_CLIENT_ID", "a-client"},
                                                 {"TASKCLUSTER_ACCESS_TOKEN", "a-token"}}),
                                    temp.path());
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(*found, std::nullopt);
}

TEST(FindDeploymentTest, TheFileSaysAsWhomAndTheEnvironmentWhere) {
  const TempDir temp;
  temp.Write(".scriptworker", kSecrets);
  const auto found = FindDeployment(
      Environment({{"HOME", temp.path()}, {"TASKCLUSTER_ROOT_URL", "https://tc.example"}}),
      temp.Path("elsewhere"));
  ASSERT_THAT(found, IsOk());
  ASSERT_TRUE(found->has_value());
  EXPECT_EQ((*found)->root_url, "https://tc.example");
  EXPECT_EQ((*found)->credentials.client_id, "a-client");
  EXPECT_EQ((*found)->provisioner_id, "test-dummy-provisioner");
}

TEST(FindDeploymentTest, ABadEntryIsAnErrorThatQuotesNoSecret) {
  const TempDir temp;
  temp.Write("secrets.json", R"({"integration_credentials": {"accessToken": "a-token"}})");
  EXPECT_THAT(FindDeployment(Environment(), temp.path()).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(FindDeployment(Environment(), temp.path()).status().message()),
              AllOf(HasSubstr("secrets.json"), Not(HasSubstr("a-token"))));
}

}  // namespace
}  // namespace scriptworker::tools
