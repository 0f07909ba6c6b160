// SPDX-License-Identifier: MPL-2.0
#include "tools/local_taskcluster/task_file.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster_options.h"

namespace scriptworker::tools {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kId = "NsqSIRDwQtuVxPjPCFpS1A";

class TaskFileTest : public testing::Test {
 protected:
  absl::StatusOr<TaskFile> Read(std::string_view text) {
    folder_.Write("task.yml", text);
    return ReadTaskFile(folder_.Path("task.yml"), "", clock_.Now());
  }
  // What the queue says of it.
  absl::Status Create(const TaskFile& task) {
    taskcluster::FakeTaskcluster fake(clock_, taskcluster::FakeTaskclusterOptions());
    return fake.CreateTask(task.definition).status();
  }

  TempDir folder_;
  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000)};
};

TEST_F(TaskFileTest, AFewMembersAreEnoughForTheQueue) {
  const absl::StatusOr<TaskFile> task =
      Read("provisionerId: p\nworkerType: w\npayload: {maxRunTime: 60, greeting: hello}\n");
  ASSERT_THAT(task, IsOk());
  EXPECT_EQ(task->id, std::nullopt);
  EXPECT_EQ(task->definition.Find("workerType")->string_value(), "w");
  EXPECT_EQ(task->definition.Find("payload")->Find("greeting")->string_value(), "hello");
  EXPECT_THAT(Create(*task), IsOk());
}

TEST_F(TaskFileTest, AnOldTasksDatesAreMoved) {
  const absl::StatusOr<TaskFile> task =
      Read(R"({"created": "2020-01-01T00:00:00.000Z", "deadline": "2020-01-01T02:00:00.000Z",
               "expires": "2020-01-02T00:00:00.000Z"})");
  ASSERT_THAT(task, IsOk());
  EXPECT_EQ(task->definition.Find("created")->string_value(), "2027-01-15T08:00:00.000Z");
  EXPECT_EQ(task->definition.Find("deadline")->string_value(), "2027-01-15T10:00:00.000Z");
  EXPECT_THAT(Create(*task), IsOk());
}

TEST_F(TaskFileTest, DatesThatTheFileLeavesOutAreNotMoved) {
  const absl::StatusOr<TaskFile> task = Read(R"({"created": "2020-01-01T00:00:00.000Z"})");
  ASSERT_THAT(task, IsOk());
  EXPECT_THAT(std::string(task->definition.Find("deadline")->string_value()),
              StartsWith("2027-01-15T"));
  EXPECT_THAT(Create(*task), IsOk());
}

TEST_F(TaskFileTest, TheQueueMayBeNamedInOne) {
  const absl::StatusOr<TaskFile> task = Read("taskQueueId: p/w\n");
  ASSERT_THAT(task, IsOk());
  EXPECT_EQ(task->definition.Find("provisionerId")->string_value(), "p");
  EXPECT_EQ(task->definition.Find("workerType")->string_value(), "w");
  EXPECT_THAT(Create(*task), IsOk());
}

TEST_F(TaskFileTest, ItsIdMayBeGiven) {
  folder_.Write("a=b.yml", "workerType: w");
  const std::string path = folder_.Path("a=b.yml");
  EXPECT_EQ(ReadTaskFile(absl::StrCat(kId, "=", path), "", clock_.Now())->id->str(), kId);
  EXPECT_EQ(ReadTaskFile(path, "", clock_.Now())->id, std::nullopt);
  EXPECT_EQ(ReadTaskFile(absl::StrCat(kId, "=a=b.yml"), folder_.path(), clock_.Now())->id->str(),
            kId);
}

TEST_F(TaskFileTest, ErrorsNameTheFile) {
  EXPECT_THAT(ReadTaskFile("/no/such.yml", "", clock_.Now()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/no/such.yml")));
  EXPECT_THAT(Read("[1]"), StatusIs(absl::StatusCode::kInvalidArgument,
                                    AllOf(HasSubstr("task.yml: expected a task's definition"))));
  EXPECT_THAT(Read("a: [\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("task.yml:2")));
}

}  // namespace
}  // namespace scriptworker::tools
