// SPDX-License-Identifier: MPL-2.0
//
// The rest, with the configuration's lines in the messages, is in config_test.
#include "scriptworker/worker/config/config_credentials.h"

#include <string>

#include "cot/policy/defect_list.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/json/yaml.h"
#include "scriptworker/worker/config/settings.h"

namespace scriptworker::worker {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ConfigCredentialsTest : public testing::Test {
 protected:
  ConfiguredCredentials Read(const std::string& lines) {
    const json::YamlDocument document =
        json::ParseYamlWithMarks(lines, {.source = "the file"}).value();
    cot::DefectList defects("the file", document.marks);
    const Settings settings = Settings::Read(document.value, Environment(), defects);
    ConfiguredCredentials read =
        ReadConfiguredCredentials(settings, document, temp_.path(), environment_, defects);
    defects_ = std::string(defects.ToStatus().message());
    return read;
  }

  const TempDir temp_;
  Environment environment_{{{"HOME", temp_.Path("home")}}};
  std::string defects_;
};

TEST_F(ConfigCredentialsTest, TheFilesOwnGoFirst) {
  temp_.Write("secrets.json", R"({"credentials": {"clientId": "other", "accessToken": "t"}})");
  const ConfiguredCredentials read =
      Read("credentials: {clientId: me, accessToken: a-token}\nverbose: true\n");
  EXPECT_EQ(read.credentials.client_id, "me");
  EXPECT_TRUE(read.in_file);
  EXPECT_THAT(read.other_defects, IsEmpty());
}

TEST_F(ConfigCredentialsTest, ThenThoseOfTheFilesForSecrets) {
  temp_.Write("secrets.json", R"({"credentials": {"clientId": "other", "accessToken": "t"}})");
  const ConfiguredCredentials read = Read("verbose: true\n");
  EXPECT_EQ(read.credentials.client_id, "other");
  EXPECT_FALSE(read.in_file);
  EXPECT_THAT(read.exposures, ElementsAre(HasSubstr("secrets.json"))) << "others can read it";
}

TEST_F(ConfigCredentialsTest, WithoutAnyTheKeyIsMissing) {
  Read("verbose: true\n");
  EXPECT_THAT(defects_, HasSubstr("credentials: must be set"));
}

TEST_F(ConfigCredentialsTest, WhatIsWrongWithThemQuotesNoSecret) {
  const ConfiguredCredentials read = Read("credentials: {accessToken: a-token}\n");
  EXPECT_THAT(read.other_defects,
              ElementsAre(AllOf(HasSubstr("the file:1: credentials"), Not(HasSubstr("a-token")))));
  EXPECT_EQ(read.credentials.client_id, "");
}

}  // namespace
}  // namespace scriptworker::worker
