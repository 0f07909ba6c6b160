// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HAR_REPLAY_TRANSPORT_H_
#define SCRIPTWORKER_HAR_REPLAY_TRANSPORT_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/har/har.h"
#include "scriptworker/http/redirect.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::har {

// A request header that is not compared, and why.
struct IgnoredHeader {
  std::string_view name;
  std::string_view reason;
};
// The headers that are never compared.
const std::vector<IgnoredHeader>& IgnoredHeaders();

struct ReplayOptions {
  // More headers not to compare.
  std::vector<IgnoredHeader> ignored_headers = {};
  // Rewrites a (redacted) body, the sent one and the recorded one alike, before
  // they are compared: to blank out a timestamp, say. The target tells which.
  std::function<std::string(std::string_view target, std::string body)> normalize_body = nullptr;
  // Takes targets as equal that differ only in escapes that need not be there
  // (`%28` and `(`): the recorded Python client undoes some of them.
  bool ignore_needless_escapes = false;
  // Takes requests to any host as if they went to the recorded one.
  bool ignore_host = false;
  // Gives a GET whose exchanges are used up the last of them once more if that was an error (no
  // or a cut response, or a status from 400 on): a client that asks more often about errors than
  // the recorded one did would hardly have heard anything else. What was answered is no answer to
  // further requests.
  bool repeat_errors = false;
  http::RedirectLimits redirect_limits = {};
};

// Answers each request by the first unused exchange that has the same method,
// host, target, headers and body, all compared in redacted form (redaction.h).
// Of Authorization the scheme and the client id count. The n-th equal request
// thus gets the n-th recorded answer; different requests may come in any order.
// (But see repeat_errors.)
//
// A request without such an exchange fails with kFailedPrecondition, whose text
// names the nearest exchange and what differs, and is remembered.
// Exchanges recorded without response give kUnavailable, cut ones kDataLoss.
// Thread-safe.
class ReplayTransport final : public http::Transport {
 public:
  explicit ReplayTransport(Document document, ReplayOptions options = {});

  absl::StatusOr<http::Response> Send(const http::Request& request) override;

  // OK if every exchange was used and no request was unexpected; else
  // kFailedPrecondition that lists them. To be asserted at the end of a test.
  absl::Status Finish() const;

 private:
  // What is compared of a request.
  struct Key {
    std::string method;
    std::string host;
    std::string target;
    std::vector<std::string> headers;
    std::string body;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Entry {
    Exchange exchange;
    Key key;
    bool used;
  };

  Key KeyOf(const RecordedRequest& request) const;
  absl::StatusOr<http::Response> SendOne(const http::Request& request);
  absl::StatusOr<RecordedResponse> Take(const RecordedRequest& sent);
  std::string Difference(const Key& sent) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const ReplayOptions options_;
  mutable absl::Mutex mutex_;
  std::vector<Entry> entries_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> unexpected_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::har

#endif  // SCRIPTWORKER_HAR_REPLAY_TRANSPORT_H_
