// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/patient_task_reader.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/task_status.h"
#include "scriptworker/taskcluster/testing/task_builder.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;

// A queue that gives one answer after the other, and the last one for ever.
class Answers final : public TaskReader {
 public:
  explicit Answers(std::vector<absl::Status> answers) : answers_(std::move(answers)) {}
  int asked() const { return asked_; }

  absl::StatusOr<TaskDefinition> Task(const TaskId&, const CancellationToken&) override {
    const size_t last = answers_.size() - 1;
    const absl::Status& answer = answers_[std::min(static_cast<size_t>(asked_++), last)];
    if (!answer.ok()) return answer;
    return TaskDefinition::FromJson(TaskBuilder(absl::UnixEpoch()).Build(), "task");
  }
  absl::StatusOr<TaskStatus> Status(const TaskId&, const CancellationToken&) override {
    ++asked_;
    return absl::NotFoundError("no such task");
  }
  absl::StatusOr<std::vector<ArtifactInfo>> ListLatestArtifacts(const TaskId&,
                                                                const CancellationToken&) override {
    ++asked_;
    return absl::NotFoundError("no such task");
  }
  absl::StatusOr<http::Url> ArtifactUrl(const TaskId&, std::string_view) override {
    ++asked_;
    return absl::FailedPreconditionError("no credentials");
  }

 private:
  const std::vector<absl::Status> answers_;
  int asked_ = 0;
};

class PatientTaskReaderTest : public ::testing::Test {
 protected:
  absl::Status Ask(Answers& answers) {
    return PatientTaskReader(answers, PatientTaskReader::DefaultPolicy(), clock_)
        .Task(*TaskId::Parse("BuildGAAQACAAAAAAAAAAA"), cancellation_.token())
        .status();
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000), SimulatedClock::Mode::kAutoAdvance};
  CancellationSource cancellation_;
};

TEST_F(PatientTaskReaderTest, ADefinitionThatComesLateIsAsGoodAsAny) {
  Answers answers({absl::NotFoundError("404"), absl::NotFoundError("404"), absl::OkStatus()});
  EXPECT_THAT(Ask(answers), IsOk());
  EXPECT_EQ(answers.asked(), 3);
  EXPECT_THAT(clock_.sleeps(), SizeIs(2));
}

TEST_F(PatientTaskReaderTest, AMissingDefinitionIsMissingAfterFiveAttemptsInTenSeconds) {
  Answers answers({absl::NotFoundError("404")});
  EXPECT_THAT(Ask(answers), StatusIs(absl::StatusCode::kNotFound, "404"));
  EXPECT_EQ(answers.asked(), 5);
  EXPECT_THAT(clock_.Monotonic(), AllOf(Ge(absl::Seconds(5)), Le(absl::Seconds(10))));
}

TEST_F(PatientTaskReaderTest, ForManyMissingDefinitionsNobodyWaitsLongerThanTheirPatience) {
  Answers answers({absl::NotFoundError("404")});
  PatientTaskReader reader(answers, PatientTaskReader::DefaultPolicy(), clock_);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_THAT(reader.Task(*TaskId::Parse("BuildGAAQACAAAAAAAAAAA"), {}),
                StatusIs(absl::StatusCode::kNotFound));
  }
  EXPECT_EQ(clock_.Monotonic(), PatientTaskReader::kPatience);
  EXPECT_LE(answers.asked(), 1000 + 2 * 4);
}

TEST_F(PatientTaskReaderTest, OtherAnswersAreFinal) {
  for (const absl::Status& answer :
       {absl::OkStatus(), absl::UnavailableError("503"), absl::PermissionDeniedError("403")}) {
    SCOPED_TRACE(answer);
    Answers answers({answer});
    EXPECT_EQ(Ask(answers), answer);
    EXPECT_EQ(answers.asked(), 1);
  }
  EXPECT_THAT(clock_.sleeps(), IsEmpty());
}

TEST_F(PatientTaskReaderTest, AnErrorAfterAMissingDefinitionIsTheAnswer) {
  Answers answers({absl::NotFoundError("404"), absl::UnavailableError("503")});
  EXPECT_THAT(Ask(answers), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(answers.asked(), 2);
}

TEST_F(PatientTaskReaderTest, OnceCancelledNobodyWaits) {
  Answers answers({absl::NotFoundError("404")});
  cancellation_.Cancel(absl::CancelledError("the worker stops"));
  EXPECT_THAT(Ask(answers), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(answers.asked(), 1);
  EXPECT_THAT(clock_.sleeps(), IsEmpty());
}

TEST_F(PatientTaskReaderTest, OnlyDefinitionsAreAskedForAgain) {
  Answers answers({absl::NotFoundError("404")});
  PatientTaskReader reader(answers, PatientTaskReader::DefaultPolicy(), clock_);
  const TaskId id = *TaskId::Parse("BuildGAAQACAAAAAAAAAAA");
  EXPECT_THAT(reader.Status(id, {}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(reader.ListLatestArtifacts(id, {}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(reader.ArtifactUrl(id, "x"), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(answers.asked(), 3);
}

}  // namespace
}  // namespace scriptworker::taskcluster
