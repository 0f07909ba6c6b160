// SPDX-License-Identifier: MPL-2.0
//
// A Taskcluster in memory: queue, artifact store and the little of the auth,
// object and worker-manager services that a worker and its tests meet. Stateful, with the real
// services' run states, messages and checks: it is compared with recordings of
// them (recordings_test). It cheats in this: time is exact (claims and deadlines
// end when they say so, not when a resolver comes by), roles do not exist but
// for `anonymous`, nothing is ever deleted, and Hawk's secrets are in its options.
//
// As an http::Transport it serves in the process, without sockets; the same
// object serves over HTTP in //tools/local_taskcluster.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_FAKE_TASKCLUSTER_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_FAKE_TASKCLUSTER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster_options.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/taskcluster/testing/request_log.h"
#include "scriptworker/taskcluster/testing/wire.h"

namespace scriptworker::taskcluster {

namespace fake {
class Services;
}  // namespace fake

// Thread-safe.
class FakeTaskcluster final : public http::Transport {
 public:
  // `clock` is the services' one: takenUntil, Hawk's ts, expiry, long polls.
  explicit FakeTaskcluster(Clock& clock, FakeTaskclusterOptions options = {});
  ~FakeTaskcluster() override;  // REQUIRES: nobody is in Send() or Serve()

  // As a transport. Follows redirects within the fake only; for a timeout fault
  // it waits for the request's total_timeout by the clock.
  absl::StatusOr<http::Response> Send(const http::Request& request) override;

  // As a server: what Send() is made of.
  fake::WireReply Serve(const fake::WireRequest& request);

  // Changes FakeTaskclusterOptions::claim for the (re)claims to come.
  void SetClaim(absl::Duration claim);

  // Ends long polls, now and from now on, with no task.
  void Shutdown();

  // Credentials of the static clients `static/taskcluster/root` (everything),
  // `static/test/worker` (claimWork) and `static/test/nothing`.
  Credentials root_credentials() const;
  Credentials worker_credentials() const;
  Credentials powerless_credentials() const;
  const std::string& root_url() const { return options_.root_url; }

  FaultPlan& faults() { return faults_; }
  RequestLog& request_log() { return request_log_; }

  // --- Behind the API's back: for tests, not logged and not refused --------

  // Makes a task; returns its id. createTask's checks hold, but for scopes.
  absl::StatusOr<TaskId> CreateTask(const json::Value& definition);
  absl::Status CreateTask(const TaskId& id, const json::Value& definition);
  // As cancelTask.
  absl::Status CancelTask(const TaskId& id);
  // The `status` member of the queue's answers. NotFound.
  absl::StatusOr<json::Value> Status(const TaskId& id);
  // "unscheduled", "pending", "running", "completed", "failed", "exception"; ""
  // if there is no such task.
  std::string State(const TaskId& id);
  // How run `run_id` ended: "completed", "failed", "worker-shutdown", ...; ""
  // while it did not.
  std::string Resolution(const TaskId& id, RunId run_id);

  struct Artifact {
    std::string name;
    std::string storage_type;  // "s3", "link", "error", "reference", "object"
    std::string content_type;
    std::string content_encoding;  // as it was uploaded
    bool uploaded = false;         // the bytes arrived
    std::string stored;            // the bytes as they arrived
    std::string content;           // decoded
  };
  // Those of a run, sorted by name.
  std::vector<Artifact> Artifacts(const TaskId& id, RunId run_id);
  absl::StatusOr<Artifact> GetArtifact(const TaskId& id, RunId run_id, std::string_view name);

 private:
  void DeliverEvents();
  Credentials CredentialsOf(std::string_view client_id) const;

  const FakeTaskclusterOptions options_;
  FaultPlan faults_;
  RequestLog request_log_;
  std::unique_ptr<fake::Services> services_;
  absl::Mutex delivery_mutex_;  // serializes options_.on_event
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_FAKE_TASKCLUSTER_H_
