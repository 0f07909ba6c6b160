// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/base/file_creation_mask.h"

#include <sys/stat.h>

#include "gtest/gtest.h"

namespace scriptworker {
namespace {

TEST(FileCreationMaskTest, IsTheUmaskAndLeavesIt) {
  const mode_t before = ::umask(0);
  for (const mode_t mask : {mode_t{0}, mode_t{022}, mode_t{077}, mode_t{0750}, mode_t{0777}}) {
    ::umask(mask);
    EXPECT_EQ(FileCreationMask(), mask);
    EXPECT_EQ(::umask(mask), mask);
  }
  ::umask(before);
}

}  // namespace
}  // namespace scriptworker
