// SPDX-License-Identifier: MPL-2.0
//
// What verify_cot reads of a configuration file.
#include <sys/stat.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/worker/config/config.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kRootUrl = "taskcluster_root_url: https://tc.example.com\n";
constexpr std::string_view kInlineCredentials =
    "credentials: {clientId: me, accessToken: s3cret}\n";
constexpr std::string_view kSecretsJson =
    R"({"credentials": {"clientId": "me", "accessToken": "s3cret"}})";

class ConfigVerificationTest : public testing::Test {
 protected:
  // With a mode that lets others read it, or write it as well.
  std::string Write(std::string_view name, std::string_view text, mode_t mode = 0644) {
    std::string path = dir_.Write(name, text);
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path;
  }
  absl::StatusOr<LoadedConfig> Load(
      LoadOptions::Purpose purpose = LoadOptions::Purpose::kVerification) {
    return LoadConfig("v.yml", environment_,
                      {.purpose = purpose, .working_directory = dir_.path()});
  }

  const TempDir dir_;
  const TempDir home_;
  const Environment environment_{Environment::Variables{{"HOME", home_.path()}}};
};

TEST_F(ConfigVerificationTest, OnlyWhatThatUsesIsNeeded) {
  Write("v.yml", kRootUrl, 0666);
  const absl::StatusOr<LoadedConfig> loaded = Load();
  ASSERT_THAT(loaded, IsOk());
  EXPECT_EQ(loaded->config.queue.root_url, "https://tc.example.com");
  EXPECT_NE(loaded->config.policy, nullptr);
  EXPECT_THAT(loaded->credentials.client_id, IsEmpty());
  EXPECT_THAT(loaded->warnings, IsEmpty());
  EXPECT_THAT(Load(LoadOptions::Purpose::kWorker),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("work_dir: must be set")));
}

TEST_F(ConfigVerificationTest, AWorkersFileIsReadToo) {
  const std::string workers = absl::StrCat(kInlineCredentials,
                                           "work_dir: w\n"
                                           "artifact_dir: a\n"
                                           "task_log_dir: a/l\n"
                                           "log_dir: l\n"
                                           "ed25519_private_key_path: key\n");
  Write("v.yml", workers);
  const absl::StatusOr<LoadedConfig> loaded = Load();
  ASSERT_THAT(loaded, IsOk());
  EXPECT_EQ(loaded->credentials.client_id, "me");
  Write("v.yml", absl::StrCat(workers, "max_chain_length: many\n"));
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("max_chain_length")));
}

// Whatever is in it, a file with secrets that others can read is told of once.
TEST_F(ConfigVerificationTest, AFileWithSecretsThatOthersCanReadIsAWarning) {
  const std::string token = "github_oauth_token: s3cret\n";
  for (const std::string& secrets :
       {token, std::string(kInlineCredentials), absl::StrCat(token, kInlineCredentials)}) {
    const std::string path = Write("v.yml", absl::StrCat(kRootUrl, secrets));
    const absl::StatusOr<LoadedConfig> loaded = Load();
    ASSERT_THAT(loaded, IsOk()) << secrets;
    EXPECT_THAT(loaded->warnings, ElementsAre(AllOf(HasSubstr(path), Not(HasSubstr("s3cret")))))
        << secrets;
    ASSERT_EQ(chmod(path.c_str(), 0600), 0);
    EXPECT_THAT(Load()->warnings, IsEmpty()) << secrets;
  }
}

TEST_F(ConfigVerificationTest, CredentialsThatOthersCanReadAreAWarning) {
  Write("v.yml", kRootUrl);
  const std::string secrets = Write("secrets.json", kSecretsJson);
  const absl::StatusOr<LoadedConfig> loaded = Load();
  ASSERT_THAT(loaded, IsOk());
  EXPECT_EQ(loaded->credentials.client_id, "me");
  EXPECT_THAT(loaded->warnings, ElementsAre(HasSubstr(secrets)));
  Write("secrets.json", kSecretsJson, 0600);
  EXPECT_THAT(Load()->warnings, IsEmpty());
}

// None are needed, but some that are meant and cannot be read are not passed over.
TEST_F(ConfigVerificationTest, CredentialsThatCannotBeReadAreRefused) {
  Write("v.yml", kRootUrl);
  Write("secrets.json", "{\"credentials\": ", 0600);
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("/secrets.json:1:")));
  Write("secrets.json", kSecretsJson, 0600);
  Write("v.yml", absl::StrCat(kRootUrl, "credentials: \"...\"\n"));
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("v.yml:2: credentials: must be set, found the "
                                         "placeholder \"...\"")));
}

}  // namespace
}  // namespace scriptworker::worker
