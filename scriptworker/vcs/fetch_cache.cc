// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/fetch_cache.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"

namespace scriptworker::vcs {
namespace {

using SharedResponse = std::shared_ptr<const http::Response>;

bool IsLasting(const SharedResponse& response) {
  return response->status < 400 || response->status == 404 || response->status == 410;
}

}  // namespace

FetchCache::FetchCache(http::Transport& transport) : transport_(transport), calls_(IsLasting) {}

absl::StatusOr<http::Response> FetchCache::Send(const http::Request& request) {
  if (request.method != http::Method::kGet || request.sink != nullptr || !request.body.empty() ||
      request.body_source != nullptr) {
    return transport_.Send(request);
  }
  const bool follows = request.redirects == http::Request::Redirects::kFollow;
  SW_ASSIGN_OR_RETURN(const SharedResponse response,
                      calls_.Get(
                          absl::StrCat(follows ? "follow " : "return ", request.url.ToString()),
                          [&]() -> absl::StatusOr<SharedResponse> {
                            SW_ASSIGN_OR_RETURN(http::Response answer, transport_.Send(request));
                            return std::make_shared<const http::Response>(std::move(answer));
                          },
                          /*fresh=*/request.headers.Find("Cache-Control") == "no-cache"));
  return *response;
}

}  // namespace scriptworker::vcs
