// SPDX-License-Identifier: MPL-2.0
//
// Two lines: a source and a repository.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/vcs/source_url.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using ::scriptworker::vcs::SourceUrl;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t newline = input.find('\n');
  const absl::StatusOr<SourceUrl> source = SourceUrl::Parse(input.substr(0, newline));
  if (!source.ok()) return 0;
  CHECK(!absl::StrContains(source->path(), '\\'));
  CHECK(source->path().empty() || source->path().front() == '/');
  // What is in a repository is so under any name of the file.
  const absl::StatusOr<SourceUrl> repo =
      SourceUrl::Parse(newline == std::string_view::npos ? "" : input.substr(newline + 1));
  if (repo.ok() && IsInRepository(*source, *repo)) {
    CHECK_EQ(source->host(), repo->host());
    CHECK(!repo->segments().empty());
  }
  const std::optional<scriptworker::vcs::GithubRepoName> name = GithubRepoOf(*source, "github.com");
  if (name.has_value()) {
    CHECK(IsGithub(*source, "github.com"));
    CHECK(!absl::StrContains(name->owner, '/') && !absl::StrContains(name->name, '/'));
  }
  if (GithubSourceOf(*source, "github.com").has_value()) CHECK(name.has_value());
  return 0;
}
