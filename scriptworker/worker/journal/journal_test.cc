// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/journal/journal.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/refused_calls.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/process/process_stat.h"
#include "scriptworker/worker/testing/claimed_task.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
constexpr std::string_view kToken = "token-of-the-run";

taskcluster::ClaimedTask Claim() {
  taskcluster::ClaimedTask task = MakeClaimedTask();
  task.taken_until = kNow + absl::Minutes(20);
  task.server_time = kNow + absl::Seconds(7);
  task.credentials.client_id = "run";
  task.credentials.access_token = SecretString(std::string(kToken));
  return task;
}

MATCHER(IsNone, "") { return !arg.has_value(); }

class JournalTest : public testing::Test {
 protected:
  std::unique_ptr<FileJournal> Open() {
    auto journal = FileJournal::Open(dir_);
    EXPECT_THAT(journal, IsOk());
    return *std::move(journal);
  }
  // What a worker finds that starts after this one has died here.
  absl::StatusOr<std::optional<JournalEntry>> AfterCrash(std::unique_ptr<FileJournal>& journal) {
    journal.reset();
    journal = Open();
    return journal->Read();
  }
  std::string Bytes() const { return ReadFile(file_).value(); }

  const TempDir temp_;
  const std::string dir_ = temp_.Path("state");
  const std::string file_ = temp_.Path("state/run.journal");
};

TEST_F(JournalTest, ANewOneKnowsOfNoRun) { EXPECT_THAT(Open()->Read(), IsOkAndHolds(IsNone())); }

TEST_F(JournalTest, FolderAndFileAreThisUsersAlone) {
  const auto journal = Open();
  struct stat info;
  ASSERT_EQ(::stat(dir_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0700u);
  ASSERT_EQ(::stat(file_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
}

TEST_F(JournalTest, AFileThatOthersMayReadIsClosedToThem) {
  Open().reset();
  ASSERT_EQ(::chmod(file_.c_str(), 0644), 0);
  const auto journal = Open();
  struct stat info;
  ASSERT_EQ(::stat(file_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
}

TEST_F(JournalTest, EachStepIsFoundAfterACrash) {
  auto journal = Open();
  ASSERT_THAT(journal->Claimed(Claim(), kNow), IsOk());
  auto entry = AfterCrash(journal);
  ASSERT_THAT(entry, IsOk());
  ASSERT_TRUE(entry->has_value());
  EXPECT_EQ((*entry)->step, JournalStep::kClaimed);
  EXPECT_EQ((*entry)->task_id, Claim().task_id);
  EXPECT_EQ((*entry)->taken_until, kNow + absl::Minutes(20));
  EXPECT_EQ((*entry)->queue_ahead, absl::Seconds(7));
  EXPECT_EQ((*entry)->credentials.access_token.reveal(), kToken);
}

TEST_F(JournalTest, TheStepsFollowEachOther) {
  auto journal = Open();
  const auto step = [&] { return journal->Read().value()->step; };
  ASSERT_THAT(journal->Claimed(Claim(), kNow), IsOk());
  EXPECT_EQ(step(), JournalStep::kClaimed);
  ASSERT_THAT(journal->ScriptStarted(*ReadProcessStat(::getpid())), IsOk());
  EXPECT_EQ(step(), JournalStep::kScriptStarted);
  ASSERT_THAT(journal->ScriptEnded(), IsOk());
  EXPECT_EQ(step(), JournalStep::kScriptEnded);
  ASSERT_THAT(journal->Uploading(5), IsOk());
  EXPECT_EQ(step(), JournalStep::kUploading);
  ASSERT_THAT(journal->Reporting(7), IsOk());
  EXPECT_EQ(step(), JournalStep::kReporting);
  const auto entry = AfterCrash(journal).value();
  EXPECT_EQ(entry->status, 7);
  EXPECT_EQ(entry->script->pid, ::getpid());
  EXPECT_EQ(entry->script->start_time, ReadProcessStat(::getpid())->start_time);
  EXPECT_EQ(entry->script->boot, BootId());
  EXPECT_EQ(entry->script->pid_ns, PidNamespace());
}

TEST_F(JournalTest, RenewedCredentialsReplaceTheOldOnes) {
  auto journal = Open();
  ASSERT_THAT(journal->Claimed(Claim(), kNow), IsOk());
  taskcluster::Reclaim reclaim;
  reclaim.taken_until = kNow + absl::Minutes(40);
  reclaim.credentials.client_id = "renewed";
  reclaim.credentials.access_token = SecretString("later");
  ASSERT_THAT(journal->Renewed(reclaim), IsOk());
  const auto entry = AfterCrash(journal).value();
  EXPECT_EQ(entry->step, JournalStep::kClaimed);
  EXPECT_EQ(entry->credentials.client_id, "renewed");
  EXPECT_EQ(entry->taken_until, kNow + absl::Minutes(40));
}

TEST_F(JournalTest, WipingLeavesNoByteOfTheRun) {
  auto journal = Open();
  ASSERT_THAT(journal->Claimed(Claim(), kNow), IsOk());
  ASSERT_THAT(journal->Uploading(0), IsOk());
  EXPECT_THAT(Bytes(), HasSubstr(kToken));
  ASSERT_THAT(journal->Wipe(), IsOk());
  EXPECT_EQ(Bytes().find_first_not_of('\0'), std::string::npos);
  EXPECT_THAT(AfterCrash(journal), IsOkAndHolds(IsNone()));
}

TEST_F(JournalTest, WipingCoversALongerRunBefore) {
  auto journal = Open();
  taskcluster::ClaimedTask longer = Claim();
  longer.credentials.access_token = SecretString(std::string(20'000, 't'));
  ASSERT_THAT(journal->Claimed(longer, kNow), IsOk());
  ASSERT_THAT(journal->Claimed(Claim(), kNow), IsOk());
  ASSERT_THAT(journal->Claimed(Claim(), kNow), IsOk());
  ASSERT_THAT(journal->Wipe(), IsOk());
  EXPECT_EQ(Bytes().find_first_not_of('\0'), std::string::npos);
}

TEST_F(JournalTest, WipingCoversWhatAWorkerBeforeHasWritten) {
  auto journal = Open();
  ASSERT_THAT(journal->Claimed(Claim(), kNow), IsOk());
  ASSERT_THAT(journal->Uploading(0), IsOk());
  ASSERT_THAT(AfterCrash(journal), IsOk());
  ASSERT_THAT(journal->Wipe(), IsOk());
  EXPECT_EQ(Bytes().find_first_not_of('\0'), std::string::npos);
}

// As by a defect of the disk: to write is an error while `act` runs.
absl::Status WithoutWriting(absl::FunctionRef<absl::Status()> act) {
  rlimit before = {};
  EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
  ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &none);
  absl::Status done = act();
  ::setrlimit(RLIMIT_FSIZE, &before);
  return done;
}

TEST_F(JournalTest, ARunThatCouldNotBeWipedIsNotNewerThanTheNext) {
  auto journal = Open();
  ASSERT_THAT(journal->Claimed(Claim(), kNow), IsOk());
  ASSERT_THAT(journal->Uploading(0), IsOk());
  ASSERT_THAT(WithoutWriting([&] { return journal->Wipe(); }), Not(IsOk()));
  taskcluster::ClaimedTask next = Claim();
  next.run_id = 8;
  ASSERT_THAT(journal->Claimed(next, kNow), IsOk());
  const auto entry = AfterCrash(journal).value();
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(entry->run_id, 8);
  EXPECT_EQ(entry->step, JournalStep::kClaimed);
}

TEST_F(JournalTest, TheFileKeepsItsSize) {
  auto journal = Open();
  const auto size = std::filesystem::file_size(file_);
  ASSERT_THAT(journal->Claimed(Claim(), kNow), IsOk());
  ASSERT_THAT(journal->Wipe(), IsOk());
  EXPECT_EQ(std::filesystem::file_size(file_), size);
}

// The power fails while a step is written: the step before it holds.
TEST_F(JournalTest, ATornStepLeavesTheOneBefore) {
  auto journal = Open();
  ASSERT_THAT(journal->Claimed(Claim(), kNow), IsOk());
  const std::string before = Bytes();
  ASSERT_THAT(journal->Uploading(0), IsOk());
  const std::string after = Bytes();
  size_t first = 0;
  while (before[first] == after[first]) ++first;
  for (const size_t part : {size_t{1}, size_t{20}, size_t{100}, size_t{150}}) {
    std::string torn = before;
    torn.replace(first, part, after, first, part);
    ASSERT_THAT(WriteFile(file_, torn, 0600), IsOk());
    const auto entry = journal->Read();
    ASSERT_THAT(entry, IsOk());
    EXPECT_EQ((*entry)->step, JournalStep::kClaimed) << part;
  }
}

TEST_F(JournalTest, ATornClaimIsDataLoss) {
  auto journal = Open();
  ASSERT_THAT(journal->Claimed(Claim(), kNow), IsOk());
  std::string bytes = Bytes();
  const size_t begin = bytes.find("scriptworker-journal");
  bytes.replace(begin + 100, bytes.size() - begin - 100, bytes.size() - begin - 100, '\0');
  ASSERT_THAT(WriteFile(file_, bytes, 0600), IsOk());
  EXPECT_THAT(journal->Read(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(file_)));
}

TEST_F(JournalTest, StepsOfAClaimThatCouldNotBeNotedAreNotNotedEither) {
  auto journal = Open();
  EXPECT_THAT(journal->Uploading(0), IsOk());
  EXPECT_THAT(AfterCrash(journal), IsOkAndHolds(IsNone()));
}

TEST_F(JournalTest, OversizedCredentialsAreAnErrorThatQuotesNothing) {
  auto journal = Open();
  taskcluster::ClaimedTask task = Claim();
  task.credentials.access_token = SecretString(std::string(100'000, 's'));
  const absl::Status noted = journal->Claimed(task, kNow);
  EXPECT_THAT(noted, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(file_)));
  EXPECT_THAT(noted.message(), Not(HasSubstr("sss")));
}

TEST_F(JournalTest, AFileThatHasItsSpaceIsOpenedOnAFullDisk) {
  ASSERT_THAT(Open()->Claimed(Claim(), kNow), IsOk());
  const bool refused = RunWithRefusedCalls({SYS_fallocate}, ENOSPC, [&] {
    const auto entry = Open()->Read();
    ASSERT_THAT(entry, IsOk());
    EXPECT_TRUE(entry->has_value());
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
}

TEST_F(JournalTest, ANewFileThatGetsNoSpaceIsAnErrorAndMayHoldNoRun) {
  const bool refused = RunWithRefusedCalls({SYS_fallocate}, ENOSPC, [&] {
    EXPECT_THAT(FileJournal::Open(dir_),
                StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(file_)));
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
  EXPECT_FALSE(FileJournal::MayHoldRun(dir_));
}

TEST_F(JournalTest, ARunMayBeInWhateverIsThere) {
  EXPECT_FALSE(FileJournal::MayHoldRun(dir_)) << "no folder";
  EXPECT_FALSE(FileJournal::MayHoldRun(temp_.Write("a file", "x"))) << "a file in its place";
  Open().reset();
  EXPECT_TRUE(FileJournal::MayHoldRun(dir_));
  std::filesystem::remove(file_);
  EXPECT_FALSE(FileJournal::MayHoldRun(dir_)) << "an empty folder";
  std::filesystem::create_symlink(temp_.Path("elsewhere"), file_);
  EXPECT_TRUE(FileJournal::MayHoldRun(dir_)) << "a link";
}

TEST_F(JournalTest, ASecondWorkerIsRefused) {
  const auto journal = Open();
  EXPECT_THAT(FileJournal::Open(dir_),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("another worker uses it")));
}

TEST_F(JournalTest, ALinkInItsPlaceIsRefused) {
  std::filesystem::create_directory(dir_);
  temp_.Write("elsewhere", "");
  std::filesystem::create_symlink(temp_.Path("elsewhere"), file_);
  EXPECT_THAT(FileJournal::Open(dir_), StatusIs(absl::StatusCode::kFailedPrecondition));
  std::filesystem::remove(file_);
  std::filesystem::create_hard_link(temp_.Path("elsewhere"), file_);
  EXPECT_THAT(FileJournal::Open(dir_), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(JournalTest, AFifoInItsPlaceIsRefused) {
  std::filesystem::create_directory(dir_);
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_THAT(FileJournal::Open(dir_), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(JournalTest, AFileInPlaceOfTheFolderIsNamed) {
  temp_.Write("state", "");
  EXPECT_THAT(FileJournal::Open(dir_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(dir_)));
}

TEST(RunJournalTest, WithoutAStateDirNothingIsKept) {
  RunJournal none;
  EXPECT_THAT(none.Claimed(Claim(), kNow), IsOk());
  EXPECT_THAT(none.ScriptStarted({.pid = ::getpid()}), IsOk());
  EXPECT_THAT(none.ScriptEnded(), IsOk());
  EXPECT_THAT(none.Uploading(0), IsOk());
  EXPECT_THAT(none.Reporting(0), IsOk());
  EXPECT_THAT(none.Renewed({}), IsOk());
  EXPECT_THAT(none.Wipe(), IsOk());
}

}  // namespace
}  // namespace scriptworker::worker
