// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/testing/test_file.h"

#include <stdlib.h>

#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"

namespace scriptworker {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Optional;

TEST(TestFileTest, ReadsTheDataOfTheTest) {
  EXPECT_THAT(ReadTestFile("scriptworker/base/testing/test_file_test.cc"),
              HasSubstr("ReadsTheDataOfTheTest"));
}

TEST(TestFileDeathTest, NamesAMissingFile) {
  EXPECT_DEATH(ReadTestFile("testdata/missing"), "testdata/missing");
}

TEST(CorporaDirTest, IsTakenFromTheEnvironment) {
  ASSERT_EQ(::setenv("CORPORA_DIR", "/some/where", 1), 0);
  EXPECT_THAT(CorporaDir(), Optional(Eq("/some/where")));
  ASSERT_EQ(::setenv("CORPORA_DIR", "", 1), 0);
  EXPECT_THAT(CorporaDir(), Eq(std::nullopt));
  ASSERT_EQ(::unsetenv("CORPORA_DIR"), 0);
  EXPECT_THAT(CorporaDir(), Eq(std::nullopt));
}

TEST(TempDirTest, ExistsAsLongAsTheObject) {
  std::string path;
  {
    const TempDir dir;
    path = dir.path();
    EXPECT_THAT(dir.Write("a/b", "x"), Eq(path + "/a/b"));
    EXPECT_TRUE(ReadFile(path + "/a/b").ok());
  }
  EXPECT_FALSE(ReadFile(path + "/a/b").ok());
}

}  // namespace
}  // namespace scriptworker
