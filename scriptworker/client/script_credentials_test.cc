// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/script_credentials.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::client {
namespace {

using ::absl_testing::IsOk;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kCredentials =
    R"({"accessToken": "c2VjcmV0", "certificate": "{\"version\":1}", "clientId": "task/run"})";

class ScriptCredentialsTest : public testing::Test {
 protected:
  absl::StatusOr<taskcluster::Credentials> Read(std::string_view content) {
    fd_ = UniqueFd(::open(temp_.Write("credentials", content).c_str(), O_RDONLY | O_CLOEXEC));
    Environment environment;
    environment.Set("TASKCLUSTER_CREDENTIALS_FD", absl::StrCat(fd_.get()));
    return ReadScriptCredentials(environment);
  }

  const TempDir temp_;
  UniqueFd fd_;
};

TEST_F(ScriptCredentialsTest, AreThoseInTheFileWhereverItsOffsetIs) {
  for (const std::string_view rest : {"", "      \n", "tail of a longer text\"}"}) {
    auto credentials = Read(absl::StrCat(kCredentials, rest));
    ASSERT_THAT(credentials, IsOk()) << rest;
    EXPECT_EQ(credentials->client_id, "task/run");
    EXPECT_EQ(credentials->access_token.reveal(), "c2VjcmV0");
    EXPECT_TRUE(credentials->certificate.has_value());
    EXPECT_EQ(::lseek(fd_.get(), 0, SEEK_CUR), 0);
  }
}

TEST_F(ScriptCredentialsTest, AreReadAnewEachTime) {
  ASSERT_THAT(Read(kCredentials), IsOk());
  Environment environment;
  environment.Set("TASKCLUSTER_CREDENTIALS_FD", absl::StrCat(fd_.get()));
  temp_.Write("credentials", R"({"accessToken": "new", "clientId": "task/run"})");
  auto credentials = ReadScriptCredentials(environment);
  ASSERT_THAT(credentials, IsOk());
  EXPECT_EQ(credentials->access_token.reveal(), "new");
}

TEST_F(ScriptCredentialsTest, WhatIsNoneIsNotQuoted) {
  for (const std::string_view content : {"", "{", "[]", R"({"accessToken": "c2VjcmV0"})",
                                         R"({"clientId": "x", "accessToken": 1})"}) {
    const auto credentials = Read(content);
    EXPECT_EQ(ErrorKindOf(credentials.status()), ErrorKind::kScriptWorker) << content;
    EXPECT_THAT(credentials.status().message(), Not(HasSubstr("c2VjcmV0")));
    EXPECT_THAT(credentials.status().message(), HasSubstr("TASKCLUSTER_CREDENTIALS_FD"));
  }
}

TEST_F(ScriptCredentialsTest, WithoutADescriptorItIsAConfigError) {
  for (const std::string_view value : {"", "x", "-1"}) {
    Environment environment;
    environment.Set("TASKCLUSTER_CREDENTIALS_FD", value);
    EXPECT_EQ(ErrorKindOf(ReadScriptCredentials(environment).status()), ErrorKind::kConfig);
  }
  EXPECT_EQ(ErrorKindOf(ReadScriptCredentials(Environment()).status()), ErrorKind::kConfig);
}

TEST_F(ScriptCredentialsTest, AClosedDescriptorIsSaid) {
  Environment environment;
  environment.Set("TASKCLUSTER_CREDENTIALS_FD", "999999");
  const auto credentials = ReadScriptCredentials(environment);
  EXPECT_EQ(ErrorKindOf(credentials.status()), ErrorKind::kScriptWorker);
  EXPECT_THAT(credentials.status().message(), HasSubstr("descriptor 999999"));
}

}  // namespace
}  // namespace scriptworker::client
