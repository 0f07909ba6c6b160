// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/expression_cache.h"

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/jsone/expression.h"
#include "scriptworker/jsone/interpolation.h"

namespace scriptworker::jsone {
namespace {

using ::absl_testing::IsOk;
using ::testing::Not;

TEST(ExpressionCacheTest, ParsesEachTextOnce) {
  ExpressionCache cache;
  const absl::StatusOr<Expression>& expression = cache.Get("1 + x");
  const Interpolation& interpolation = cache.GetInterpolation("1 + x");
  EXPECT_THAT(expression, IsOk());
  EXPECT_EQ(&cache.Get("1 + x"), &expression);
  EXPECT_EQ(&cache.GetInterpolation("1 + x"), &interpolation);
  EXPECT_NE(&cache.Get("1+x"), &expression);
  EXPECT_EQ(cache.bytes(), 13u);
}

TEST(ExpressionCacheTest, RemembersThatATextDoesNotParse) {
  ExpressionCache cache;
  const absl::StatusOr<Expression>& expression = cache.Get("1 +");
  EXPECT_THAT(expression, Not(IsOk()));
  EXPECT_EQ(&cache.Get("1 +"), &expression);
}

TEST(ExpressionCacheTest, ForgetsAllOnceThereIsMoreThanTheLimit) {
  ExpressionCache cache;
  const absl::StatusOr<Expression>& expression = cache.Get("abc");
  cache.GetInterpolation("a ${b}");
  cache.Trim(9);
  EXPECT_EQ(cache.bytes(), 9u);
  EXPECT_EQ(&cache.Get("abc"), &expression);
  cache.Trim(8);
  EXPECT_EQ(cache.bytes(), 0u);
  cache.GetInterpolation("a ${b}");
  EXPECT_EQ(cache.bytes(), 6u) << "it is parsed anew";
  EXPECT_THAT(cache.Get("abc"), IsOk());
  EXPECT_EQ(cache.bytes(), 9u);
}

}  // namespace
}  // namespace scriptworker::jsone
