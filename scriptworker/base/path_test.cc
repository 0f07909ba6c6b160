// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/path.h"

#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/temp_dir.h"

namespace scriptworker {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::Eq;

TEST(JoinPathTest, HasOneSlashAtTheSeam) {
  struct Case {
    std::string_view first, second, joined;
  };
  for (const Case& c : std::vector<Case>{
           {"a", "b", "a/b"},
           {"a/", "b", "a/b"},
           {"a", "/b", "a/b"},
           {"a//", "//b", "a/b"},
           {"/", "b", "/b"},
           {"", "b", "b"},
           {"", "/b", "/b"},
           {"a", "", "a"},
           {"a/b", "c/", "a/b/c/"},
       }) {
    EXPECT_THAT(JoinPath(c.first, c.second), Eq(c.joined));
  }
  EXPECT_THAT(JoinPath("a", "b", "c", "d"), Eq("a/b/c/d"));
}

TEST(BasenameTest, SplitsAtTheLastSlash) {
  struct Case {
    std::string_view path, dirname, basename;
  };
  for (const Case& c : std::vector<Case>{
           {"a/b", "a", "b"},
           {"/a/b", "/a", "b"},
           {"/a", "/", "a"},
           {"//a", "/", "a"},
           {"a", "", "a"},
           {"a/", "a", ""},
           {"a//b", "a", "b"},
           {"/", "/", ""},
           {"", "", ""},
       }) {
    EXPECT_THAT(Dirname(c.path), Eq(c.dirname)) << c.path;
    EXPECT_THAT(Basename(c.path), Eq(c.basename)) << c.path;
  }
}

class LinkedTreeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_.Write("top/sub/file", "x");
    dir_.Write("top-sibling/file", "x");
    Link("sub", "top/inner");
    Link("..", "top/sub/up");
    Link("/nowhere/at/all", "top/dangling");
    Link("loop", "top/loop");
    Link(dir_.Path("top-sibling"), "top/outside");
  }
  void Link(const std::string& target, std::string_view name) {
    ASSERT_EQ(::symlink(target.c_str(), dir_.Path(name).c_str()), 0);
  }
  TempDir dir_;
};

TEST_F(LinkedTreeTest, RealPathResolvesAsPythonDoes) {
  struct Case {
    std::string path, real;
  };
  for (const Case& c : std::vector<Case>{
           {dir_.Path("top/./sub//file"), dir_.Path("top/sub/file")},
           {dir_.Path("top/inner/file"), dir_.Path("top/sub/file")},
           {dir_.Path("top/inner/../sub"), dir_.Path("top/sub")},
           {dir_.Path("top/sub/up/inner"), dir_.Path("top/sub")},
           {dir_.Path("top/outside/.."), dir_.path()},
           {dir_.Path("top/dangling/x"), "/nowhere/at/all/x"},
           {dir_.Path("missing/../top"), dir_.Path("top")},
           {"/..", "/"},
           {"/", "/"},
       }) {
    EXPECT_THAT(RealPath(c.path), IsOkAndHolds(c.real)) << c.path;
  }
  EXPECT_THAT(RealPath(dir_.Path("top/loop")), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(LinkedTreeTest, RelativePathsStartInTheCurrentFolder) {
  char current[4096];
  ASSERT_NE(::getcwd(current, sizeof(current)), nullptr);
  EXPECT_THAT(RealPath("x"), IsOkAndHolds(JoinPath(current, "x")));
  EXPECT_THAT(RealPath(""), IsOkAndHolds(Eq(current)));
}

TEST_F(LinkedTreeTest, IsBeneathLooksThroughLinks) {
  struct Case {
    std::string_view path, parent;
    bool beneath;
  };
  for (const Case& c : std::vector<Case>{
           {"top/sub/file", "top", true},
           {"top", "top", true},
           {"top/", "top", true},
           {"top/not/there", "top", true},
           {"top/inner/file", "top/sub", true},
           {"top/sub", "top/inner", true},
           {"top-sibling", "top", false},
           {"top/../top-sibling", "top", false},
           {"top/outside/file", "top", false},
           {"top/dangling", "top", false},
           {"", "top", false},
       }) {
    EXPECT_THAT(IsBeneath(dir_.Path(c.path), dir_.Path(c.parent)), IsOkAndHolds(c.beneath))
        << c.path;
  }
  EXPECT_THAT(IsBeneath(dir_.path(), "/"), IsOkAndHolds(true));
  EXPECT_THAT(IsBeneath(dir_.Path("top/loop"), dir_.Path("top")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(ResolveAgainstWorkingDirectoryTest, OnlyRelativePathsMove) {
  EXPECT_THAT(ResolveAgainstWorkingDirectory("a", "/home/u"), Eq("/home/u/a"));
  EXPECT_THAT(ResolveAgainstWorkingDirectory("/a", "/home/u"), Eq("/a"));
  EXPECT_THAT(ResolveAgainstWorkingDirectory("a", ""), Eq("a"));
  EXPECT_THAT(ResolveAgainstWorkingDirectory("", "/home/u"), Eq(""));
}

}  // namespace
}  // namespace scriptworker
