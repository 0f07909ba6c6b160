// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/truth.h"

#include <string_view>

#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {
namespace {

TEST(IsTruthyTest, AgreesWithPython) {
  for (const std::string_view falsy : {"null", "false", "0", "-0.0", "\"\"", "[]", "{}"}) {
    EXPECT_FALSE(IsTruthy(Parse(falsy).value())) << falsy;
  }
  for (const std::string_view truthy :
       {"true", "1", "-0.5", "\"x\"", "[0]", "{\"a\": null}", "18446744073709551615"}) {
    EXPECT_TRUE(IsTruthy(Parse(truthy).value())) << truthy;
  }
}

TEST(IsTruthyTest, WhatIsAbsentIsFalse) {
  const Value object = Parse(R"({"yes": 1, "no": 0})").value();
  EXPECT_TRUE(IsTruthy(object.Find("yes")));
  EXPECT_FALSE(IsTruthy(object.Find("no")));
  EXPECT_FALSE(IsTruthy(object.Find("absent")));
}

}  // namespace
}  // namespace scriptworker::json
