// SPDX-License-Identifier: MPL-2.0

#ifndef TOOLS_BENCH_CHAIN_SERVER_H_
#define TOOLS_BENCH_CHAIN_SERVER_H_

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cot/testing/small_chain.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/http/testing/fake_server.h"
#include "scriptworker/taskcluster/credentials.h"
#include "tools/local_taskcluster/local_taskcluster.h"

namespace cot {

// All that a verification of a chain asks, on loopback ports: a local Taskcluster, in which each
// task of the chain was created, claimed, given its artifacts and completed in its run 0 (those
// that are running or pending by SmallChain::states, as the target, stay so); and the chain's own
// answers for GitHub. Ends the process if the queue refuses a task. Thread-safe.
class ChainServer {
 public:
  // Publishes the chain. Its tasks must have been created at the clock's time; it and the clock
  // must outlive the server. `latency` is slept before each answer.
  ChainServer(SmallChain& chain, scriptworker::Clock& clock, absl::Duration latency);

  const std::string& root_url() const { return taskcluster_->root_url(); }
  // Of a client that the Taskcluster knows.
  scriptworker::taskcluster::Credentials credentials() const {
    return taskcluster_->fake().worker_credentials();
  }
  // Where what `host` answers ("github.com") is.
  std::string SourceUrl(std::string_view host) const;
  // Since the chain is served.
  int requests() const;

 private:
  scriptworker::http::FakeResponse AnswerForSources(const scriptworker::http::FakeRequest& request);

  absl::Mutex mutex_;  // of chain_, which is changed once sources_ has its port
  SmallChain& chain_;
  const absl::Duration latency_;
  const std::unique_ptr<scriptworker::tools::LocalTaskcluster> taskcluster_;
  int requests_before_ = 0;  // those of the tasks' lives
  std::atomic<int> source_requests_ = 0;
  scriptworker::http::FakeServer sources_;
};

}  // namespace cot

#endif  // TOOLS_BENCH_CHAIN_SERVER_H_
