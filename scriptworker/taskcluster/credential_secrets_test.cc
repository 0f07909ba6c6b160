// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/credential_secrets.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::taskcluster {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Secrets(std::string_view token, std::string_view certificate = "") {
  Credentials credentials;
  credentials.access_token = SecretString(std::string(token));
  if (!certificate.empty()) credentials.certificate = Certificate::Parse(certificate).value();
  std::vector<std::string> secrets;
  for (const SecretString& secret : SecretsOf(credentials)) secrets.emplace_back(secret.reveal());
  return secrets;
}

TEST(SecretsOfTest, OfPermanentCredentialsTheToken) {
  EXPECT_THAT(Secrets("the-token"), ElementsAre("the-token"));
}

TEST(SecretsOfTest, OfTemporaryOnesAlsoWhatIsSecretInTheCertificate) {
  EXPECT_THAT(Secrets("the-token", R"({"version": 1, "scopes": ["a"], "start": 1, "expiry": 2,
                                       "seed": "the-seed", "signature": "a\/signature="})"),
              ElementsAre("the-token", "the-seed", "a/signature="));
}

TEST(SecretsOfTest, WhatIsNotThereIsNoSecret) {
  EXPECT_THAT(Secrets(""), IsEmpty());
  EXPECT_THAT(Secrets("the-token", R"({"seed": 7, "signature": ""})"), ElementsAre("the-token"));
}

}  // namespace
}  // namespace scriptworker::taskcluster
