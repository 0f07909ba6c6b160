// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/etag_transport.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/status_macros.h"

namespace scriptworker::vcs {
namespace {

constexpr size_t kMaxBodyBytes = size_t{1} << 20;

}  // namespace

EtagTransport::EtagTransport(http::Transport& transport, size_t max_answers)
    : transport_(transport), max_answers_(max_answers) {}

absl::StatusOr<http::Response> EtagTransport::Send(const http::Request& request) {
  if (request.method != http::Method::kGet || request.sink != nullptr || !request.body.empty() ||
      request.body_source != nullptr || request.headers.contains("If-None-Match")) {
    return transport_.Send(request);
  }
  const std::string& url = request.url.ToString();
  const SharedResponse known = Find(url);
  http::Request conditional = request;
  if (known != nullptr) {
    conditional.headers.Set("If-None-Match", known->headers.Find("ETag").value_or(""));
  }
  SW_ASSIGN_OR_RETURN(http::Response response, transport_.Send(conditional));
  if (response.status == 304 && known != nullptr) return *known;
  if (response.status == 200 && response.headers.contains("ETag") &&
      response.body.size() <= kMaxBodyBytes) {
    Keep(url, std::make_shared<const http::Response>(response));
  }
  return response;
}

EtagTransport::SharedResponse EtagTransport::Find(const std::string& url) {
  absl::MutexLock lock(&mutex_);
  const auto found = answers_.find(url);
  return found == answers_.end() ? nullptr : found->second;
}

void EtagTransport::Keep(const std::string& url, SharedResponse response) {
  absl::MutexLock lock(&mutex_);
  if (answers_.size() >= max_answers_ && !answers_.contains(url)) answers_.erase(answers_.begin());
  answers_[url] = std::move(response);
}

}  // namespace scriptworker::vcs
