// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_VCS_FETCH_CACHE_H_
#define SCRIPTWORKER_VCS_FETCH_CACHE_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
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
// Bodies stay in memory, and a chain's tasks say which are fetched: their total has a cap, over
// which a request fails, for good (IsOverCap).
//
// The key is the URL (and whether redirects are followed), not the headers: ask for
// one URL always in the same way. Thread-safe.
class FetchCache final : public http::Transport {
 public:
  // Of the bodies that are or were kept, and of that which went over it. Those of a real chain have
  // a megabyte or two.
  static constexpr int64_t kMaxBytes = int64_t{64} << 20;

  // Borrows `transport`.
  explicit FetchCache(http::Transport& transport, int64_t max_bytes = kMaxBytes);

  absl::StatusOr<http::Response> Send(const http::Request& request) override;

 private:
  http::Transport& transport_;
  const int64_t max_bytes_;
  std::atomic<int64_t> bytes_ = 0;
  SharedCalls<std::shared_ptr<const http::Response>> calls_;
};

// Whether an error is that the answers of a FetchCache would be too large together; by how it
// came about, and whoever has changed its code and message since, if the payloads were kept.
bool IsOverCap(const absl::Status& error);

}  // namespace scriptworker::vcs

#endif  // SCRIPTWORKER_VCS_FETCH_CACHE_H_
