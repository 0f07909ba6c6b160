// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_VCS_FETCH_CACHE_H_
#define SCRIPTWORKER_VCS_FETCH_CACHE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/vcs/shared_calls.h"

namespace scriptworker::vcs {

// Gives one answer per URL, so that one verification never sees two answers to one
// question: each URL is fetched once, and concurrent requests for it share one.
// Make one for each verification, above what retries; never let one outlive its
// verification, as branches and tags move.
//
// Kept are answers that the server means: below 400, 404 and 410. Other answers and
// errors are not facts and are fetched again by the next request. So is a kept one by
// a request with `Cache-Control: no-cache`, for a body that turned out unreadable.
// All but plain GETs without sink are passed on.
//
// The key is the URL (and whether redirects are followed), not the headers: ask for
// one URL always in the same way. Thread-safe.
class FetchCache final : public http::Transport {
 public:
  explicit FetchCache(http::Transport& transport);

  absl::StatusOr<http::Response> Send(const http::Request& request) override;

 private:
  http::Transport& transport_;
  SharedCalls<std::shared_ptr<const http::Response>> calls_;
};

}  // namespace scriptworker::vcs

#endif  // SCRIPTWORKER_VCS_FETCH_CACHE_H_
