// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_FAKE_TASKCLUSTER_OPTIONS_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_FAKE_TASKCLUSTER_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "scriptworker/taskcluster/testing/client.h"
#include "scriptworker/taskcluster/testing/queue_event.h"

namespace scriptworker::taskcluster {

// A worker that worker-manager knows, of the provider `static`.
struct StaticWorker {
  std::string worker_pool_id = {};
  std::string worker_group = {};
  std::string worker_id = {};
  std::string static_secret = {};  // 44 characters
  // What shouldWorkerTerminate says; empty: go on.
  std::string reason_to_terminate = {};
};

// How a FakeTaskcluster behaves; the defaults are a deployment's.
struct FakeTaskclusterOptions {
  // Where the services and the artifact store are. The store may be beneath the
  // root URL or elsewhere, but must be on a host and port of its own or below a
  // path of its own.
  std::string root_url = "http://127.0.0.1:8180";
  std::string storage_url = "http://127.0.0.1:8190";

  // How long an empty claimWork waits.
  absl::Duration poll = absl::Seconds(20);
  // From a (re)claim to takenUntil.
  absl::Duration claim = absl::Minutes(20);
  // How long a URL for an upload or a private download is good.
  absl::Duration upload_url = absl::Minutes(45);
  absl::Duration download_url = absl::Minutes(30);

  // Static clients; see fake::DefaultClients().
  std::vector<fake::Client> clients = fake::DefaultClients();
  // What everybody may do, with or without credentials.
  std::vector<std::string> anonymous_scopes = fake::DefaultAnonymousScopes();
  // Who may register with worker-manager, and for how long that is good.
  std::vector<StaticWorker> static_workers = {};
  absl::Duration registration = absl::Hours(1);
  // The client that signs the claims' credentials. Must be one of `clients`.
  std::string issuer = "static/taskcluster/queue";

  // Of task ids, nonces and tokens that the fake makes.
  uint64_t seed = 1;
  // How many requests request_log() keeps.
  size_t logged_requests = 10'000;
  QueueEventListener on_event;

  // Called twice for each request, by the thread that serves it: before the
  // service does its work, and when it has done so but the answer is not yet
  // given. May block, which holds the request back; must not call the fake.
  std::function<void(std::string_view endpoint, bool worked)> on_request;
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_FAKE_TASKCLUSTER_OPTIONS_H_
