// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/log/secret_redactor.h"

#include <optional>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "scriptworker/base/secret_string.h"

namespace scriptworker::worker {
namespace {

std::string Redacted(const SecretRedactor& redactor, std::string text) {
  redactor.Redact(text);
  return text;
}

TEST(SecretRedactorTest, ReplacesEveryOccurrenceOfEverySecret) {
  SecretRedactor redactor;
  const auto token = redactor.Add(SecretString("no-secret"));
  const auto other = redactor.Add(SecretString("another one"));
  EXPECT_EQ(Redacted(redactor, "no-secret no-secret, another one."),
            "[redacted] [redacted], [redacted].");
}

TEST(SecretRedactorTest, LeavesTheRestAlone) {
  SecretRedactor redactor;
  const auto token = redactor.Add(SecretString("no-secret"));
  EXPECT_EQ(Redacted(redactor, "no-secre t"), "no-secre t");
  EXPECT_EQ(Redacted(redactor, ""), "");
}

TEST(SecretRedactorTest, ForgetsASecretWithItsRegistration) {
  SecretRedactor redactor;
  {
    const auto token = redactor.Add(SecretString("no-secret"));
    EXPECT_EQ(redactor.longest(), 9u);
  }
  EXPECT_EQ(Redacted(redactor, "no-secret"), "no-secret");
  EXPECT_EQ(redactor.longest(), 0u);
}

TEST(SecretRedactorTest, AMovedRegistrationStillHolds) {
  SecretRedactor redactor;
  SecretRedactor::Registration held;
  {
    SecretRedactor::Registration token = redactor.Add(SecretString("no-secret"));
    held = std::move(token);
  }
  EXPECT_EQ(Redacted(redactor, "no-secret"), "[redacted]");
  const SecretRedactor::Registration again(std::move(held));
  EXPECT_EQ(Redacted(redactor, "no-secret"), "[redacted]");
}

TEST(SecretRedactorTest, TheSameSecretTwiceStaysUntilBothAreGone) {
  SecretRedactor redactor;
  auto first = std::make_optional(redactor.Add(SecretString("no-secret")));
  const auto second = redactor.Add(SecretString("no-secret"));
  first.reset();
  EXPECT_EQ(Redacted(redactor, "no-secret"), "[redacted]");
}

TEST(SecretRedactorTest, EmptyAndTinyValuesAreNoSecrets) {
  SecretRedactor redactor;
  const auto empty = redactor.Add(SecretString(""));
  const auto tiny = redactor.Add(SecretString("abcde"));
  EXPECT_EQ(Redacted(redactor, "abcde"), "abcde");
}

TEST(SecretRedactorTest, ARegistrationMayOutliveTheRedactor) {
  SecretRedactor::Registration registration;
  {
    SecretRedactor redactor;
    registration = redactor.Add(SecretString("no-secret"));
  }
}

}  // namespace
}  // namespace scriptworker::worker
