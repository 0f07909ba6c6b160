// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/artifact_file.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1700000000);

class ArtifactFileTest : public ::testing::Test {
 protected:
  absl::StatusOr<ArtifactFile> Open(std::string_view name) {
    return ArtifactFile::Open(folder_.path(), ArtifactName::Parse(name).value());
  }

  TempDir folder_;
  TempDir outside_;
};

TEST_F(ArtifactFileTest, OpensARegularFileInAFolder) {
  folder_.Write("public/a/b.bin", "content");
  const auto file = Open("public/a/b.bin");
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->size(), 7);
  EXPECT_EQ(ReadAll(file->fd(), "file").value(), "content");
}

TEST_F(ArtifactFileTest, SaysWhatIsMissing) {
  EXPECT_THAT(Open("public/a"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("public/a")));
}

TEST_F(ArtifactFileTest, RefusesEveryKindOfThingThatIsNoRegularFile) {
  outside_.Write("key", "private");
  std::filesystem::create_symlink(outside_.Path("key"), folder_.Path("link"));
  std::filesystem::create_symlink("nowhere", folder_.Path("dangling"));
  std::filesystem::create_directory_symlink(outside_.path(), folder_.Path("linked"));
  std::filesystem::create_directory(folder_.Path("folder"));
  ASSERT_EQ(::mkfifo(folder_.Path("fifo").c_str(), 0600), 0);
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  // A socket's path must be short.
  const UniqueFd folder(::open(folder_.path().c_str(), O_RDONLY | O_DIRECTORY));
  const std::string path = absl::StrCat("/proc/self/fd/", folder.get(), "/socket");
  ASSERT_LT(path.size(), sizeof(address.sun_path));
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  folder_.Write("file", "");
  for (const std::string_view name :
       {"link", "dangling", "linked/key", "folder", "fifo", "socket", "file/x"}) {
    EXPECT_THAT(Open(name), StatusIs(absl::StatusCode::kFailedPrecondition)) << name;
  }
}

TEST_F(ArtifactFileTest, StaysTheFileThatWasOpened) {
  folder_.Write("a", "before");
  const auto file = Open("a");
  ASSERT_THAT(file, IsOk());
  std::filesystem::remove(folder_.Path("a"));
  folder_.Write("a", "after");
  EXPECT_EQ(ReadAll(file->fd(), "file").value(), "before");
}

TEST_F(ArtifactFileTest, CompressReplacesTheFileAndGoesOnWithTheNewOne) {
  folder_.Write("public/a.log", "hello\n");
  ASSERT_EQ(::chmod(folder_.Path("public/a.log").c_str(), 0640), 0);
  auto file = Open("public/a.log");
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT(file->Hash(crypto::HashAlgorithm::kSha256), IsOk());
  EXPECT_EQ(file->digest(), crypto::HexEncode(crypto::Sha256("hello\n")));
  ASSERT_THAT(file->Compress(kNow), IsOk());
  const std::string on_disk = ReadFile(folder_.Path("public/a.log")).value();
  EXPECT_EQ(crypto::HexEncode(on_disk),
            "1f8b080800f1536502ff612e6c6f6700cb48cdc9c9e7020020303a3606000000");
  EXPECT_EQ(file->size(), static_cast<int64_t>(on_disk.size()));
  EXPECT_EQ(file->digest(), crypto::HexEncode(crypto::Sha256(on_disk))) << "of what is sent";
  struct stat by_name, by_descriptor;
  ASSERT_EQ(::stat(folder_.Path("public/a.log").c_str(), &by_name), 0);
  ASSERT_EQ(::fstat(file->fd(), &by_descriptor), 0);
  EXPECT_EQ(by_name.st_ino, by_descriptor.st_ino);
  EXPECT_EQ(by_name.st_mode & 0777u, 0640u);
  EXPECT_THAT(ListFiles(folder_.path())->files, ElementsAre("public/a.log"));
}

TEST_F(ArtifactFileTest, BytesThatWereNotHashedAreNotCompressed) {
  folder_.Write("a.log", "hello\n");
  auto file = Open("a.log");
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT(file->Hash(crypto::HashAlgorithm::kSha512), IsOk());
  ASSERT_THAT(WriteFile(folder_.Path("a.log"), "other\n"), IsOk());
  EXPECT_THAT(file->Compress(kNow), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_EQ(ReadFile(folder_.Path("a.log")).value(), "other\n");
  EXPECT_THAT(ListFiles(folder_.path())->files, ElementsAre("a.log"));
}

TEST_F(ArtifactFileTest, WhatIsCompressedIsTheFileThatWasHashedWhateverHasItsNameNow) {
  folder_.Write("a.log", "hello\n");
  auto file = Open("a.log");
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT(file->Hash(crypto::HashAlgorithm::kSha256), IsOk());
  std::filesystem::remove(folder_.Path("a.log"));
  outside_.Write("key", "private");
  std::filesystem::create_symlink(outside_.Path("key"), folder_.Path("a.log"));
  ASSERT_THAT(file->Compress(kNow), IsOk());
  EXPECT_EQ(crypto::HexEncode(ReadFile(folder_.Path("a.log")).value()),
            "1f8b080800f1536502ff612e6c6f6700cb48cdc9c9e7020020303a3606000000");
  EXPECT_EQ(ReadFile(outside_.Path("key")).value(), "private");
}

TEST_F(ArtifactFileTest, AFileThatGrowsOrShrinksMeanwhileIsAnError) {
  for (const std::string_view content : {"1234", "1", ""}) {
    folder_.Write("a.log", "12");
    auto file = Open("a.log");
    ASSERT_THAT(file, IsOk());
    ASSERT_THAT(WriteFile(folder_.Path("a.log"), content), IsOk());
    EXPECT_THAT(file->Hash(crypto::HashAlgorithm::kSha256),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("a.log")));
    EXPECT_THAT(file->CheckSize(), StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_THAT(file->Compress(kNow), StatusIs(absl::StatusCode::kDataLoss));
  }
}

TEST_F(ArtifactFileTest, HashingEndsWhenItIsCancelled) {
  folder_.Write("a.log", "12");
  auto file = Open("a.log");
  ASSERT_THAT(file, IsOk());
  CancellationSource lost;
  lost.Cancel(absl::AbortedError("the claim was lost"));
  EXPECT_EQ(file->Hash(crypto::HashAlgorithm::kSha256, lost.token()),
            absl::AbortedError("the claim was lost"));
  EXPECT_EQ(file->digest(), "");
}

TEST_F(ArtifactFileTest, KnowsTheFileBehindItsNames) {
  folder_.Write("a", "");
  folder_.Write("b", "");
  EXPECT_FALSE(Open("a")->has_other_names());
  std::filesystem::create_hard_link(folder_.Path("a"), folder_.Path("twin"));
  EXPECT_TRUE(Open("a")->has_other_names());
  EXPECT_EQ(Open("a")->identity(), Open("twin")->identity());
  EXPECT_NE(Open("a")->identity(), Open("b")->identity());
}

}  // namespace
}  // namespace scriptworker::taskcluster
