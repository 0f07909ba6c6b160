// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/fetch_cache.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"

namespace scriptworker::vcs {
namespace {

using SharedResponse = std::shared_ptr<const http::Response>;

bool IsLasting(const http::Response& response) {
  return response.status < 400 || response.status == 404 || response.status == 410;
}

SharedResponse Shared(http::Response response) {
  return std::make_shared<const http::Response>(std::move(response));
}

constexpr std::string_view kOverCapUrl = "scriptworker.vcs/over_cap";

absl::Status OverCap(const http::Url& url, int64_t max_bytes) {
  absl::Status error = absl::ResourceExhaustedError(
      absl::StrCat("with ", url.Redacted(),
                   " the answers to all questions of this kind are more "
                   "than ",
                   max_bytes, " bytes"));
  error.SetPayload(kOverCapUrl, absl::Cord());
  return error;
}

}  // namespace

FetchCache::FetchCache(http::Transport& transport, int64_t max_bytes)
    : transport_(transport),
      max_bytes_(max_bytes),
      calls_([](const SharedResponse& response) { return IsLasting(*response); }) {}

bool IsOverCap(const absl::Status& error) { return error.GetPayload(kOverCapUrl).has_value(); }

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
                            if (!IsLasting(answer)) return Shared(std::move(answer));
                            const auto size = static_cast<int64_t>(answer.body.size());
                            // What others add meanwhile is theirs to answer for.
                            if (bytes_.fetch_add(size) + size > max_bytes_) {
                              return OverCap(request.url, max_bytes_);
                            }
                            return Shared(std::move(answer));
                          },
                          /*fresh=*/request.headers.Find("Cache-Control") == "no-cache"));
  return *response;
}

}  // namespace scriptworker::vcs
