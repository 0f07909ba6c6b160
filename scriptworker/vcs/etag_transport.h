// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_VCS_ETAG_TRANSPORT_H_
#define SCRIPTWORKER_VCS_ETAG_TRANSPORT_H_

#include <cstddef>
#include <list>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::vcs {

// Repeats a GET with If-None-Match when its last answer had an ETag, and gives that
// answer again when the server says 304: each answer is the server's present one, but
// GitHub does not count a 304 against the rate limit. Let it outlive verifications, below
// what retries and caches: within one a FetchCache asks for each URL once.
//
// A request with `Cache-Control: no-cache` says that the answer's body is unreadable: that
// one is forgotten, and the request sent as it is. Kept are at most `max_bytes` in all,
// those used last, and no body above 1 MiB; by URL and by what else the request says
// (credentials as a digest). All but plain GETs without sink are passed on. Thread-safe.
class EtagTransport final : public http::Transport {
 public:
  explicit EtagTransport(http::Transport& transport, size_t max_bytes = size_t{16} << 20);

  absl::StatusOr<http::Response> Send(const http::Request& request) override;

 private:
  using SharedResponse = std::shared_ptr<const http::Response>;
  struct Entry {
    std::string key;
    SharedResponse response;
    size_t bytes = 0;
  };
  using Entries = std::list<Entry>;  // the one used last comes first

  SharedResponse Find(const std::string& key) ABSL_LOCKS_EXCLUDED(mutex_);
  void Forget(const std::string& key) ABSL_LOCKS_EXCLUDED(mutex_);
  void Keep(const std::string& key, SharedResponse response) ABSL_LOCKS_EXCLUDED(mutex_);
  void Erase(Entries::iterator entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  http::Transport& transport_;
  const size_t max_bytes_;
  absl::Mutex mutex_;
  Entries entries_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Entries::iterator> by_key_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace scriptworker::vcs

#endif  // SCRIPTWORKER_VCS_ETAG_TRANSPORT_H_
