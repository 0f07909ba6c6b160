// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_VCS_ETAG_TRANSPORT_H_
#define SCRIPTWORKER_VCS_ETAG_TRANSPORT_H_

#include <cstddef>
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
// GitHub does not count a 304 against the rate limit. Keeps at most `max_answers`, and
// none above 1 MiB. The key is the URL: use it with one set of credentials.
//
// All but plain GETs without sink are passed on. Thread-safe.
class EtagTransport final : public http::Transport {
 public:
  explicit EtagTransport(http::Transport& transport, size_t max_answers = 256);

  absl::StatusOr<http::Response> Send(const http::Request& request) override;

 private:
  using SharedResponse = std::shared_ptr<const http::Response>;

  SharedResponse Find(const std::string& url);
  void Keep(const std::string& url, SharedResponse response);

  http::Transport& transport_;
  const size_t max_answers_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, SharedResponse> answers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::vcs

#endif  // SCRIPTWORKER_VCS_ETAG_TRANSPORT_H_
