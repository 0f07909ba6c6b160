// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_API_CALLER_H_
#define SCRIPTWORKER_TASKCLUSTER_API_CALLER_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/hawk_transport.h"

namespace scriptworker::taskcluster {

struct ApiOptions {
  // Of one try. More than the 20 s that the queue holds a claimWork.
  absl::Duration timeout = absl::Seconds(60);
  absl::Duration connect_timeout = absl::Seconds(30);
  // 6 tries, 0.1 s doubling, as Taskcluster's clients do.
  std::optional<RetryPolicy> retry = std::nullopt;
  NonceSource nonces = RandomNonce;
};

// One call to a Taskcluster service: builds the URL, signs, sends, retries 429,
// 5xx and connection errors (each time signed anew), reads the JSON answer,
// and turns an HTTP status >= 400 into an error with a QueueError. A redirect, and
// a body that is no JSON, is repeated, too, and in the end DataLoss.
//
// Thread-safe.
class ApiCaller {
 public:
  struct Call {
    std::string_view name;  // "claimWork", for error texts
    http::Method method = http::Method::kGet;
    // Below the service's base URL; parameters already escaped: see Route().
    std::string_view route;
    const json::Value* body = nullptr;         // null: none
    const Credentials* credentials = nullptr;  // null: unsigned
    CancellationToken cancellation = {};
    // Once it is cancelled a try that fails is the last one.
    CancellationToken last_try = {};
    // What the answer hands over is lost with it (a claim): once the status is good the call is
    // not repeated, whatever the answer is, and of an answer that is nested deeper than 512 all
    // that is not is read; what is left out is seen by a depth of 513.
    bool hands_over = false;
    // A Retry-After is obeyed up to here, or up to what the retry policy says.
    absl::Duration max_retry_after = absl::InfiniteDuration();
  };
  struct Answer {
    http::Url url;
    // null if the body is empty.
    json::Value body;
    std::optional<absl::Time> server_time;
    // The error to return when `body` has not the shape that `status` (of a
    // json::Reader) says: adds call and URL. DataLoss.
    absl::Status WrongShape(const absl::Status& status) const;
    std::string name;
  };

  // `root_url` has a scheme and host; trailing slashes are dropped. `service`
  // is "queue/v1". InvalidArgument for an unusable root_url. `transport` and
  // `clock` must outlive the result.
  static absl::StatusOr<ApiCaller> Create(std::string_view root_url, std::string_view service,
                                          http::Transport& transport, Clock& clock,
                                          ApiOptions options);

  absl::StatusOr<Answer> Send(const Call& call) const;

  // The URL of a route.
  absl::StatusOr<http::Url> MakeUrl(std::string_view route) const;

  Clock& clock() const { return *clock_; }

 private:
  ApiCaller(std::string base, http::Transport& transport, Clock& clock, ApiOptions options);

  std::string base_;
  http::Transport* transport_;
  Clock* clock_;
  ApiOptions options_;
};

// "/task/{}/runs/{}" with the arguments in place of the braces, percent-encoded
// with nothing left bare but unreserved characters.
std::string Route(std::string_view pattern, absl::Span<const std::string_view> arguments);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_API_CALLER_H_
