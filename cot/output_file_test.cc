// SPDX-License-Identifier: MPL-2.0
#include "cot/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class OutputFileTest : public ::testing::Test {
 protected:
  static mode_t ModeOf(const std::string& path) {
    struct stat info = {};
    EXPECT_EQ(::lstat(path.c_str(), &info), 0) << path;
    return info.st_mode;
  }

  scriptworker::TempDir dir_;
};

TEST_F(OutputFileTest, NothingChangesBeforeItIsWritten) {
  const std::string old = dir_.Write("old", "of an earlier run");
  ASSERT_EQ(::chmod(old.c_str(), 0600), 0);
  const auto file = OutputFile::Create(old);
  const auto new_file = OutputFile::Create(dir_.Path("new"));
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT(new_file, IsOk());
  EXPECT_THAT(scriptworker::ReadFile(old), IsOkAndHolds("of an earlier run"));
  EXPECT_THAT(scriptworker::ListFiles(dir_.path())->files, ElementsAre("old"));
  EXPECT_THAT(file->Write("of this one"), IsOk());
  EXPECT_THAT(new_file->Write("new"), IsOk());
  EXPECT_THAT(scriptworker::ReadFile(old), IsOkAndHolds("of this one"));
  EXPECT_EQ(ModeOf(old), mode_t{S_IFREG | 0600});
  EXPECT_THAT(scriptworker::ReadFile(dir_.Path("new")), IsOkAndHolds("new"));
  EXPECT_THAT(scriptworker::ListFiles(dir_.path())->files, ElementsAre("new", "old"));
}

TEST_F(OutputFileTest, ANewFileIsForWhomTheUmaskSays) {
  for (const mode_t mask : {mode_t{022}, mode_t{077}}) {
    const std::string path = dir_.Path(absl::StrCat("with", mask));
    const mode_t before = ::umask(mask);
    const auto file = OutputFile::Create(path);
    ::umask(before);
    ASSERT_THAT(file, IsOk());
    EXPECT_THAT(file->Write("new"), IsOk());
    EXPECT_EQ(ModeOf(path), S_IFREG | (mode_t{0644} & ~mask));
  }
}

TEST_F(OutputFileTest, ALinkStaysAndTheFileBehindItIsWritten) {
  const std::string old = dir_.Write("old", "");
  const std::string link = dir_.Path("link");
  ASSERT_EQ(::symlink("old", link.c_str()), 0);
  const auto file = OutputFile::Create(link);
  ASSERT_THAT(file, IsOk());
  EXPECT_TRUE(file->is_regular());
  EXPECT_THAT(file->Write("through it"), IsOk());
  EXPECT_TRUE(S_ISLNK(ModeOf(link)));
  EXPECT_THAT(scriptworker::ReadFile(old), IsOkAndHolds("through it"));
}

TEST_F(OutputFileTest, WhatIsNoRegularFileIsWrittenToAndStays) {
  const std::string pipe = dir_.Path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const scriptworker::UniqueFd reader(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  ASSERT_TRUE(reader.valid());
  {
    const auto file = OutputFile::Create(pipe);
    ASSERT_THAT(file, IsOk());
    EXPECT_FALSE(file->is_regular());
    EXPECT_THAT(file->Write("piped"), IsOk());
  }
  EXPECT_THAT(scriptworker::ReadAll(reader.get(), "pipe"), IsOkAndHolds("piped"));
  EXPECT_TRUE(S_ISFIFO(ModeOf(pipe)));

  const mode_t before = ModeOf("/dev/null");
  const auto nowhere = OutputFile::Create("/dev/null");
  ASSERT_THAT(nowhere, IsOk());
  EXPECT_THAT(nowhere->Write("away"), IsOk());
  EXPECT_EQ(ModeOf("/dev/null"), before);
}

TEST_F(OutputFileTest, TheOwnOutputIsWrittenToWhereItStands) {
  const auto file = OutputFile::Create("/dev/stdout");
  ASSERT_THAT(file, IsOk());
  EXPECT_FALSE(file->is_regular());
  EXPECT_THAT(file->Write("{}\n"), IsOk());
}

TEST_F(OutputFileTest, WhatCannotBeWrittenIsSaidWithItsPath) {
  ASSERT_EQ(::symlink("nothing", dir_.Path("link").c_str()), 0);
  const struct {
    std::string path;
    std::string reason;
  } cases[] = {
      {dir_.Path("no/such/folder/file"), "No such file"},
      {dir_.path(), "it is a folder"},
      {dir_.Path("link"), "it is a link to nothing"},
      {dir_.Write("file", "") + "/below", "Not a directory"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(OutputFile::Create(c.path),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(c.path), HasSubstr(c.reason))));
  }
}

}  // namespace
}  // namespace cot
