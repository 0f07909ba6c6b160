// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_VCS_GITHUB_OBJECTS_H_
#define SCRIPTWORKER_VCS_GITHUB_OBJECTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/vcs/source_url.h"

namespace scriptworker::vcs {

// What GitHub's REST API says (version 3), as far as it is used. Members that GitHub
// leaves out or sets to null are nullopt. FromJson errors are kInvalidArgument with source
// and path.

struct GithubRepository {
  GithubRepoName name;
  std::string html_url;  // without a slash at its end
  bool fork = false;
  std::optional<GithubRepoName> parent;  // of a fork

  static absl::StatusOr<GithubRepository> FromJson(const json::Reader& reader);
};

struct GithubCommit {
  std::string sha;
  std::optional<std::string> committer_login;
  std::optional<std::string> author_login;
  // commit.author.login, which the reference reads; GitHub sets commit.author.name.
  std::optional<std::string> commit_author_login;

  static absl::StatusOr<GithubCommit> FromJson(const json::Reader& reader);
};

struct GithubPullRequest {
  int64_t number = 0;
  std::optional<std::string> head_user_login;  // absent for a deleted account
  json::Value raw;  // the whole object; its head, base and base.repo are objects

  static absl::StatusOr<GithubPullRequest> FromJson(const json::Reader& reader);
};

struct GithubRelease {
  std::string tag_name;
  std::string target_commitish;
  std::optional<std::string> published_at;  // absent for a draft
  std::optional<std::string> author_login;

  static absl::StatusOr<GithubRelease> FromJson(const json::Reader& reader);
};

struct GithubTag {
  std::string name;
  std::string sha;  // of the commit

  static absl::StatusOr<GithubTag> FromJson(const json::Reader& reader);
};

}  // namespace scriptworker::vcs

#endif  // SCRIPTWORKER_VCS_GITHUB_OBJECTS_H_
