// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/truth.h"

#include <string_view>

#include "gtest/gtest.h"
#include "scriptworker/json/json.h"

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

}  // namespace
}  // namespace scriptworker::json
