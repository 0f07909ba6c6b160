// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/base/file_beneath.h"

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"

namespace scriptworker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(WriteFileBeneathTest, MakesTheFoldersAndReplacesTheFile) {
  const TempDir dir;
  EXPECT_THAT(WriteFileBeneath(dir.path(), "a/b/c.txt", "a long text"), IsOk());
  EXPECT_THAT(WriteFileBeneath(dir.path(), "a/b/c.txt", "short"), IsOk());
  EXPECT_THAT(ReadFile(dir.Path("a/b/c.txt")), IsOkAndHolds("short"));
  EXPECT_THAT(ListFiles(dir.path())->files, ElementsAre("a/b/c.txt"));
}

TEST(WriteFileBeneathTest, NeverFollowsALinkToAFolder) {
  const TempDir dir, outside;
  std::filesystem::create_directory_symlink(outside.path(), dir.Path("link"));
  EXPECT_THAT(WriteFileBeneath(dir.path(), "link/c.txt", "x"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(WriteFileBeneath(dir.path(), "link/b/c.txt", "x"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ListFiles(outside.path())->files, IsEmpty());
}

TEST(WriteFileBeneathTest, ReplacesALinkInsteadOfWritingThroughIt) {
  const TempDir dir, outside;
  const std::string precious = outside.Write("precious", "as it was");
  std::filesystem::create_symlink(precious, dir.Path("c.txt"));
  EXPECT_THAT(WriteFileBeneath(dir.path(), "c.txt", "x"), IsOk());
  EXPECT_THAT(ReadFile(precious), IsOkAndHolds("as it was"));
  EXPECT_THAT(ReadFile(dir.Path("c.txt")), IsOkAndHolds("x"));
}

TEST(WriteFileBeneathTest, TheFolderItselfMayBeALink) {
  const TempDir dir, other;
  std::filesystem::create_directory_symlink(other.path(), dir.Path("work"));
  EXPECT_THAT(WriteFileBeneath(dir.Path("work"), "c.txt", "x"), IsOk());
  EXPECT_THAT(ReadFile(other.Path("c.txt")), IsOkAndHolds("x"));
}

TEST(WriteFileBeneathTest, AFileWhereAFolderShouldBeIsAnError) {
  const TempDir dir;
  dir.Write("a", "a file");
  EXPECT_THAT(WriteFileBeneath(dir.path(), "a/c.txt", "x"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(WriteFileBeneathTest, LeavesNothingBehindWhereTheNameIsTaken) {
  const TempDir dir;
  dir.Write("c.txt/d", "in a folder of that name");
  EXPECT_FALSE(WriteFileBeneath(dir.path(), "c.txt", "x").ok());
  EXPECT_THAT(ListFiles(dir.path())->files, ElementsAre("c.txt/d"));
}

TEST(MakeParentsBeneathTest, RefusesNamesThatAreNotPlain) {
  const TempDir dir;
  for (const char* name : {"", "/a", "a//b", "./a", "../a", "a/..", "a/", "."}) {
    EXPECT_THAT(MakeParentsBeneath(dir.path(), name), StatusIs(absl::StatusCode::kInvalidArgument))
        << name;
  }
}

}  // namespace
}  // namespace scriptworker
