// SPDX-License-Identifier: MPL-2.0
//
// What was asked of the fake services, and how often.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_REQUEST_LOG_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_REQUEST_LOG_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::taskcluster {

struct LoggedRequest {
  absl::Time time = {};       // when it came
  std::string endpoint = {};  // "claimWork", "putObject", ...; "" for no route
  http::Method method = http::Method::kGet;
  std::string target = {};      // as sent, signatures included
  std::string user_agent = {};  // as sent; "" if it was not
  std::string task_id = {};     // "" if the route has none, as in the store
  int run_id = -1;              // -1: likewise
  int status = 0;               // 0: no answer was given
  std::string fault = {};       // "" or Fault::ToString()
};

// Thread-safe.
class RequestLog {
 public:
  // Keeps the last `capacity` requests; the counts are of all.
  explicit RequestLog(size_t capacity) : capacity_(capacity) {}

  void Add(LoggedRequest request);
  void Clear();

  // All requests, those that met a fault included.
  int total() const;
  int Count(std::string_view endpoint) const;
  std::map<std::string, int> CountsByEndpoint() const;
  std::vector<LoggedRequest> Requests() const;

 private:
  const size_t capacity_;
  mutable absl::Mutex mutex_;
  std::vector<LoggedRequest> requests_ ABSL_GUARDED_BY(mutex_);  // a ring
  size_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  int total_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, int, std::less<>> counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_REQUEST_LOG_H_
