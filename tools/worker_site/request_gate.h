// SPDX-License-Identifier: MPL-2.0

#ifndef TOOLS_WORKER_SITE_REQUEST_GATE_H_
#define TOOLS_WORKER_SITE_REQUEST_GATE_H_

#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace scriptworker::tools {

// Holds requests of one endpoint of a fake Taskcluster back, as its on_request:
//
//   RequestGate gate;
//   options.on_request = [&](auto endpoint, bool worked) { gate.Pass(endpoint, worked); };
//   gate.Close("putObject", RequestGate::kBeforeTheWork);
//   ... start something; ASSERT_TRUE(gate.AwaitArrival()); look around; ...
//   gate.Open();
//
// Thread-safe. Open at first.
class RequestGate {
 public:
  enum When { kBeforeTheWork, kBeforeTheAnswer };

  ~RequestGate() { Open(); }

  void Close(std::string_view endpoint, When when) {
    absl::MutexLock lock(&mutex_);
    endpoint_ = std::string(endpoint);
    when_ = when;
    arrived_ = 0;
  }
  void Open() {
    absl::MutexLock lock(&mutex_);
    endpoint_.clear();
  }
  // Waits, in real time, until a request stands at the closed gate.
  bool AwaitArrival() {
    const auto arrived = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return arrived_ > 0; };
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&arrived), absl::Seconds(60));
  }

  void Pass(std::string_view endpoint, bool worked) {
    absl::MutexLock lock(&mutex_);
    if (endpoint != endpoint_ || worked != (when_ == kBeforeTheAnswer)) return;
    ++arrived_;
    const auto open = [this, endpoint]()
                          ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return endpoint_ != endpoint; };
    mutex_.Await(absl::Condition(&open));
  }

 private:
  absl::Mutex mutex_;
  std::string endpoint_ ABSL_GUARDED_BY(mutex_);  // empty: open
  When when_ ABSL_GUARDED_BY(mutex_) = kBeforeTheWork;
  int arrived_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace scriptworker::tools

#endif  // TOOLS_WORKER_SITE_REQUEST_GATE_H_
