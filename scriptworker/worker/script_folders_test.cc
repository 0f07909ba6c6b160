// SPDX-License-Identifier: MPL-2.0
//
// What a script may do to the folders that it works in: its task ends as it
// deserves, nothing outside of the folders is touched or published, and the next
// task finds them empty.

#include <sys/stat.h>

#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/ordinary_user.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/worker/testing/worker_harness.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::scriptworker::taskcluster::TaskId;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kLog = "public/logs/live_backing.log";

// Runs `mischief` in the first task; the second one does what it should.
class ScriptFoldersTest : public testing::Test {
 protected:
  std::string RunBoth(std::string_view mischief) {
    harness_.emplace(absl::StrCat("cd $DIR; if ! [ -e second ]; then touch second; ", mischief,
                                  "; exit 0; fi; [ -z \"$(ls $WORK | grep -v json)\" ] && "
                                  "echo fine > $ARTIFACTS/public/fine.bin"));
    WorkerHarness& h = *harness_;
    h.temp.Write("elsewhere/public/kept", "kept");
    h.temp.Write("elsewhere/kept", "kept");
    first_ = h.Submit();
    EXPECT_THAT(h.RunPending().cleaned, IsOk());
    const TaskId second = h.Submit();
    EXPECT_THAT(h.RunPending().cleaned, IsOk());
    EXPECT_THAT(h.Runs(second), ElementsAre("completed"));
    EXPECT_EQ(h.Artifact(second, "public/fine.bin"), "fine\n");
    EXPECT_THAT(ReadFile(h.temp.Path("elsewhere/kept")), IsOkAndHolds("kept"));
    EXPECT_THAT(ReadFile(h.temp.Path("elsewhere/public/kept")), IsOkAndHolds("kept"));
    EXPECT_EQ(std::distance(std::filesystem::recursive_directory_iterator(h.temp.Path("elsewhere")),
                            std::filesystem::recursive_directory_iterator()),
              3);
    return h.Runs(*first_).at(0);
  }
  std::vector<std::string> Published() { return harness_->ArtifactNames(*first_); }

  std::optional<WorkerHarness> harness_;
  std::optional<TaskId> first_;
};

TEST_F(ScriptFoldersTest, TheArtifactFolderBecomesALink) {
  EXPECT_EQ(RunBoth("rm -r artifacts; ln -s $DIR/elsewhere artifacts"), "exception internal-error");
  EXPECT_THAT(Published(), IsEmpty());
  EXPECT_THAT(harness_->logger.lines(), Contains(HasSubstr("symbolic link")));
}

TEST_F(ScriptFoldersTest, AFolderOfArtifactsBecomesALink) {
  EXPECT_EQ(RunBoth("rm -r artifacts/public; ln -s $DIR/elsewhere artifacts/public"),
            "exception internal-error");
  EXPECT_THAT(Published(), IsEmpty());
}

TEST_F(ScriptFoldersTest, TheWorkFolderBecomesALink) {
  EXPECT_EQ(RunBoth("rm -r work; ln -s $DIR/elsewhere work"), "completed");
}

TEST_F(ScriptFoldersTest, TheLogsFolderBecomesALink) {
  EXPECT_EQ(RunBoth("rm -r artifacts/public/logs; ln -s $DIR/elsewhere artifacts/public/logs"),
            "completed");
  EXPECT_THAT(Published(),
              ElementsAre("public/chain-of-trust.json", "public/chain-of-trust.json.sig"));
}

TEST_F(ScriptFoldersTest, TheArtifactFolderIsRemoved) {
  EXPECT_EQ(RunBoth("rm -r artifacts"), "exception internal-error");
}

TEST_F(ScriptFoldersTest, AllThatIsInTheArtifactFolderIsRemoved) {
  EXPECT_EQ(RunBoth("rm -r artifacts/*"), "exception internal-error");
  EXPECT_THAT(Published(), IsEmpty());
}

TEST_F(ScriptFoldersTest, AFileTakesTheArtifactFoldersPlace) {
  EXPECT_EQ(RunBoth("rm -r artifacts; echo x > artifacts"), "exception internal-error");
}

TEST_F(ScriptFoldersTest, FoldersAreClosed) {
  const OrdinaryUser ordinary;
  EXPECT_EQ(RunBoth("mkdir -p work/a/b artifacts/c; echo x > work/a/b/c; "
                    "chmod 0 work/a/b work/a work artifacts/c"),
            "completed");
  EXPECT_THAT(Published(), Contains(kLog));
  EXPECT_THAT(harness_->logger.lines(), Contains(HasSubstr("Not uploaded: \"c\"")));
}

TEST_F(ScriptFoldersTest, TheArtifactFolderIsClosed) {
  const OrdinaryUser ordinary;
  EXPECT_EQ(RunBoth("chmod 0 artifacts"), "exception internal-error");
  EXPECT_THAT(Published(), IsEmpty());
}

TEST_F(ScriptFoldersTest, TheLogIsReplaced) {
  EXPECT_EQ(RunBoth("rm artifacts/public/logs/live_backing.log; "
                    "mkfifo artifacts/public/logs/live_backing.log"),
            "completed");
  EXPECT_THAT(harness_->logger.lines(), Contains(HasSubstr("fifo")));
}

TEST_F(ScriptFoldersTest, TheChainOfTrustIsAFolderAlready) {
  EXPECT_EQ(RunBoth("mkdir -p artifacts/public/chain-of-trust.json/x artifacts/public/"
                    "chain-of-trust.json.sig; echo x > artifacts/public/chain-of-trust.json/x/y"),
            "completed");
  EXPECT_THAT(Published(),
              ElementsAre("public/chain-of-trust.json", "public/chain-of-trust.json.sig", kLog));
}

TEST_F(ScriptFoldersTest, NamesThatNoArtifactCanHaveFailTheTask) {
  EXPECT_EQ(RunBoth("cd artifacts/public; echo x > $'line\\nbreak'; echo x > $'caf\\xe9'; "
                    "echo x > 'a b%41(c),@=&;?#[d].bin'"),
            "exception internal-error");
  EXPECT_THAT(Published(), Contains("public/a b%41(c),@=&;?#[d].bin"));
  EXPECT_THAT(harness_->logger.lines(), Contains(HasSubstr("line\\nbreak")));
  EXPECT_THAT(harness_->logger.lines(), Contains(HasSubstr("caf\\xe9")));
}

TEST_F(ScriptFoldersTest, SocketsAndAVeryDeepTree) {
  EXPECT_EQ(RunBoth("cd artifacts; for i in {1..300}; do mkdir deeper; cd deeper; done; "
                    "echo x > file"),
            "exception internal-error");
  EXPECT_THAT(Published(), Contains(kLog));
}

}  // namespace
}  // namespace scriptworker::worker
