// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/base/testing/await.h"

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace scriptworker {
namespace {

TEST(AwaitTrueTest, AsksUntilTheConditionHolds) {
  int asked = 0;
  EXPECT_TRUE(AwaitTrue([&] { return ++asked == 3; }));
  EXPECT_EQ(asked, 3);
}

TEST(AwaitTrueTest, AsksOnceWhereThereIsNoTime) {
  EXPECT_TRUE(AwaitTrue([] { return true; }, absl::ZeroDuration()));
}

TEST(AwaitTrueTest, GivesUpAtTheLimit) {
  EXPECT_FALSE(AwaitTrue([] { return false; }, absl::Milliseconds(5)));
}

}  // namespace
}  // namespace scriptworker
