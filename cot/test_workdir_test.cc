// SPDX-License-Identifier: MPL-2.0
#include "cot/test_workdir.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cot/testing/small_chain.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/artifact_download.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::scriptworker::taskcluster::TaskId;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TestWorkdirTest : public ::testing::Test {
 protected:
  TestWorkdirTest() {
    chain_.tasks[std::string(kSmallTarget)] = *scriptworker::json::Parse(absl::StrCat(
        R"({"payload": {"upstreamArtifacts": [{"taskId": ")", kSmallBuild,
        R"(", "taskType": "build", "paths": ["public/target.zip", "public/notes.txt"]}]}})"));
    chain_.Publish();
  }

  absl::Status Create(bool overwrite = false) {
    const auto queue =
        scriptworker::taskcluster::QueueClient::Create(kSmallRootUrl, chain_, clock_, std::nullopt);
    scriptworker::taskcluster::ArtifactDownloader downloader(chain_, clock_);
    return CreateTestWorkdir(*TaskId::Parse(kSmallTarget), path_, overwrite, **queue, downloader,
                             logger_, {});
  }

  SmallChain chain_;
  scriptworker::SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000),
                                      scriptworker::SimulatedClock::Mode::kAutoAdvance};
  scriptworker::TempDir temp_dir_;
  std::string path_ = temp_dir_.Path("work");
  scriptworker::MemoryLogger logger_;
};

TEST_F(TestWorkdirTest, HasTheTaskAndItsUpstreamArtifacts) {
  ASSERT_THAT(Create(), IsOk());
  EXPECT_THAT(scriptworker::ListFiles(path_)->files,
              ElementsAre(absl::StrCat("cot/", kSmallBuild, "/public/notes.txt"),
                          absl::StrCat("cot/", kSmallBuild, "/public/target.zip"), "task.json"));
  EXPECT_THAT(logger_.lines(), Contains("INFO Done."));
}

TEST_F(TestWorkdirTest, AFolderThatExistsIsOnlyRemovedOnDemand) {
  const std::string old = temp_dir_.Write("work/old", "old");
  EXPECT_THAT(Create(), StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("--overwrite")));
  EXPECT_THAT(scriptworker::ReadFile(old), IsOk());
  EXPECT_THAT(Create(/*overwrite=*/true), IsOk());
  EXPECT_THAT(scriptworker::ReadFile(old), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(TestWorkdirTest, PatternsAreExpandedAndAnOptionalArtifactMayBeMissing) {
  chain_.tasks[std::string(kSmallTarget)] = *scriptworker::json::Parse(absl::StrCat(
      R"({"payload": {"upstreamArtifacts": [
          {"taskId": ")",
      kSmallBuild, R"(", "taskType": "build", "paths": ["public/t*.zip"], "optional": true},
          {"taskId": ")",
      kSmallBuild,
      R"(", "taskType": "build", "paths": ["public/none", "public/*.none"], "optional": true}]}})"));
  chain_.Publish();
  ASSERT_THAT(Create(), IsOk());
  EXPECT_THAT(scriptworker::ListFiles(path_)->files,
              ElementsAre(absl::StrCat("cot/", kSmallBuild, "/public/target.zip"), "task.json"));
  EXPECT_THAT(logger_.lines(), Contains("WARNING An optional artifact is missing: public/none"));
}

TEST_F(TestWorkdirTest, AnOptionalArtifactThatFailedToUploadIsMissing) {
  chain_.tasks[std::string(kSmallTarget)] = *scriptworker::json::Parse(absl::StrCat(
      R"({"payload": {"upstreamArtifacts": [{"taskId": ")", kSmallBuild,
      R"(", "taskType": "build", "paths": ["public/notes.txt"], "optional": true}]}})"));
  chain_.Publish();
  chain_.answers[SmallChain::ArtifactUrl(kSmallBuild, "public/notes.txt")] = {
      .status = 424, .body = R"({"reason": "file-missing-on-worker", "message": "no file"})"};
  ASSERT_THAT(Create(), IsOk());
  EXPECT_THAT(scriptworker::ListFiles(path_)->files, ElementsAre("task.json"));
}

TEST_F(TestWorkdirTest, NeedsNoTaskTypes) {
  chain_.tasks[std::string(kSmallTarget)] = *scriptworker::json::Parse(
      absl::StrCat(R"({"payload": {"upstreamArtifacts": [{"taskId": ")", kSmallBuild,
                   R"(", "paths": ["public/notes.txt"]}]}})"));
  chain_.Publish();
  ASSERT_THAT(Create(), IsOk());
  EXPECT_THAT(scriptworker::ListFiles(path_)->files,
              ElementsAre(absl::StrCat("cot/", kSmallBuild, "/public/notes.txt"), "task.json"));
}

TEST_F(TestWorkdirTest, AnArtifactThatIsMissingIsAnError) {
  chain_.answers.erase(SmallChain::ArtifactUrl(kSmallBuild, "public/notes.txt"));
  EXPECT_THAT(Create(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("notes.txt")));
}

}  // namespace
}  // namespace cot
