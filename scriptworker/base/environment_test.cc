// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/environment.h"

#include <stdlib.h>

#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker {
namespace {

using ::testing::Eq;
using ::testing::Optional;

TEST(EnvironmentTest, TellsUnsetFromEmpty) {
  const Environment environment({{"EMPTY", ""}, {"SET", "x"}});
  EXPECT_THAT(environment.Get("SET"), Optional(Eq("x")));
  EXPECT_THAT(environment.Get("EMPTY"), Optional(Eq("")));
  EXPECT_THAT(environment.Get("UNSET"), Eq(std::nullopt));
}

TEST(EnvironmentTest, FallsBackForUnsetAndEmpty) {
  const Environment environment({{"EMPTY", ""}, {"SET", "x"}});
  EXPECT_THAT(environment.GetOr("SET", "y"), Eq("x"));
  EXPECT_THAT(environment.GetOr("EMPTY", "y"), Eq("y"));
  EXPECT_THAT(environment.GetOr("UNSET", "y"), Eq("y"));
}

TEST(EnvironmentTest, CopiesTheProcessEnvironment) {
  ASSERT_EQ(::setenv("ENVIRONMENT_TEST", "a=b", 1), 0);
  const Environment environment = Environment::FromProcess();
  ASSERT_EQ(::unsetenv("ENVIRONMENT_TEST"), 0);
  EXPECT_THAT(environment.Get("ENVIRONMENT_TEST"), Optional(Eq("a=b")));
}

}  // namespace
}  // namespace scriptworker
