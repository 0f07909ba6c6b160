// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/har/recording_file.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/json/format.h"

namespace scriptworker::har {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Files of this process cannot grow beyond this: to write more fails, as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
    const rlimit limit = {.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  }
  ~FileSizeLimit() {
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before_), 0);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_ = {};
};

class RecordingFileTest : public ::testing::Test {
 protected:
  static absl::Status Record(const std::string& path, const std::vector<std::string>& bodies,
                             const std::string& text) {
    const auto file = RecordingFile::Create(path);
    if (!file.ok()) return file.status();
    std::string document = text;
    for (const std::string& body : bodies) {
      const auto name = (*file)->AddBody(body);
      if (!name.ok()) return name.status();
      absl::StrAppend(&document, " ", json::FormatString(*name));
    }
    return (*file)->Commit(document);
  }

  static mode_t ModeOf(const std::string& path) {
    struct stat info = {};
    EXPECT_EQ(::lstat(path.c_str(), &info), 0) << path;
    return info.st_mode;
  }

  std::vector<std::string> Files() const { return ListFiles(dir_.path())->files; }

  TempDir dir_;
};

TEST_F(RecordingFileTest, TakesThePlaceOfAnOlderOneWithItsBodies) {
  const std::string path = dir_.Path("x.har");
  dir_.Write("x.har.note.body", "not ours");
  dir_.Write("x.hare.0.body", "not ours");
  ASSERT_THAT(Record(path, {"a", "b"}, "first"), IsOk());
  EXPECT_THAT(Files(), ElementsAre("x.har", "x.har.0.body", "x.har.1.body", "x.har.note.body",
                                   "x.hare.0.body"));
  ASSERT_THAT(Record(path, {"c"}, "second"), IsOk());
  EXPECT_THAT(Files(), ElementsAre("x.har", "x.har.2.body", "x.har.note.body", "x.hare.0.body"));
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(R"(second "x.har.2.body")"));
  EXPECT_THAT(ReadFile(dir_.Path("x.har.2.body")), IsOkAndHolds("c"));
}

TEST_F(RecordingFileTest, BodiesGoWithTheDocumentAlsoIfJsonWritesTheirNameOtherwise) {
  for (const std::string name : {"pr\xc3\xbc"
                                 "fung.har",
                                 "a\"b\\c.har"}) {
    ASSERT_THAT(Record(dir_.Path(name), {"a"}, "first"), IsOk());
    ASSERT_THAT(Record(dir_.Path(name), {"b"}, "second"), IsOk());
    EXPECT_FALSE(ReadFile(dir_.Path(name + ".0.body")).ok()) << name;
    EXPECT_THAT(ReadFile(dir_.Path(name + ".1.body")), IsOkAndHolds("b")) << name;
  }
}

TEST_F(RecordingFileTest, BodiesOfADocumentThatWasRenamedStay) {
  const std::string path = dir_.Path("x.har");
  ASSERT_THAT(Record(path, {"a"}, "first"), IsOk());
  std::filesystem::rename(path, dir_.Path("good.har"));
  ASSERT_THAT(Record(path, {"b"}, "second"), IsOk());
  ASSERT_THAT(Record(path, {"c"}, "third"), IsOk());
  EXPECT_THAT(Files(), ElementsAre("good.har", "x.har", "x.har.0.body", "x.har.2.body"));
}

TEST_F(RecordingFileTest, WithoutCommitTheOlderOneStaysWithItsBodies) {
  const std::string path = dir_.Path("x.har");
  ASSERT_THAT(Record(path, {"a"}, "first"), IsOk());
  {
    const auto file = RecordingFile::Create(path);
    ASSERT_THAT(file, IsOk());
    EXPECT_THAT((*file)->AddBody("other"), IsOkAndHolds("x.har.1.body"));
    EXPECT_THAT(ReadFile(path), IsOkAndHolds(StartsWith("first")));
    EXPECT_THAT(ReadFile(dir_.Path("x.har.0.body")), IsOkAndHolds("a"));
  }
  EXPECT_THAT(Files(), ElementsAre("x.har", "x.har.0.body"));
}

TEST_F(RecordingFileTest, AFullDiskLeavesTheOlderOneAndNothingElse) {
  const std::string path = dir_.Path("x.har");
  ASSERT_THAT(Record(path, {"a"}, "first"), IsOk());
  for (const bool body_is_large : {true, false}) {
    const FileSizeLimit limit(1000);
    const std::string large(2000, 'x');
    EXPECT_THAT(
        Record(path, {"small", body_is_large ? large : "small"}, body_is_large ? "small" : large),
        StatusIs(Not(absl::StatusCode::kOk), HasSubstr(path)));
  }
  EXPECT_THAT(Files(), ElementsAre("x.har", "x.har.0.body"));
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(StartsWith("first")));
  EXPECT_THAT(ReadFile(dir_.Path("x.har.0.body")), IsOkAndHolds("a"));
}

TEST_F(RecordingFileTest, ANewFileIsForWhomTheUmaskSaysAndAnOldOneKeepsItsMode) {
  for (const mode_t mask : {mode_t{022}, mode_t{077}}) {
    const std::string path = dir_.Path(absl::StrCat(mask));
    const mode_t before = ::umask(mask);
    EXPECT_THAT(Record(path, {"body"}, "new"), IsOk());
    ::umask(before);
    EXPECT_EQ(ModeOf(path), S_IFREG | (mode_t{0644} & ~mask));
    EXPECT_EQ(ModeOf(path + ".0.body"), S_IFREG | (mode_t{0644} & ~mask));
  }
  const std::string old = dir_.Write("old", "");
  ASSERT_EQ(::chmod(old.c_str(), 0600), 0);
  EXPECT_THAT(Record(old, {"body"}, "new"), IsOk());
  EXPECT_EQ(ModeOf(old), mode_t{S_IFREG | 0600});
  EXPECT_EQ(ModeOf(old + ".0.body"), mode_t{S_IFREG | 0600});
}

TEST_F(RecordingFileTest, APipeWithoutReaderIsAnErrorAndNotWaitedFor) {
  const std::string pipe = dir_.Path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(Record(pipe, {}, "new"), StatusIs(Not(absl::StatusCode::kOk), HasSubstr(pipe)));
}

TEST_F(RecordingFileTest, WhatIsNoRegularFileIsNotReplaced) {
  dir_.Write("target", "stays");
  const std::string link = dir_.Path("link");
  ASSERT_EQ(::symlink("target", link.c_str()), 0);
  EXPECT_THAT(Record(link, {"body"}, "new"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(link)));
  EXPECT_THAT(Record(dir_.path(), {}, "new"), StatusIs(Not(absl::StatusCode::kOk)));
  EXPECT_THAT(Record(dir_.Path("no/such/x.har"), {}, "new"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no/such/x.har")));
  EXPECT_THAT(Files(), ElementsAre("target"));
  EXPECT_THAT(ReadFile(dir_.Path("target")), IsOkAndHolds("stays"));
  const mode_t before = ModeOf("/dev/null");
  EXPECT_THAT(Record("/dev/null", {}, "away"), IsOk());
  EXPECT_EQ(ModeOf("/dev/null"), before);
}

}  // namespace
}  // namespace scriptworker::har
