// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/har/recording_transport.h"

#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/har/har.h"
#include "scriptworker/har/redaction.h"
#include "scriptworker/http/redirect.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::har {
namespace {

RecordedRequest Record(const http::Request& request, const std::string& body) {
  RecordedRequest recorded = {.method = std::string(http::MethodName(request.method)),
                              .url = request.url.ToString(),
                              .target = std::string(request.url.target()),
                              .body = body};
  recorded.headers.Add("Host", request.url.authority());
  for (const auto& [name, value] : request.headers) recorded.headers.Add(name, value);
  return recorded;
}

RecordedResponse Record(const absl::StatusOr<http::Response>& response,
                        const std::string& sunk_body) {
  RecordedResponse recorded;
  recorded.body_is_decoded = true;
  if (!response.ok()) {
    recorded.error = std::string(response.status().message());
    return recorded;
  }
  recorded.status = response->status;
  recorded.headers = response->headers;
  recorded.body = sunk_body.empty() ? response->body : sunk_body;
  return recorded;
}

}  // namespace

RecordingTransport::RecordingTransport(http::Transport& inner, Clock& clock,
                                       std::string creator_version,
                                       http::RedirectLimits redirect_limits)
    : inner_(inner), clock_(clock), redirect_limits_(std::move(redirect_limits)) {
  document_.creator_version = std::move(creator_version);
}

absl::StatusOr<http::Response> RecordingTransport::Send(const http::Request& request) {
  const absl::Duration begin = clock_.Monotonic();
  return http::SendFollowingRedirects(request, redirect_limits_, [&](const http::Request& hop) {
    return SendOne(hop, request.total_timeout - (clock_.Monotonic() - begin));
  });
}

absl::StatusOr<http::Response> RecordingTransport::SendOne(const http::Request& request,
                                                           absl::Duration timeout) {
  http::Request copy = request;
  copy.total_timeout = timeout;
  copy.redirects = http::Request::Redirects::kReturn;
  SW_ASSIGN_OR_RETURN(copy.body, http::ReadBody(request));
  copy.body_source = nullptr;
  http::StringSink sink;
  if (request.sink != nullptr) copy.sink = &sink;

  Exchange exchange;
  exchange.started = clock_.Now();
  exchange.request = Record(copy, copy.body);
  exchange = Redact(std::move(exchange));
  size_t index = 0;
  {
    absl::MutexLock lock(&mutex_);
    index = document_.exchanges.size();
    document_.exchanges.push_back(exchange);
  }
  const absl::Duration begin = clock_.Monotonic();
  absl::StatusOr<http::Response> response = inner_.Send(copy);
  exchange.duration = clock_.Monotonic() - begin;
  exchange.response = Record(response, sink.data());
  exchange = Redact(std::move(exchange));
  {
    absl::MutexLock lock(&mutex_);
    document_.exchanges[index] = std::move(exchange);
  }
  if (response.ok() && response->ok() && request.sink != nullptr) {
    SW_RETURN_IF_ERROR(request.sink->Write(sink.data()));
  }
  return response;
}

Document RecordingTransport::document() const {
  absl::MutexLock lock(&mutex_);
  return document_;
}

}  // namespace scriptworker::har
