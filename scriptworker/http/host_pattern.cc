// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/http/host_pattern.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scriptworker/http/url.h"

namespace scriptworker::http {
namespace {

constexpr std::string_view kAllBeneath = "*.";

}  // namespace

absl::Status CheckHostPattern(std::string_view pattern) {
  const std::string_view host = absl::StripPrefix(pattern, kAllBeneath);
  const absl::StatusOr<Url> url = Url::Parse(absl::StrCat("https://", host, "/"));
  if (url.ok() && url->host() == host) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "expected a host in lower case, such as store.example.com, or *.example.com for all beneath; "
      "no scheme, port or path; found \"",
      pattern, "\""));
}

bool HostMatches(std::string_view host, std::string_view pattern) {
  if (absl::StartsWith(pattern, kAllBeneath)) return absl::EndsWith(host, pattern.substr(1));
  return host == pattern;
}

}  // namespace scriptworker::http
