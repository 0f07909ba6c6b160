// SPDX-License-Identifier: MPL-2.0
//
// Sends a recording's requests to a FakeTaskcluster and compares the answers.
//
// They go out byte for byte, with their recorded signatures: the fake's clock
// follows the recording, its static clients have the recorded deployment's
// tokens, its tasks the recorded ids. Only what an answer made anew is put in its
// place: presigned URLs, upload ids, tokens of lists of tasks.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_RECORDING_REPLAY_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_RECORDING_REPLAY_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/recording.h"

namespace scriptworker::taskcluster::fake {

// Something that happened to a task outside the recording.
struct UnrecordedStep {
  int before_entry;       // 0: as soon as the task is there
  std::string_view task;  // its name in the scenario
  // "claim", "claim WORKER", "expire WORKER" (a claim of 10 s), "complete", "fail", "cancel",
  // "exception REASON", "error NAME", "link NAME TARGET" (artifacts).
  std::string_view action;
};

// Thread-compatible.
class RecordingReplay {
 public:
  // Begins before the earliest of what `recordings` hold.
  explicit RecordingReplay(const std::vector<const Recording*>& recordings);

  FakeTaskcluster& fake() { return fake_; }

  // Replays the entries of one recording; what differs, each line with its
  // entry. Entries of servers in `without` are left out.
  std::vector<std::string> Run(const Recording& recording, const std::vector<UnrecordedStep>& steps,
                               const std::set<std::string>& without = {});

  // How many entries Run() sent.
  int sent() const { return sent_; }

  // Creates a task that no scenario.json names.
  void Create(const std::string& task_id, const json::Value& definition, absl::Time when);

 private:
  void AdvanceTo(absl::Time time);
  void Prepare(const Recording& recording, int entry, const std::vector<UnrecordedStep>& steps);
  void Do(const UnrecordedStep& step, const std::string& task_id);
  WireReply CallAsRoot(http::Method method, const std::string& target, const json::Value& payload);
  WireRequest Adapt(const RecordedEntry& entry) const;
  void Learn(const json::Value& recorded, const json::Value& actual);
  std::vector<std::string> Compare(const RecordedEntry& entry, const WireReply& reply);
  std::vector<std::string> CompareBodies(const RecordedEntry& entry, const WireReply& reply);

  SimulatedClock clock_;
  FakeTaskcluster fake_;
  std::set<std::string> created_;
  std::map<std::string, std::string> urls_;  // the fake's, by recorded signature
  std::map<std::string, std::string> ids_;   // the fake's, by recorded id or token
  std::vector<std::string> setup_errors_;
  int sent_ = 0;
};

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_RECORDING_REPLAY_H_
