// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/api_caller.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/log/check.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/http_date.h"
#include "scriptworker/http/retrying_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/hawk_transport.h"
#include "scriptworker/taskcluster/json_clip.h"
#include "scriptworker/taskcluster/queue_error.h"

namespace scriptworker::taskcluster {
namespace {

// Turns a good status with a body that is no JSON (a login page, a cut answer), and a
// redirect, which no call here is answered with (a proxy's way to its login page), into
// the error DataLoss, which is worth another try, and keeps the value that it parsed.
// A good status of a call that `hands_over` stays one: unreadable() is the error then.
// Sits below the RetryingTransport; for one call.
class JsonTransport final : public http::Transport {
 public:
  JsonTransport(http::Transport& inner, bool hands_over) : inner_(inner), hands_over_(hands_over) {}

  absl::StatusOr<http::Response> Send(const http::Request& request) override {
    absl::StatusOr<http::Response> response = inner_.Send(request);
    if (!response.ok() || response->status >= 400) return response;
    answer_ = json::Value();
    unreadable_ = absl::OkStatus();
    if (!response->ok()) {
      return absl::DataLossError(
          absl::StrCat(http::MethodName(request.method), " ", request.url.Redacted(),
                       ": expected an answer, found HTTP ", response->status, " to \"",
                       http::RedactUrl(response->headers.Find("Location").value_or("")), "\""));
    }
    if (response->body.empty()) return response;
    absl::StatusOr<json::Value> answer = ParseAnswer(response->body, kMaxDepth);
    if (!answer.ok() && hands_over_) {
      answer = ParseAnswer(ClipJson(response->body, kMaxDepth + 1), kMaxDepth + 1);
    }
    if (!answer.ok()) {
      const absl::Status unreadable = absl::DataLossError(
          absl::StrCat(http::MethodName(request.method), " ", request.url.Redacted(), ": HTTP ",
                       response->status, " with content type \"",
                       response->headers.Find("Content-Type").value_or(""),
                       "\" and a body that is no JSON: ", answer.status().message()));
      if (!hands_over_) return unreadable;
      unreadable_ = unreadable;
      return response;
    }
    answer_ = *std::move(answer);
    return response;
  }

  json::Value TakeAnswer() { return std::move(answer_); }
  const absl::Status& unreadable() const { return unreadable_; }

 private:
  static constexpr int kMaxDepth = 512;

  static absl::StatusOr<json::Value> ParseAnswer(std::string_view text, int max_depth) {
    return json::Parse(text, {.source = "answer",
                              .max_depth = max_depth,
                              .allow_duplicate_keys = true,
                              .allow_big_integers = true});
  }

  http::Transport& inner_;
  const bool hands_over_;
  json::Value answer_;
  absl::Status unreadable_;
};

// What a refused request means, for people.
std::string Describe(const ApiCaller::Call& call, const http::Url& url, int http_status) {
  std::string text =
      absl::StrCat(call.name, " (", http::MethodName(call.method), " ", url.Redacted(), "): ");
  const std::string client = call.credentials == nullptr
                                 ? "a request without credentials"
                                 : absl::StrCat("client \"", call.credentials->client_id, "\"");
  if (http_status == 401) {
    return absl::StrCat(text, "Taskcluster does not accept ", client,
                        " (wrong or expired credentials, or a wrong clock)");
  }
  if (http_status == 403) {
    return absl::StrCat(text, client, " lacks scopes");
  }
  return absl::StrCat(text, "refused");
}

}  // namespace

ApiCaller::ApiCaller(std::string base, http::Transport& transport, Clock& clock, ApiOptions options)
    : base_(std::move(base)),
      transport_(&transport),
      clock_(&clock),
      options_(std::move(options)) {}

absl::StatusOr<ApiCaller> ApiCaller::Create(std::string_view root_url, std::string_view service,
                                            http::Transport& transport, Clock& clock,
                                            ApiOptions options) {
  while (absl::ConsumeSuffix(&root_url, "/")) {
  }
  SW_ASSIGN_OR_RETURN(const http::Url root, http::Url::Parse(root_url));
  if (!root.query().empty() || absl::StrContains(root_url, '?')) {
    return absl::InvalidArgumentError(absl::StrCat(root.Redacted(), ": the root URL has a query"));
  }
  return ApiCaller(absl::StrCat(root_url, "/api/", service), transport, clock, std::move(options));
}

absl::StatusOr<http::Url> ApiCaller::MakeUrl(std::string_view route) const {
  return http::Url::Parse(absl::StrCat(base_, route));
}

absl::StatusOr<ApiCaller::Answer> ApiCaller::Send(const Call& call) const {
  http::Request request;
  SW_ASSIGN_OR_RETURN(request.url, MakeUrl(call.route));
  request.method = call.method;
  if (call.body != nullptr) {
    request.body = json::FormatCompact(*call.body);
    request.headers.Add("Content-Type", "application/json");
  }
  request.connect_timeout = options_.connect_timeout;
  request.total_timeout = options_.timeout;
  request.cancellation = call.cancellation;

  std::optional<HawkTransport> hawk;
  if (call.credentials != nullptr) {
    hawk.emplace(*transport_, *call.credentials, *clock_, options_.nonces);
  }
  JsonTransport json(hawk.has_value() ? *hawk : *transport_, call.hands_over);
  RetryPolicy policy = options_.retry.value_or(TaskclusterClientRetryPolicy());
  policy.max_retry_after = std::min(policy.max_retry_after, call.max_retry_after);
  http::RetryingTransport retrying(json, policy, *clock_);
  retrying.MakeNoMoreAttemptsAfter(call.last_try);
  SW_ASSIGN_OR_RETURN(const http::Response response, retrying.Send(request));
  if (http::IsRetryableStatus(response.status) && call.cancellation.cancelled()) {
    return call.cancellation.reason();  // it kept the request from more tries
  }
  if (response.status >= 400) {
    return MakeQueueError(Describe(call, request.url, response.status),
                          ParseQueueError(response.status, response.body));
  }
  SW_RETURN_IF_ERROR(json.unreadable());
  Answer answer;
  answer.name = std::string(call.name);
  answer.url = request.url;
  answer.body = json.TakeAnswer();
  if (const std::optional<std::string_view> date = response.headers.Find("Date");
      date.has_value()) {
    answer.server_time = http::ParseHttpDate(*date);
  }
  return answer;
}

absl::Status ApiCaller::Answer::WrongShape(const absl::Status& status) const {
  return MakeWrongShapeError(absl::StrCat(name, ": unexpected answer: ", status.message()));
}

std::string Route(std::string_view pattern, absl::Span<const std::string_view> arguments) {
  std::string route;
  for (const std::string_view argument : arguments) {
    const size_t braces = pattern.find("{}");
    CHECK_NE(braces, std::string_view::npos);
    absl::StrAppend(&route, pattern.substr(0, braces), http::PercentEncode(argument));
    pattern.remove_prefix(braces + 2);
  }
  return absl::StrCat(route, pattern);
}

}  // namespace scriptworker::taskcluster
