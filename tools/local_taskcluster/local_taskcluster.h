// SPDX-License-Identifier: MPL-2.0
//
// A FakeTaskcluster behind HTTP on a loopback port: for the quickstart, tests of
// whole programs and benchmarks.

#ifndef TOOLS_LOCAL_TASKCLUSTER_LOCAL_TASKCLUSTER_H_
#define TOOLS_LOCAL_TASKCLUSTER_LOCAL_TASKCLUSTER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster_options.h"

namespace scriptworker::tools {

struct LocalTaskclusterOptions {
  int port = 0;  // 0: any that is free
  // Added to every answer.
  absl::Duration latency = absl::ZeroDuration();
  // Sends JSON of more than 1 KiB compressed to who accepts it, as the real
  // services do.
  bool compress = true;
  // Its URLs are set by Start().
  taskcluster::FakeTaskclusterOptions fake = {};
};

// Random access tokens for all clients, so that nobody else on the machine can
// guess them; and random task ids: a worker ends what carries the id of a run that
// it left behind, which must be no other test's script.
void MakeTokensRandom(taskcluster::FakeTaskclusterOptions& options);

// Thread-safe.
class LocalTaskcluster {
 public:
  // Listens on 127.0.0.1. Unavailable if the port is taken. `clock` must
  // outlive the result.
  static absl::StatusOr<std::unique_ptr<LocalTaskcluster>> Start(
      Clock& clock, LocalTaskclusterOptions options = {});

  LocalTaskcluster(const LocalTaskcluster&) = delete;
  LocalTaskcluster& operator=(const LocalTaskcluster&) = delete;
  // Stops: ends long polls, answers what is under way, closes all connections.
  ~LocalTaskcluster();

  // "http://127.0.0.1:PORT"
  const std::string& root_url() const { return fake_->root_url(); }
  taskcluster::FakeTaskcluster& fake() { return *fake_; }

 private:
  class Server;

  explicit LocalTaskcluster(std::unique_ptr<Server> server);

  std::unique_ptr<Server> server_;
  taskcluster::FakeTaskcluster* fake_;  // the server's
};

}  // namespace scriptworker::tools

#endif  // TOOLS_LOCAL_TASKCLUSTER_LOCAL_TASKCLUSTER_H_
