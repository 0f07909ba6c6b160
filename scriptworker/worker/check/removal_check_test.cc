// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/check/removal_check.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/ordinary_user.h"
#include "scriptworker/base/testing/temp_dir.h"

namespace scriptworker::worker {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr uid_t kOther = 65534;

// As an ordinary user, who owns what the test makes and gives to nobody else.
std::string Objection(const std::string& folder) {
  const OrdinaryUser ordinary;
  return ObjectionToEmptying(folder);
}

// Gives it to another user; false if this one may not.
bool GiveAway(const std::string& path) { return ::lchown(path.c_str(), kOther, kOther) == 0; }

TEST(RemovalCheckTest, WhatThisUserOwnsCanBeRemovedWhateverItsMode) {
  const TempDir temp;
  temp.Write("work/sub/file", "x");
  temp.Write("work/closed/file", "x");
  std::filesystem::create_symlink("/proc", temp.Path("work/link"));
  ASSERT_EQ(::chmod(temp.Path("work/sub").c_str(), 0500), 0);
  ASSERT_EQ(::chmod(temp.Path("work/closed").c_str(), 0), 0);
  EXPECT_EQ(Objection(temp.Path("work")), "");
  EXPECT_TRUE(std::filesystem::exists(temp.Path("work/sub/file")));
  ASSERT_EQ(::chmod(temp.Path("work/sub").c_str(), 0700), 0);
  ASSERT_EQ(::chmod(temp.Path("work/closed").c_str(), 0700), 0);
}

TEST(RemovalCheckTest, AFolderThatIsMissingIsNoReason) {
  EXPECT_EQ(Objection("/nowhere/at/all"), "");
}

TEST(RemovalCheckTest, AnotherUsersFolderWithSomethingInItIsNamed) {
  const TempDir temp;
  temp.Write("work/a", "x");
  temp.Write("work/sub/file", "x");
  const std::string why = absl::StrCat(": user ", ::geteuid(), " cannot remove what is in it");
  if (::geteuid() != 0) {
    EXPECT_EQ(Objection("/usr"), absl::StrCat("/usr", why)) << "the superuser's";
    return;
  }
  ASSERT_TRUE(GiveAway(temp.Path("work/sub")));
  EXPECT_EQ(Objection(temp.Path("work")), absl::StrCat(temp.Path("work/sub"), why));
  ASSERT_EQ(::unlink(temp.Path("work/sub/file").c_str()), 0);
  EXPECT_EQ(Objection(temp.Path("work")), "") << "an empty one is removed from above";
}

TEST(RemovalCheckTest, NorIsAnotherUsersFolderThatIsClosed) {
  const TempDir temp;
  temp.Write("work/sub/file", "x");
  if (!GiveAway(temp.Path("work/sub"))) GTEST_SKIP() << "SKIPPED: not the superuser";
  ASSERT_EQ(::chmod(temp.Path("work/sub").c_str(), 0700), 0);
  EXPECT_THAT(Objection(temp.Path("work")),
              AllOf(StartsWith(temp.Path("work/sub")), HasSubstr("cannot open it")));
}

TEST(RemovalCheckTest, AnotherUsersFileInAStickyFolderOfAThirdIsNamed) {
  const TempDir temp;
  const std::string file = temp.Write("work/file", "x");
  ASSERT_EQ(::chmod(temp.Path("work").c_str(), 01777), 0);
  if (!GiveAway(file)) GTEST_SKIP() << "SKIPPED: not the superuser";
  EXPECT_EQ(Objection(temp.Path("work")), "") << "the folder's owner removes anybody's";
  ASSERT_TRUE(GiveAway(temp.Path("work")));
  EXPECT_THAT(Objection(temp.Path("work")), AllOf(StartsWith(file), HasSubstr("sticky")));
  ASSERT_EQ(::chmod(temp.Path("work").c_str(), 0777), 0);
  EXPECT_EQ(Objection(temp.Path("work")), "");
}

TEST(RemovalCheckTest, TheSuperuserRemovesAnybodysButNoOtherFileSystem) {
  if (::geteuid() != 0) {
    // Another's in any case.
    EXPECT_THAT(ObjectionToEmptying("/dev"), StartsWith("/dev"));
    return;
  }
  const TempDir temp;
  temp.Write("work/sub/file", "x");
  ASSERT_TRUE(GiveAway(temp.Path("work/sub")));
  EXPECT_EQ(ObjectionToEmptying(temp.Path("work")), "");
  EXPECT_THAT(ObjectionToEmptying("/dev"),
              AllOf(StartsWith("/dev/"), HasSubstr("another file system is mounted there")));
}

}  // namespace
}  // namespace scriptworker::worker
