// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/file.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/testing/descriptors_left.h"
#include "scriptworker/base/testing/ordinary_user.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

bool Exists(const std::string& path) {
  struct stat info;
  return ::lstat(path.c_str(), &info) == 0;
}

mode_t Mode(const std::string& path) {
  struct stat info;
  EXPECT_EQ(::lstat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

void Link(const std::string& target, const std::string& path) {
  ASSERT_EQ(::symlink(target.c_str(), path.c_str()), 0) << path;
}

TEST(ReadFileTest, ReadsAllBytes) {
  const TempDir dir;
  for (const size_t size : {0u, 1u, 4095u, 4096u, 4097u, 100'000u}) {
    const std::string content(size, '\0');
    EXPECT_THAT(ReadFile(dir.Write("file", content)), IsOkAndHolds(content));
  }
}

TEST(ReadFileTest, ReadsWhatDoesNotSayItsSize) {
  EXPECT_THAT(ReadFile("/proc/self/stat"), IsOkAndHolds(HasSubstr(std::to_string(::getpid()))));
}

TEST(ReadFileTest, RefusesMoreThanTheCap) {
  const TempDir dir;
  const std::string path = dir.Write("file", "12345");
  EXPECT_THAT(ReadFile(path, 5), IsOkAndHolds(Eq("12345")));
  EXPECT_THAT(ReadFile(path, 4), StatusIs(absl::StatusCode::kResourceExhausted,
                                          AllOf(HasSubstr(path), HasSubstr("4 bytes"))));
  EXPECT_THAT(ReadFile("/dev/zero", 10'000), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(ReadFileTest, ErrorsNameThePath) {
  const TempDir dir;
  EXPECT_THAT(ReadFile(dir.Path("missing")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(dir.Path("missing"))));
  EXPECT_THAT(ReadFile(dir.path()).status().message(), HasSubstr(dir.path()));
}

TEST(WriteFileTest, ReplacesTheContent) {
  const TempDir dir;
  const std::string path = dir.Path("file");
  ASSERT_THAT(WriteFile(path, "long content"), IsOk());
  ASSERT_THAT(WriteFile(path, "short"), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(Eq("short")));
}

TEST(WriteFileTest, OnlyTakesPermissionsAway) {
  const TempDir dir;
  const std::string secret = dir.Path("secret");
  ASSERT_THAT(WriteFile(secret, "x", 0600), IsOk());
  EXPECT_EQ(Mode(secret), 0600u);
  ASSERT_THAT(WriteFile(secret, "x", 0644), IsOk());
  EXPECT_EQ(Mode(secret), 0600u);
  const std::string open = dir.Write("open", "x");
  ASSERT_EQ(::chmod(open.c_str(), 0666), 0);
  ASSERT_THAT(WriteFile(open, "x", 0640), IsOk());
  EXPECT_EQ(Mode(open), 0640u);
}

TEST(WriteFileTest, DoesNotWriteThroughASymbolicLink) {
  const TempDir dir;
  const std::string target = dir.Write("target", "kept");
  Link(target, dir.Path("link"));
  EXPECT_THAT(WriteFile(dir.Path("link"), "evil"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("symbolic link")));
  EXPECT_THAT(ReadFile(target), IsOkAndHolds(Eq("kept")));
}

TEST(WriteFileTest, IsNotHeldUpByAFifo) {
  const TempDir dir;
  ASSERT_EQ(::mkfifo(dir.Path("fifo").c_str(), 0600), 0);
  EXPECT_FALSE(WriteFile(dir.Path("fifo"), "x").ok());
}

TEST(AtomicWriteFileTest, ReplacesEvenALinkAndSetsTheMode) {
  const TempDir dir;
  const std::string target = dir.Write("target", "kept");
  const std::string path = dir.Path("file");
  Link(target, path);
  ASSERT_THAT(AtomicWriteFile(path, "new", 0640), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(Eq("new")));
  EXPECT_EQ(Mode(path), 0640u);
  EXPECT_THAT(ReadFile(target), IsOkAndHolds(Eq("kept")));
}

TEST(AtomicWriteFileTest, LeavesNothingBehindOnError) {
  const TempDir dir;
  dir.Write("folder/file", "x");  // a file cannot replace a folder
  EXPECT_FALSE(AtomicWriteFile(dir.Path("folder"), "new").ok());
  EXPECT_FALSE(AtomicWriteFile(dir.Path("missing/file"), "new").ok());
  const absl::StatusOr<FileListing> listing = ListFiles(dir.path());
  ASSERT_THAT(listing, IsOk());
  EXPECT_THAT(listing->files, ElementsAre("folder/file"));
}

TEST(MakeDirsTest, MakesWhatIsMissing) {
  const TempDir dir;
  EXPECT_THAT(MakeDirs(dir.Path("a/b/c")), IsOk());
  EXPECT_THAT(MakeDirs(dir.Path("a/b/c")), IsOk());
  EXPECT_THAT(MakeDirs(dir.Path("a/b//d/")), IsOk());
  EXPECT_TRUE(Exists(dir.Path("a/b/c")));
  EXPECT_TRUE(Exists(dir.Path("a/b/d")));
  EXPECT_THAT(MakeDirs(""), IsOk());
  EXPECT_THAT(MakeDirs("/"), IsOk());
}

TEST(MakeDirsTest, RefusesWhatIsInTheWay) {
  const TempDir dir;
  dir.Write("file", "x");
  Link("file", dir.Path("link-to-file"));
  Link("missing", dir.Path("dangling"));
  for (const std::string_view name : {"file", "link-to-file", "dangling", "file/below"}) {
    EXPECT_THAT(MakeDirs(dir.Path(name)),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(dir.Path(name))));
  }
  ASSERT_THAT(MakeDirs(dir.Path("folder")), IsOk());
  Link("folder", dir.Path("link-to-folder"));
  EXPECT_THAT(MakeDirs(dir.Path("link-to-folder")), IsOk());
}

TEST(ListFilesTest, ListsRegularFilesSorted) {
  const TempDir dir;
  for (const std::string_view name : {"b", "a/z", "a/b/c", "a.txt", "A", "line\nbreak"}) {
    dir.Write(name, "x");
  }
  ASSERT_THAT(MakeDirs(dir.Path("empty")), IsOk());
  const absl::StatusOr<FileListing> listing = ListFiles(dir.path());
  ASSERT_THAT(listing, IsOk());
  EXPECT_THAT(listing->files, ElementsAre("A", "a.txt", "a/b/c", "a/z", "b", "line\nbreak"));
  EXPECT_THAT(listing->skipped, IsEmpty());
}

TEST(ListFilesTest, ReportsEachKindThatItSkips) {
  const TempDir dir;
  dir.Write("file", "x");
  dir.Write("outside/secret", "x");
  const TempDir elsewhere;
  elsewhere.Write("secret", "x");
  Link(elsewhere.path(), dir.Path("link-to-folder"));
  Link(elsewhere.Path("secret"), dir.Path("link-to-file"));
  ASSERT_EQ(::mkfifo(dir.Path("fifo").c_str(), 0600), 0);
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  // A socket's name is short: bind it through the descriptor's own path.
  const UniqueFd folder(::open(dir.path().c_str(), O_RDONLY | O_DIRECTORY));
  const std::string name = "/proc/self/fd/" + std::to_string(folder.get()) + "/socket";
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  ASSERT_LT(name.size(), sizeof(address.sun_path));
  name.copy(address.sun_path, name.size());
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  const absl::StatusOr<FileListing> listing = ListFiles(dir.path());
  ASSERT_THAT(listing, IsOk());
  EXPECT_THAT(listing->files, ElementsAre("file", "outside/secret"));
  const auto skipped = [](std::string_view path, SkippedFile::Kind kind) {
    return AllOf(Field(&SkippedFile::path, Eq(path)), Field(&SkippedFile::kind, Eq(kind)));
  };
  EXPECT_THAT(listing->skipped, ElementsAre(skipped("fifo", SkippedFile::Kind::kFifo),
                                            skipped("link-to-file", SkippedFile::Kind::kSymlink),
                                            skipped("link-to-folder", SkippedFile::Kind::kSymlink),
                                            skipped("socket", SkippedFile::Kind::kSocket)));
}

TEST(ListFilesTest, NamesTheLimitThatIsPassed) {
  const TempDir dir;
  dir.Write("a/b/c", "x");
  EXPECT_THAT(ListFiles(dir.path(), {.max_files = 3, .max_depth = 2}), IsOk());
  EXPECT_THAT(ListFiles(dir.path(), {.max_files = 2, .max_depth = 2}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("2")));
  EXPECT_THAT(ListFiles(dir.path(), {.max_files = 3, .max_depth = 1}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("nested deeper")));
}

TEST(ListFilesTest, ReportsDevices) {
  if (!Exists("/dev/pts/ptmx")) GTEST_SKIP() << "SKIPPED: this machine has no /dev/pts";
  const absl::StatusOr<FileListing> listing = ListFiles("/dev/pts");
  ASSERT_THAT(listing, IsOk());
  EXPECT_THAT(listing->files, IsEmpty());
  EXPECT_THAT(listing->skipped,
              Contains(AllOf(Field(&SkippedFile::path, Eq("ptmx")),
                             Field(&SkippedFile::kind, Eq(SkippedFile::Kind::kDevice)))));
}

TEST(ListFilesTest, EachKindThatIsSkippedHasAName) {
  EXPECT_EQ(SkippedFileKindName(SkippedFile::Kind::kSymlink), "symbolic link");
  EXPECT_EQ(SkippedFileKindName(SkippedFile::Kind::kFifo), "fifo");
  EXPECT_EQ(SkippedFileKindName(SkippedFile::Kind::kSocket), "socket");
  EXPECT_EQ(SkippedFileKindName(SkippedFile::Kind::kDevice), "device");
  EXPECT_EQ(SkippedFileKindName(SkippedFile::Kind::kVanished), "file that vanished");
  EXPECT_EQ(SkippedFileKindName(SkippedFile::Kind::kForbidden),
            "file or folder that may not be looked into");
  EXPECT_EQ(SkippedFileKindName(SkippedFile::Kind::kTooDeep), "folder that is nested too deep");
}

TEST(ListFilesTest, AFolderThatThisUserMayNotReadIsAnErrorNotAGap) {
  const TempDir dir;
  dir.Write("a/folder/file", "x");
  const auto list_with_mode = [&dir](mode_t mode) {
    EXPECT_EQ(::chmod(dir.Path("a/folder").c_str(), mode), 0);
    const OrdinaryUser ordinary;
    return ListFiles(dir.path());
  };
  EXPECT_THAT(list_with_mode(0300),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("cannot open " + dir.Path("a/folder") + ":")));
  EXPECT_THAT(list_with_mode(0600),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("cannot examine " + dir.Path("a/folder/file"))));
  EXPECT_THAT(list_with_mode(0500), IsOk());
}

TEST(ListFilesTest, WhatIsClosedIsSkippedIfThatIsWanted) {
  const TempDir dir;
  dir.Write("file", "x");
  dir.Write("closed/file", "x");
  dir.Write("listed/file", "x");
  dir.Write("a/deep/folder/file", "x");
  ASSERT_EQ(::chmod(dir.Path("closed").c_str(), 0300), 0);
  ASSERT_EQ(::chmod(dir.Path("listed").c_str(), 0600), 0);
  const OrdinaryUser ordinary;
  const absl::StatusOr<FileListing> listing =
      ListFiles(dir.path(), {.max_depth = 1, .skip_closed = true});
  ASSERT_THAT(listing, IsOk());
  EXPECT_THAT(listing->files, ElementsAre("file"));
  const auto skipped = [](std::string_view path, SkippedFile::Kind kind) {
    return AllOf(Field(&SkippedFile::path, Eq(path)), Field(&SkippedFile::kind, Eq(kind)));
  };
  EXPECT_THAT(listing->skipped, ElementsAre(skipped("a/deep", SkippedFile::Kind::kTooDeep),
                                            skipped("closed", SkippedFile::Kind::kForbidden),
                                            skipped("listed/file", SkippedFile::Kind::kForbidden)));
}

TEST(ListFilesTest, TooFewDescriptorsAreAnErrorNotAGap) {
  const TempDir dir;
  dir.Write("a/b/file", "x");
  EXPECT_THAT(
      WithDescriptorsLeft(2, [&] { return ListFiles(dir.path()); }),
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("cannot open " + dir.Path("a/b"))));
}

TEST(ListFilesTest, NeverEntersALinkThatIsPutInAFoldersPlace) {
  const TempDir dir;
  const TempDir outside;
  outside.Write("secret", "x");
  dir.Write("top/folder/file", "x");
  Link(outside.path(), dir.Path("link"));
  const auto exchange = [&] {
    return ::renameat2(AT_FDCWD, dir.Path("link").c_str(), AT_FDCWD, dir.Path("top/folder").c_str(),
                       RENAME_EXCHANGE) == 0;
  };
  if (!exchange()) GTEST_SKIP() << "SKIPPED: this file system cannot exchange names";
  std::atomic<bool> done = false;
  std::thread attacker([&] {
    while (!done) EXPECT_TRUE(exchange());
  });
  bool saw_folder = false;
  bool saw_link = false;
  for (int i = 0; i < 5000; ++i) {
    const absl::StatusOr<FileListing> listing = ListFiles(dir.Path("top"));
    EXPECT_THAT(listing, IsOk());
    if (!listing.ok()) break;
    EXPECT_THAT(listing->files, Each(Eq("folder/file")));
    saw_folder |= !listing->files.empty();
    saw_link |= !listing->skipped.empty();
  }
  done = true;
  attacker.join();
  EXPECT_TRUE(saw_folder);
  EXPECT_TRUE(saw_link);
}

TEST(ListFilesTest, ReportsFilesThatVanishWhileItLists) {
  const TempDir dir;
  constexpr size_t kFiles = 1000;
  bool seen = false;
  for (int round = 0; round < 100 && !seen; ++round) {
    for (size_t i = 0; i < kFiles; ++i) dir.Write("f" + std::to_string(i), "");
    std::atomic<bool> gone = false;
    std::thread remover([&] {
      // In another order than that of the folder, which the listing follows.
      for (size_t i = 0; i < kFiles; ++i) ::unlink(dir.Path("f" + std::to_string(i)).c_str());
      gone = true;
    });
    while (!gone) {
      const absl::StatusOr<FileListing> listing = ListFiles(dir.path());
      EXPECT_THAT(listing, IsOk());
      if (!listing.ok()) break;
      EXPECT_LE(listing->files.size() + listing->skipped.size(), kFiles);
      for (const SkippedFile& skipped : listing->skipped) {
        EXPECT_EQ(skipped.kind, SkippedFile::Kind::kVanished) << skipped.path;
        seen = true;
      }
    }
    remover.join();
  }
  EXPECT_TRUE(seen) << "no file vanished at the right moment";
}

TEST(ListFilesTest, AMissingFolderIsNotFound) {
  EXPECT_THAT(ListFiles(TempDir().Path("missing")), StatusIs(absl::StatusCode::kNotFound));
}

TEST(OpenFileBeneathTest, OpensRegularFiles) {
  const TempDir dir;
  dir.Write("a/b", "content");
  const absl::StatusOr<UniqueFd> fd = OpenFileBeneath(dir.path(), "a/b");
  ASSERT_THAT(fd, IsOk());
  EXPECT_THAT(ReadAll(fd->get(), "a/b"), IsOkAndHolds(Eq("content")));
}

TEST(OpenFileBeneathTest, RefusesNamesThatAreNotPlain) {
  const TempDir dir;
  dir.Write("a/b", "x");
  using std::string_view_literals::operator""sv;
  for (const std::string_view name :
       {""sv, "/a/b"sv, "a//b"sv, "a/./b"sv, "a/../a/b"sv, ".."sv, "a/b/"sv, "a/b\0"sv}) {
    EXPECT_THAT(OpenFileBeneath(dir.path(), name), StatusIs(absl::StatusCode::kInvalidArgument))
        << name;
  }
}

TEST(OpenFileBeneathTest, RefusesLinksAndWhatIsNoFile) {
  const TempDir dir;
  dir.Write("a/b", "x");
  Link("a", dir.Path("link-to-folder"));
  Link("a/b", dir.Path("link-to-file"));
  Link("missing", dir.Path("dangling"));
  ASSERT_EQ(::mkfifo(dir.Path("fifo").c_str(), 0600), 0);
  for (const std::string_view name :
       {"link-to-folder/b", "link-to-file", "dangling", "fifo", "a", "a/b/c"}) {
    EXPECT_THAT(OpenFileBeneath(dir.path(), name), StatusIs(absl::StatusCode::kFailedPrecondition))
        << name;
  }
  EXPECT_THAT(OpenFileBeneath(dir.path(), "missing"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(UniqueFdTest, ClosesWhatItOwns) {
  UniqueFd first(::open("/dev/null", O_RDONLY));
  ASSERT_TRUE(first.valid());
  const int fd = first.get();
  UniqueFd second = std::move(first);
  EXPECT_FALSE(first.valid());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(second.get(), fd);
  second.reset();
  EXPECT_EQ(::fcntl(fd, F_GETFD), -1);
}

}  // namespace
}  // namespace scriptworker
