// SPDX-License-Identifier: MPL-2.0
//
// The fake against the real services: every recorded scenario is replayed, and
// the answers are compared.

#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/answer_diff.h"
#include "scriptworker/taskcluster/testing/recording.h"
#include "scriptworker/taskcluster/testing/recording_replay.h"

namespace scriptworker::taskcluster::fake {
namespace {

using ::testing::IsEmpty;

struct Scenario {
  std::string_view name;
  // What the recorder did to tasks beside the recorded client.
  std::vector<UnrecordedStep> steps = {};
  // Scenarios whose tasks it reads; they are replayed before.
  std::vector<std::string_view> after = {};
  absl::Duration claim = absl::Minutes(20);
  // A server whose entries are left out, and why.
  std::string_view without = "";
  std::string_view reason = "";
};

std::vector<Scenario> Scenarios() {
  return {
      {.name = "api-artifacts", .steps = {{0, "task", "claim"}, {95, "task", "complete"}}},
      {.name = "api-auth-errors"},
      {.name = "api-claim"},
      {.name = "api-conflicts",
       .steps = {{7, "task", "claim"},
                 {22, "cancelled", "claim"},
                 {22, "cancelled", "cancel"},
                 {27, "object", "claim"}}},
      {.name = "api-hawk-vectors"},
      {.name = "api-server-errors"},
      {.name = "api-states",
       .steps = {{0, "completed", "claim"},
                 {0, "completed", "complete"},
                 {0, "failed", "claim"},
                 {0, "failed", "fail"},
                 {0, "malformedPayload", "claim"},
                 {0, "malformedPayload", "exception malformed-payload"},
                 {0, "workerShutdown", "claim"},
                 {0, "workerShutdown", "exception worker-shutdown"},
                 {0, "running", "claim"},
                 {0, "cancelledPending", "cancel"},
                 {0, "claimExpired", "expire rec-worker-1"}}},
      {.name = "api-worker-manager",
       .without = "worker-manager",
       .reason = "worker-manager is served for workers that the options name alone"},
      {.name = "py-cot-reads",
       .steps = {{0, "error", "claim"},
                 {0, "error", "error public/err"},
                 {0, "error", "link public/link.log public/err"}},
       .after = {"worker-success", "worker-private"}},
      {.name = "py-pagination",
       .steps = {{0, "task", "claim"},
                 {0, "task", "error public/a.txt"},
                 {0, "task", "error public/b/u~.txt"},
                 {0, "task", "error public/c d+e.txt"},
                 {0, "task", "error public/d.txt"},
                 {0, "task", "error public/e/f/g.bin"},
                 {0, "task", "error public/h.json"},
                 {0, "task", "error public/logs/live.log"},
                 {0, "task", "complete"}}},
      {.name = "worker-artifact-name-400"},
      {.name = "worker-cancelled", .steps = {{2, "task", "cancel"}}},
      {.name = "worker-claim-401"},
      {.name = "worker-claim-403"},
      {.name = "worker-claim-expired", .claim = absl::Seconds(10)},
      {.name = "worker-exit1"},
      {.name = "worker-exit245"},
      {.name = "worker-exit3"},
      {.name = "worker-exit4"},
      {.name = "worker-exit5"},
      {.name = "worker-idle"},
      {.name = "worker-idle-sigterm"},
      {.name = "worker-private"},
      {.name = "worker-reclaim", .claim = absl::Seconds(10)},
      {.name = "worker-retries-queue"},
      {.name = "worker-retries-s3"},
      {.name = "worker-scopes-dependencies",
       .steps = {{0, "dependency1", "claim rec-dep"},
                 {0, "dependency1", "complete"},
                 {0, "dependency2", "claim rec-dep"},
                 {0, "dependency2", "complete"}}},
      {.name = "worker-sigterm"},
      {.name = "worker-success"},
      {.name = "worker-timeout"},
  };
}

Recording Load(std::string_view name) {
  absl::StatusOr<Recording> recording =
      Recording::Load(TestFilePath(absl::StrCat("testdata/recordings/", name)));
  EXPECT_TRUE(recording.ok()) << recording.status();
  return recording.ok() ? *std::move(recording) : Recording();
}

// The other tasks of the group that py-pagination lists are in its answers only.
void CreateListedTasks(const Recording& recording, RecordingReplay& replay) {
  std::map<absl::Time, std::pair<std::string, json::Value>> tasks;
  for (const RecordedEntry& entry : recording.entries) {
    const absl::StatusOr<json::Value> answer = json::Parse(entry.body);
    if (!answer.ok() || answer->Find("taskGroupId") == nullptr) continue;
    for (const json::Value& listed : answer->Find("tasks")->array()) {
      const std::string id(listed.Find("status")->Find("taskId")->string_value());
      if (id == recording.tasks.front().task_id) continue;
      absl::Time created;
      std::string error;
      ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full,
                                  listed.Find("task")->Find("created")->string_value(), &created,
                                  &error));
      tasks[created] = {id, *listed.Find("task")};
    }
  }
  for (const auto& [created, task] : tasks) replay.Create(task.first, task.second, created);
}

// The states in which the scenario says that its tasks ended.
std::vector<std::string> CompareEnd(const Recording& recording, RecordingReplay& replay) {
  std::vector<std::string> differences;
  const json::Value* after = recording.scenario.Find("taskStatusAfterwards");
  if (after == nullptr) return differences;
  for (const auto& [name, status] : after->object()) {
    const RecordedTask* task = recording.FindTask(name);
    const absl::StatusOr<json::Value> actual = replay.fake().Status(*TaskId::Parse(task->task_id));
    for (const std::string& difference : DiffAnswers(status, *actual)) {
      differences.push_back(absl::StrCat("afterwards, ", name, ": ", difference));
    }
  }
  return differences;
}

std::vector<std::string> Replay(const Scenario& scenario, int* sent, size_t* entries) {
  std::vector<std::unique_ptr<Recording>> recordings;
  std::vector<const Recording*> views;
  std::vector<std::string_view> names = scenario.after;
  names.push_back(scenario.name);
  for (std::string_view name : names) {
    recordings.push_back(std::make_unique<Recording>(Load(name)));
    views.push_back(recordings.back().get());
  }
  RecordingReplay replay(views);
  replay.fake().SetClaim(scenario.claim);
  for (size_t i = 0; i + 1 < views.size(); ++i) replay.Run(*views[i], {});
  const Recording& recording = *views.back();
  if (scenario.name == "py-pagination") CreateListedTasks(recording, replay);
  const int before = replay.sent();
  std::vector<std::string> differences =
      replay.Run(recording, scenario.steps, {std::string(scenario.without)});
  for (std::string& difference : CompareEnd(recording, replay)) {
    differences.push_back(std::move(difference));
  }
  *sent = replay.sent() - before;
  *entries = recording.entries.size();
  return differences;
}

TEST(RecordingsTest, TheFakeAnswersAsTheRealServicesDid) {
  int passed = 0;
  const std::vector<Scenario> scenarios = Scenarios();
  for (const Scenario& scenario : scenarios) {
    int sent = 0;
    size_t entries = 0;
    const std::vector<std::string> differences = Replay(scenario, &sent, &entries);
    EXPECT_THAT(differences, IsEmpty()) << scenario.name;
    EXPECT_GT(sent, 0) << scenario.name;
    if (differences.empty()) ++passed;
    std::cout << absl::StreamFormat("%-28s %3d of %3d requests %s", scenario.name, sent, entries,
                                    differences.empty() ? "alike" : "DIFFER");
    if (!scenario.without.empty()) {
      std::cout << absl::StreamFormat("; %d left out: %s", entries - static_cast<size_t>(sent),
                                      scenario.reason);
    }
    std::cout << "\n";
  }
  std::cout << "recorded scenarios " << passed << "/" << scenarios.size() << "\n";
  EXPECT_EQ(passed, 30);
}

}  // namespace
}  // namespace scriptworker::taskcluster::fake
