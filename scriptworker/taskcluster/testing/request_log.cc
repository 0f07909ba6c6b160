// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/request_log.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace scriptworker::taskcluster {

void RequestLog::Add(LoggedRequest request) {
  absl::MutexLock lock(&mutex_);
  ++total_;
  ++counts_[request.endpoint];
  if (capacity_ == 0) return;
  if (requests_.size() < capacity_) {
    requests_.push_back(std::move(request));
    return;
  }
  requests_[next_] = std::move(request);
  next_ = (next_ + 1) % capacity_;
}

void RequestLog::Clear() {
  absl::MutexLock lock(&mutex_);
  requests_.clear();
  next_ = 0;
  total_ = 0;
  counts_.clear();
}

int RequestLog::total() const {
  absl::MutexLock lock(&mutex_);
  return total_;
}

int RequestLog::Count(std::string_view endpoint) const {
  absl::MutexLock lock(&mutex_);
  const auto found = counts_.find(endpoint);
  return found == counts_.end() ? 0 : found->second;
}

std::map<std::string, int> RequestLog::CountsByEndpoint() const {
  absl::MutexLock lock(&mutex_);
  return {counts_.begin(), counts_.end()};
}

std::vector<LoggedRequest> RequestLog::Requests() const {
  absl::MutexLock lock(&mutex_);
  std::vector<LoggedRequest> ordered;
  ordered.reserve(requests_.size());
  for (size_t i = 0; i < requests_.size(); ++i) {
    ordered.push_back(requests_[(next_ + i) % requests_.size()]);
  }
  return ordered;
}

}  // namespace scriptworker::taskcluster
