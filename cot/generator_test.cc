// SPDX-License-Identifier: MPL-2.0
#include "cot/generator.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/evidence/cot_body.h"
#include "cot/signer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/json/json.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::scriptworker::ReadFile;
using ::scriptworker::ReadTestFile;
using ::scriptworker::TempDir;
using ::scriptworker::TestFilePath;
using ::scriptworker::crypto::HashAlgorithm;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr std::string_view kTask =
    R"({"dependencies": [], "payload": {}, "scopes": [], "taskGroupId": "G",
        "workerType": "t"})";

GeneratorInput InputFor(const std::string& artifact_dir) {
  GeneratorInput input;
  input.task_id = "T";
  input.worker_group = "g";
  input.worker_id = "w";
  input.worker_type = "t";
  input.task = scriptworker::json::Parse(kTask).value();
  input.artifact_dir = artifact_dir;
  return input;
}

// A copy of a recorded artifact folder that can be written to.
std::string CopyArtifacts(const TempDir& dir, std::string_view scenario) {
  std::string to = dir.Path("artifacts");
  std::filesystem::copy(TestFilePath(absl::StrCat("testdata/generator/", scenario, "/artifacts")),
                        to, std::filesystem::copy_options::recursive);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(to)) {
    if (entry.is_directory()) chmod(entry.path().c_str(), 0755);
  }
  return to;
}

struct GoldenCase {
  std::string_view scenario;
  std::string_view task_id;
  int64_t run_id;
  std::string_view worker_group, worker_id, worker_type;
};

constexpr GoldenCase kGoldenCases[] = {
    {.scenario = "recorded",
     .task_id = "NsqSIRDwQtuVxPjPCFpS1A",
     .run_id = 0,
     .worker_group = "rec-group",
     .worker_id = "rec-worker-1",
     .worker_type = "rec-worker-success-zpqn"},
    {.scenario = "listing",
     .task_id = "taskId",
     .run_id = 2,
     .worker_group = "worker_group",
     .worker_id = "worker_id",
     .worker_type = "worker_type"},
};

TEST(GenerateCotTest, GivesTheReferencesBytesAndSignature) {
  for (const GoldenCase& c : kGoldenCases) {
    const std::string folder = absl::StrCat("testdata/generator/", c.scenario, "/");
    const TempDir dir;
    GeneratorInput input = InputFor(CopyArtifacts(dir, c.scenario));
    input.task_id = c.task_id;
    input.run_id = c.run_id;
    input.worker_group = c.worker_group;
    input.worker_id = c.worker_id;
    input.worker_type = c.worker_type;
    input.task = scriptworker::json::Parse(ReadTestFile(folder + "task.json")).value();
    KeyFileSigner signer(dir.Write("key", kKey));

    const absl::StatusOr<GeneratedCot> cot = GenerateCot(input, &signer);

    ASSERT_THAT(cot, IsOk());
    EXPECT_THAT(cot->skipped, IsEmpty());
    EXPECT_EQ(cot->text, ReadTestFile(folder + "chain-of-trust.json"));
    EXPECT_THAT(ReadFile(input.artifact_dir + "/public/chain-of-trust.json"),
                IsOkAndHolds(cot->text));
    EXPECT_THAT(ReadFile(input.artifact_dir + "/public/chain-of-trust.json.sig"),
                IsOkAndHolds(ReadTestFile(folder + "chain-of-trust.json.sig")));
  }
}

TEST(GenerateCotTest, NothingIsSignedWithoutASigner) {
  const TempDir dir;
  dir.Write("public/foo", "foo\n");
  const absl::StatusOr<GeneratedCot> cot = GenerateCot(InputFor(dir.path()), nullptr);
  ASSERT_THAT(cot, IsOk());
  EXPECT_EQ(cot->signature, "");
  EXPECT_THAT(ReadFile(dir.Path("public/chain-of-trust.json")), IsOk());
  EXPECT_THAT(ReadFile(dir.Path("public/chain-of-trust.json.sig")),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(GenerateCotTest, TheHashAlgorithmIsTheGivenOne) {
  const TempDir dir;
  dir.Write("public/foo", "foo\n");
  GeneratorInput input = InputFor(dir.path());
  input.hash_algorithm = HashAlgorithm::kSha512;
  const absl::StatusOr<GeneratedCot> cot = GenerateCot(input, nullptr);
  ASSERT_THAT(cot, IsOk());
  EXPECT_THAT(cot->body.artifacts.at("public/foo"),
              ElementsAre(testing::Pair("sha512", SizeIs(128))));
}

TEST(GenerateCotTest, ManyFilesOnManyThreadsKeepTheirDigests) {
  const TempDir dir;
  dir.Write("public/x", "");
  for (int i = 0; i < 64; ++i) {
    dir.Write(absl::StrCat("public/", i), std::string(i % 2 ? 100000 : 3, 'a'));
  }
  GeneratorInput input = InputFor(dir.path());
  input.max_hash_threads = 1;
  const absl::StatusOr<GeneratedCot> one = GenerateCot(input, nullptr);
  input.max_hash_threads = 8;
  const absl::StatusOr<GeneratedCot> eight = GenerateCot(input, nullptr);
  ASSERT_THAT(one, IsOk());
  ASSERT_THAT(eight, IsOk());
  EXPECT_EQ(one->body.artifacts.size(), 65);
  EXPECT_EQ(one->text, eight->text);
}

TEST(GenerateCotTest, WhatWasHashedIsStillOpenWhateverBecomesOfTheName) {
  const TempDir dir;
  dir.Write("public/a", "hashed");
  dir.Write("public/b", "hashed");
  const absl::StatusOr<GeneratedCot> cot = GenerateCot(InputFor(dir.path()), nullptr);
  ASSERT_THAT(cot, IsOk());
  std::filesystem::rename(dir.Write("other", "another"), dir.Path("public/a"));
  ASSERT_THAT(cot->files, SizeIs(2));
  EXPECT_EQ(cot->files[0].name().str(), "public/a");
  EXPECT_EQ(cot->files[1].name().str(), "public/b");
  for (const auto& file : cot->files) {
    EXPECT_THAT(scriptworker::crypto::HashFileHex(HashAlgorithm::kSha256, file.fd(), "file"),
                IsOkAndHolds(cot->body.artifacts.at(file.name().str()).at("sha256")));
  }
}

TEST(GenerateCotTest, NoMoreFilesAreKeptOpenThanAllowed) {
  const TempDir dir;
  for (int i = 0; i < 5; ++i) dir.Write(absl::StrCat("public/", i), "x");
  GeneratorInput input = InputFor(dir.path());
  input.max_open_files = 3;
  const absl::StatusOr<GeneratedCot> cot = GenerateCot(input, nullptr);
  ASSERT_THAT(cot, IsOk());
  EXPECT_THAT(cot->body.artifacts, SizeIs(5));
  EXPECT_THAT(cot->files, SizeIs(3));
}

TEST(GenerateCotTest, OnlyRegularFilesBeneathTheFolderAreDescribed) {
  const TempDir dir;
  const TempDir outside;
  outside.Write("private_key", "secret");
  dir.Write("public/real", "real");
  ASSERT_EQ(symlink(outside.Path("private_key").c_str(), dir.Path("public/key").c_str()), 0);
  ASSERT_EQ(symlink("real", dir.Path("public/alias").c_str()), 0);
  ASSERT_EQ(symlink(outside.path().c_str(), dir.Path("public/folder").c_str()), 0);
  ASSERT_EQ(mkfifo(dir.Path("public/fifo").c_str(), 0644), 0);
  ASSERT_EQ(mknod(dir.Path("public/s").c_str(), S_IFSOCK | 0644, 0), 0);

  const absl::StatusOr<GeneratedCot> cot = GenerateCot(InputFor(dir.path()), nullptr);

  ASSERT_THAT(cot, IsOk());
  EXPECT_THAT(cot->body.artifacts, ElementsAre(Key("public/real")));
  const auto skipped = [](std::string_view path, std::string_view reason) {
    return AllOf(Field(&SkippedEntry::path, path), Field(&SkippedEntry::reason, HasSubstr(reason)));
  };
  EXPECT_THAT(
      cot->skipped,
      UnorderedElementsAre(skipped("public/alias", "symbolic link"), skipped("public/fifo", "fifo"),
                           skipped("public/folder", "symbolic link"),
                           skipped("public/key", "symbolic link"), skipped("public/s", "socket")));
}

TEST(GenerateCotTest, ANameThatNoArtifactCanHaveIsSkipped) {
  const TempDir dir;
  dir.Write("public/real", "real");
  dir.Write("public/new\nline", "x");
  dir.Write("public/\xff", "x");
  const absl::StatusOr<GeneratedCot> cot = GenerateCot(InputFor(dir.path()), nullptr);
  ASSERT_THAT(cot, IsOk());
  EXPECT_THAT(cot->body.artifacts, ElementsAre(Key("public/real")));
  EXPECT_THAT(cot->skipped, SizeIs(2));
}

TEST(GenerateCotTest, WhatTheScriptLeftUnderTheReservedNamesIsReplaced) {
  const TempDir dir;
  const TempDir outside;
  const std::string target = outside.Write("target", "untouched");
  ASSERT_THAT(scriptworker::MakeDirs(dir.Path("public")), IsOk());
  ASSERT_EQ(symlink(target.c_str(), dir.Path("public/chain-of-trust.json").c_str()), 0);
  dir.Write("public/chain-of-trust.json.sig", "forged");
  const absl::StatusOr<GeneratedCot> cot = GenerateCot(InputFor(dir.path()), nullptr);
  ASSERT_THAT(cot, IsOk());
  EXPECT_THAT(cot->body.artifacts, IsEmpty());
  EXPECT_THAT(cot->skipped, SizeIs(2));
  EXPECT_THAT(ReadFile(target), IsOkAndHolds("untouched"));
  EXPECT_THAT(ReadFile(dir.Path("public/chain-of-trust.json")), IsOkAndHolds(cot->text));
  EXPECT_THAT(ReadFile(dir.Path("public/chain-of-trust.json.sig")),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(GenerateCotTest, AFolderUnderAReservedNameIsReplacedToo) {
  const TempDir dir;
  dir.Write("public/chain-of-trust.json/file", "x");
  const absl::StatusOr<GeneratedCot> cot = GenerateCot(InputFor(dir.path()), nullptr);
  ASSERT_THAT(cot, IsOk());
  EXPECT_THAT(cot->body.artifacts, IsEmpty());
  EXPECT_THAT(ReadFile(dir.Path("public/chain-of-trust.json")), IsOkAndHolds(cot->text));
}

TEST(GenerateCotTest, ALinkInPlaceOfPublicIsNotFollowed) {
  const TempDir dir;
  const TempDir outside;
  ASSERT_EQ(symlink(outside.path().c_str(), dir.Path("public").c_str()), 0);
  EXPECT_THAT(GenerateCot(InputFor(dir.path()), nullptr),
              StatusIs(absl::StatusCode::kInternal,
                       AllOf(HasSubstr(dir.Path("public")), HasSubstr("expected a folder"))));
  EXPECT_TRUE(std::filesystem::is_empty(outside.path()));
}

TEST(GenerateCotTest, TheFolderPublicHasToExist) {
  const TempDir dir;
  EXPECT_THAT(GenerateCot(InputFor(dir.path()), nullptr),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("public/chain-of-trust.json")));
}

TEST(GenerateCotTest, AnArtifactFolderThatIsNotThereIsAFault) {
  const TempDir dir;
  EXPECT_THAT(GenerateCot(InputFor(dir.Path("absent")), nullptr),
              StatusIs(absl::StatusCode::kInternal, HasSubstr(dir.Path("absent"))));
}

TEST(GenerateCotTest, ABadKeyLeavesTheUnsignedBodyInPlace) {
  const TempDir dir;
  dir.Write("public/foo", "foo\n");
  KeyFileSigner signer(dir.Path("no-key"));
  EXPECT_THAT(GenerateCot(InputFor(dir.path()), &signer),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(dir.Path("no-key"))));
  EXPECT_THAT(ReadFile(dir.Path("public/chain-of-trust.json")),
              IsOkAndHolds(HasSubstr("\"public/foo\"")));
  EXPECT_THAT(ReadFile(dir.Path("public/chain-of-trust.json.sig")),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(GenerateCotTest, ATaskThatDoesNotFitTheSchemaIsTheTasksFault) {
  const TempDir dir;
  dir.Write("public/foo", "foo\n");
  GeneratorInput input = InputFor(dir.path());
  input.task = scriptworker::json::Parse(R"({"payload": {}, "scopes": []})").value();
  EXPECT_THAT(GenerateCot(input, nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("does not fit its schema"), HasSubstr("dependencies"))));
  EXPECT_THAT(ReadFile(dir.Path("public/chain-of-trust.json")),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(GenerateCotTest, HashingEndsWhenItIsCancelled) {
  const TempDir dir;
  dir.Write("artifacts/public/file", "abc");
  GeneratorInput input = InputFor(dir.Path("artifacts"));
  scriptworker::CancellationSource source;
  source.Cancel(absl::AbortedError("the claim was lost"));
  input.cancellation = source.token();
  EXPECT_EQ(GenerateCot(input, nullptr).status(), absl::AbortedError("the claim was lost"));
  EXPECT_FALSE(std::filesystem::exists(dir.Path("artifacts/public/chain-of-trust.json")));
}

TEST(GenerateCotTest, AFullDiskLeavesNoPartOfAFile) {
  const TempDir dir;
  dir.Write("public/foo", "foo\n");
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit little = {.rlim_cur = 100, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &little), 0);
  const absl::StatusOr<GeneratedCot> cot = GenerateCot(InputFor(dir.path()), nullptr);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, handler);
  EXPECT_THAT(cot, StatusIs(absl::StatusCode::kInternal, HasSubstr("public/chain-of-trust.json")));
  EXPECT_FALSE(std::filesystem::exists(dir.Path("public/chain-of-trust.json")));
}

TEST(GenerateCotTest, AnUnreadableSchemaIsAFaultOfTheSetUp) {
  const TempDir dir;
  dir.Write("public/foo", "foo\n");
  GeneratorInput input = InputFor(dir.path());
  for (const std::string& path : {dir.Path("absent.json"), dir.Write("bad.json", "{")}) {
    input.schema_path = path;
    EXPECT_THAT(GenerateCot(input, nullptr),
                StatusIs(absl::StatusCode::kInternal, HasSubstr(path)));
  }
}

}  // namespace
}  // namespace cot
