// SPDX-License-Identifier: MPL-2.0

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/descriptors_left.h"
#include "scriptworker/base/testing/ordinary_user.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

bool Exists(const std::string& path) {
  struct stat info;
  return ::lstat(path.c_str(), &info) == 0;
}

void Link(const std::string& target, const std::string& path) {
  ASSERT_EQ(::symlink(target.c_str(), path.c_str()), 0) << path;
}

void Close(std::string_view folder, mode_t mode, const TempDir& dir) {
  ASSERT_EQ(::chmod(dir.Path(folder).c_str(), mode), 0) << folder;
}

// To a user that the tests do not run as, if there is one that they may name.
bool GiveAway(std::string_view folder, const TempDir& dir) {
  constexpr uid_t kNobody = 65534;
  return ::geteuid() != kNobody && ::chown(dir.Path(folder).c_str(), kNobody, kNobody) == 0;
}

TEST(RemoveTreeTest, RemovesFilesFoldersAndNothing) {
  const TempDir dir;
  dir.Write("tree/a/b", "x");
  dir.Write("tree/c", "x");
  EXPECT_THAT(RemoveTree(dir.Path("tree")), IsOk());
  EXPECT_FALSE(Exists(dir.Path("tree")));
  EXPECT_THAT(RemoveTree(dir.Path("tree")), IsOk());
  EXPECT_THAT(RemoveTree(dir.Write("file", "x")), IsOk());
  EXPECT_FALSE(Exists(dir.Path("file")));
}

TEST(RemoveTreeTest, NeverFollowsASymbolicLink) {
  const TempDir dir;
  const std::string kept = dir.Write("outside/kept", "x");
  ASSERT_THAT(MakeDirs(dir.Path("tree/a")), IsOk());
  Link(dir.Path("outside"), dir.Path("tree/a/link"));
  Link(dir.Path("outside"), dir.Path("link"));
  EXPECT_THAT(RemoveTree(dir.Path("tree")), IsOk());
  EXPECT_THAT(RemoveTree(dir.Path("link")), IsOk());
  EXPECT_FALSE(Exists(dir.Path("link")));
  EXPECT_TRUE(Exists(kept));
}

TEST(RemoveTreeTest, OpensUpFoldersWithoutPermissions) {
  const TempDir dir;
  dir.Write("tree/unsearchable/file", "x");
  dir.Write("tree/closed/deeper/file", "x");
  Close("tree/closed/deeper", 0, dir);
  Close("tree/closed", 0500, dir);
  Close("tree/unsearchable", 0600, dir);
  Close("tree", 0, dir);
  {
    const OrdinaryUser ordinary;
    EXPECT_THAT(RemoveTree(dir.Path("tree")), IsOk());
  }
  EXPECT_FALSE(Exists(dir.Path("tree")));
}

TEST(RemoveTreeTest, GoesOnAfterWhatItMayNotRemoveAndNamesTheFirst) {
  const TempDir dir;
  dir.Write("tree/a/own", "x");
  dir.Write("tree/foreign/kept", "x");
  dir.Write("tree/foreign/folder/file", "x");
  dir.Write("tree/z", "x");
  if (!GiveAway("tree/foreign", dir)) GTEST_SKIP() << "SKIPPED: needs a second user";
  {
    const OrdinaryUser ordinary;
    EXPECT_THAT(RemoveTree(dir.Path("tree")),
                StatusIs(absl::StatusCode::kPermissionDenied,
                         HasSubstr(absl::StrCat("cannot remove ", dir.Path("tree/foreign/")))));
  }
  EXPECT_TRUE(Exists(dir.Path("tree/foreign/kept")));
  EXPECT_FALSE(Exists(dir.Path("tree/foreign/folder/file")));
  EXPECT_FALSE(Exists(dir.Path("tree/a")));
  EXPECT_FALSE(Exists(dir.Path("tree/z")));
}

TEST(RemoveTreeTest, AForeignFolderThatIsClosedIsLeftAndNamed) {
  const TempDir dir;
  dir.Write("tree/foreign/kept", "x");
  Close("tree/foreign", 0700, dir);
  if (!GiveAway("tree/foreign", dir)) GTEST_SKIP() << "SKIPPED: needs a second user";
  for (const std::string_view top : {"tree", "tree/foreign"}) {
    const OrdinaryUser ordinary;
    EXPECT_THAT(RemoveTree(dir.Path(top)),
                StatusIs(absl::StatusCode::kPermissionDenied,
                         HasSubstr(absl::StrCat("cannot open ", dir.Path("tree/foreign")))));
  }
  EXPECT_TRUE(Exists(dir.Path("tree/foreign/kept")));
}

TEST(RemoveTreeTest, WhatCannotBeMovedUpFromTheDepthIsNamed) {
  const TempDir dir;
  std::string deep = "tree";
  for (int depth = 0; depth < 64; ++depth) deep += "/d";
  dir.Write(deep + "/below/file", "x");
  if (!GiveAway(deep, dir)) GTEST_SKIP() << "SKIPPED: needs a second user";
  {
    const OrdinaryUser ordinary;
    EXPECT_THAT(RemoveTree(dir.Path("tree")),
                StatusIs(absl::StatusCode::kPermissionDenied,
                         HasSubstr(absl::StrCat("cannot remove ", dir.Path(deep), "/below"))));
  }
  EXPECT_TRUE(Exists(dir.Path(deep + "/below/file")));
}

TEST(RemoveTreeTest, FilesThatNobodyCanRemoveAreNamed) {
  EXPECT_THAT(
      RemoveTreeContents("/proc/self/fdinfo"),
      StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("cannot remove /proc/self/fdinfo/")));
}

TEST(RemoveTreeTest, WithoutDescriptorsItSaysHowFarItCame) {
  const TempDir dir;
  const std::string messages[] = {
      absl::StrCat("cannot open ", dir.Path("tree")),
      absl::StrCat("cannot list ", dir.Path("tree")),
      absl::StrCat("cannot list ", dir.Path("tree/folder")),
  };
  for (int left = 0; left < 3; ++left) {
    dir.Write("tree/file", "x");
    const std::string deep = dir.Write("tree/folder/file", "x");
    EXPECT_THAT(
        WithDescriptorsLeft(left, [&] { return RemoveTree(dir.Path("tree")); }),
        StatusIs(absl::StatusCode::kResourceExhausted, testing::StartsWith(messages[left] + ":")));
    EXPECT_TRUE(Exists(deep)) << left;
    EXPECT_EQ(Exists(dir.Path("tree/file")), left < 2) << left;
  }
  EXPECT_THAT(WithDescriptorsLeft(3, [&] { return RemoveTree(dir.Path("tree")); }), IsOk());
}

TEST(RemoveTreeTest, RemovesATreeDeeperThanAnyPathAndDescriptorLimit) {
  const TempDir dir;
  ASSERT_THAT(MakeDirs(dir.Path("tree")), IsOk());
  // Names that the mover of deep folders would choose too.
  dir.Write("tree/.removing-0", "x");
  dir.Write("tree/.removing-1/file", "x");
  const std::string name(200, 'd');
  UniqueFd fd(::open(dir.Path("tree").c_str(), O_RDONLY | O_DIRECTORY));
  for (int depth = 0; depth < 300; ++depth) {
    ASSERT_EQ(::mkdirat(fd.get(), name.c_str(), 0755), 0);
    fd.reset(::openat(fd.get(), name.c_str(), O_RDONLY | O_DIRECTORY));
    ASSERT_TRUE(fd.valid());
  }
  rlimit limit;
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlim_t usual = std::exchange(limit.rlim_cur, 100);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_THAT(RemoveTree(dir.Path("tree")), IsOk());
  limit.rlim_cur = usual;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_FALSE(Exists(dir.Path("tree")));
}

TEST(RemoveTreeContentsTest, KeepsTheFolderItself) {
  const TempDir dir;
  dir.Write("tree/a/b", "x");
  EXPECT_THAT(RemoveTreeContents(dir.Path("tree")), IsOk());
  EXPECT_TRUE(Exists(dir.Path("tree")));
  EXPECT_FALSE(Exists(dir.Path("tree/a")));
  EXPECT_THAT(RemoveTreeContents(dir.Path("missing")), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace scriptworker
