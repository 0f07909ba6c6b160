// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/outcome/observer_list.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/outcome/worker_observer.h"
#include "scriptworker/worker/testing/claimed_task.h"

namespace scriptworker::worker {
namespace {

using ::testing::ElementsAre;

// Writes everything down, with its own name.
class Scribe final : public WorkerObserver {
 public:
  Scribe(std::string name, std::vector<std::string>& lines)
      : name_(std::move(name)), lines_(lines) {}

  void OnRecovering() override { Write("recovering"); }
  void OnHeldUp(const absl::Status& reason) override {
    Write(absl::StrCat("held up ", reason.message()));
  }
  void OnPollStarted() override { Write("poll"); }
  void OnPollEnded(const absl::StatusOr<int>& tasks) override {
    Write(absl::StrCat("polled ", *tasks));
  }
  void OnTaskStarted(const taskcluster::ClaimedTask& task, absl::Duration lease) override {
    Write(absl::StrCat("task ", task.run_id, absl::FormatDuration(lease)));
  }
  void OnPhase(Phase phase) override { Write(absl::StrCat("phase ", ToString(phase))); }
  void OnTaskEnded(const RunOutcome& outcome) override {
    Write(absl::StrCat("ended ", outcome.status));
  }
  void OnReclaimed(absl::Duration margin, absl::Duration lease) override {
    Write(absl::StrCat("renewed ", absl::FormatDuration(margin), absl::FormatDuration(lease)));
  }
  void OnReclaimFailed(const absl::Status& error, absl::Duration margin) override {
    Write(absl::StrCat("not renewed ", error.message(), absl::FormatDuration(margin)));
  }
  void OnClaimLost(const absl::Status& reason) override {
    Write(absl::StrCat("lost ", reason.message()));
  }

 private:
  void Write(const std::string& line) { lines_.push_back(absl::StrCat(name_, ": ", line)); }

  const std::string name_;
  std::vector<std::string>& lines_;
};

TEST(ObserverListTest, TellsEachOfThemEverythingInTheirOrder) {
  std::vector<std::string> lines;
  Scribe first("1", lines);
  Scribe second("2", lines);
  ObserverList list({&first, &second});
  list.OnRecovering();
  list.OnHeldUp(absl::InternalError("full"));
  list.OnPollStarted();
  list.OnPollEnded(1);
  list.OnTaskStarted(MakeClaimedTask(), absl::Seconds(9));
  list.OnPhase(Phase::kRun);
  list.OnReclaimed(absl::Seconds(1), absl::Seconds(2));
  list.OnReclaimFailed(absl::UnavailableError("x"), absl::Seconds(3));
  list.OnClaimLost(absl::AbortedError("y"));
  list.OnTaskEnded({.status = 4});
  EXPECT_THAT(
      lines, ElementsAre("1: recovering", "2: recovering", "1: held up full", "2: held up full",
                         "1: poll", "2: poll", "1: polled 1", "2: polled 1", "1: task 09s",
                         "2: task 09s", "1: phase run", "2: phase run", "1: renewed 1s2s",
                         "2: renewed 1s2s", "1: not renewed x3s", "2: not renewed x3s", "1: lost y",
                         "2: lost y", "1: ended 4", "2: ended 4"));
}

}  // namespace
}  // namespace scriptworker::worker
