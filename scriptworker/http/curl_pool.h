// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_CURL_POOL_H_
#define SCRIPTWORKER_HTTP_CURL_POOL_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "curl/curl.h"

namespace scriptworker::http {

// libcurl's handles are all void*, hence the function in the type.
template <auto kFree>
struct CurlDeleter {
  template <typename T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};
using CurlEasy = std::unique_ptr<CURL, CurlDeleter<curl_easy_cleanup>>;
using CurlMulti = std::unique_ptr<CURLM, CurlDeleter<curl_multi_cleanup>>;
using CurlShare = std::unique_ptr<CURLSH, CurlDeleter<curl_share_cleanup>>;
using CurlList = std::unique_ptr<curl_slist, CurlDeleter<curl_slist_free_all>>;

// The means of one transfer at a time, with the connection that the last one
// left open (libcurl keeps it in the multi handle).
struct CurlConnection {
  std::string origin;
  CurlMulti multi;  // outlives `easy`
  CurlEasy easy;
  std::chrono::steady_clock::time_point idle_since;
};

// Connections for reuse, by origin; the one used last goes first. DNS answers
// and TLS sessions are shared among all. libcurl forbids several threads to
// share a connection cache, hence a multi handle for each. Thread-safe.
class CurlPool {
 public:
  CurlPool(size_t max_idle, std::chrono::milliseconds max_idle_time);
  ~CurlPool();

  // A connection for that origin, open if one is idle, else a fresh one.
  absl::StatusOr<std::unique_ptr<CurlConnection>> Take(std::string_view origin);
  // Gives it back; closes what has been idle for too long.
  void Return(std::unique_ptr<CurlConnection> connection);

 private:
  class Share;

  const size_t max_idle_;
  const std::chrono::milliseconds max_idle_time_;
  std::unique_ptr<Share> share_;  // outlives all connections
  absl::Mutex mutex_;
  // Sorted by idle_since.
  std::vector<std::unique_ptr<CurlConnection>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_CURL_POOL_H_
