// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/invocation.h"

#include <stdlib.h>

#include <filesystem>
#include <iostream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker {
namespace {

using ::testing::ElementsAre;

TEST(InvocationTest, IsWhatTheProcessWasCalledWith) {
  ::unsetenv("BUILD_WORKING_DIRECTORY");
  ::setenv("INVOCATION_TEST", "set", 1);
  const char* const argv[] = {"program", "--flag", "argument"};
  const Invocation invocation = InvocationOfProcess(3, argv);
  EXPECT_THAT(invocation.arguments, ElementsAre("--flag", "argument"));
  EXPECT_EQ(invocation.environment.GetOr("INVOCATION_TEST", ""), "set");
  EXPECT_EQ(invocation.working_directory, std::filesystem::current_path());
  EXPECT_EQ(&invocation.out, &std::cout);
  EXPECT_EQ(&invocation.err, &std::cerr);
}

TEST(InvocationTest, UnderBazelRunPathsBeginWhereThatWasCalled) {
  ::setenv("BUILD_WORKING_DIRECTORY", "/called/here", 1);
  const char* const argv[] = {"program"};
  EXPECT_EQ(InvocationOfProcess(1, argv).working_directory, "/called/here");
  ::unsetenv("BUILD_WORKING_DIRECTORY");
}

}  // namespace
}  // namespace scriptworker
