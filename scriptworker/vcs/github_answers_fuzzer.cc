// SPDX-License-Identifier: MPL-2.0
//
// The first line is a Link header, the rest a JSON object or a page.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/vcs/branch_page.h"
#include "scriptworker/vcs/github_objects.h"
#include "scriptworker/vcs/link_header.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using ::scriptworker::json::Reader;
  namespace vcs = ::scriptworker::vcs;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t newline = input.find('\n');
  const std::string_view header = input.substr(0, newline);
  const std::optional<std::string> next = vcs::FindLink(header, "next");
  if (next.has_value()) CHECK(absl::StrContains(header, absl::StrCat("<", *next, ">")));
  if (newline == std::string_view::npos) return 0;
  const std::string_view body = input.substr(newline + 1);
  if (const auto named = vcs::NamesBranch(body); named.ok() && *named) {
    CHECK(absl::StrContainsIgnoreCase(body, "branch"));
  }
  const auto value = scriptworker::json::Parse(body);
  if (!value.ok()) return 0;
  const Reader reader(*value, "answer");
  (void)vcs::GithubRepository::FromJson(reader);
  (void)vcs::GithubCommit::FromJson(reader);
  (void)vcs::GithubPullRequest::FromJson(reader);
  (void)vcs::GithubRelease::FromJson(reader);
  (void)vcs::GithubTag::FromJson(reader);
  return 0;
}
