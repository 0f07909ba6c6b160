// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/function.h"

#include <memory>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/limits.h"
#include "scriptworker/jsone/scope.h"

namespace scriptworker::jsone {
namespace {

using ::absl_testing::IsOkAndHolds;

TEST(FunctionTest, AValueCarriesItWithItsNameAndCallsItWithItsArguments) {
  const json::Value value(std::make_unique<Function>(
      "second",
      [](const Function::Call& call) -> absl::StatusOr<json::Value> { return call.arguments[1]; }));
  ASSERT_TRUE(IsFunction(value));
  EXPECT_EQ(value.type_name(), "a function");
  EXPECT_EQ(AsFunction(value).name(), "second");
  const Scope scope;
  Budget budget{Limits{}};
  const std::vector<json::Value> arguments = {json::Value(1), json::Value(2)};
  EXPECT_THAT(AsFunction(value).Invoke({arguments, scope, budget}), IsOkAndHolds(json::Value(2)));
}

TEST(FunctionTest, WhatJsonCanHoldIsNone) {
  EXPECT_FALSE(IsFunction(json::Value()));
  EXPECT_FALSE(IsFunction(json::Value("second")));
}

}  // namespace
}  // namespace scriptworker::jsone
