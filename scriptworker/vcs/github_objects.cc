// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/github_objects.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/vcs/git_name.h"

namespace scriptworker::vcs {
namespace {

// The member `key`; nullopt if it is absent or null.
absl::StatusOr<std::optional<json::Reader>> Present(const json::Reader& object,
                                                    std::string_view key) {
  SW_ASSIGN_OR_RETURN(std::optional<json::Reader> member, object.OptionalField(key));
  if (member.has_value() && member->value().is_null()) member.reset();
  return member;
}

absl::StatusOr<std::optional<std::string>> PresentString(const json::Reader& object,
                                                         std::string_view key) {
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> member, Present(object, key));
  if (!member.has_value()) return std::nullopt;
  SW_ASSIGN_OR_RETURN(std::string text, member->AsString());
  return text;
}

// object.{user}.{key}, any of which may be missing.
absl::StatusOr<std::optional<std::string>> StringOf(const json::Reader& object,
                                                    std::string_view user, std::string_view key) {
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> member, Present(object, user));
  if (!member.has_value()) return std::nullopt;
  return PresentString(*member, key);
}

absl::StatusOr<GithubRepoName> RepositoryName(const json::Reader& repository) {
  SW_ASSIGN_OR_RETURN(const json::Reader full_name, repository.Field("full_name"));
  SW_ASSIGN_OR_RETURN(const std::string text, full_name.AsString());
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  if (parts.size() == 2) {
    GithubRepoName name = {parts[0], parts[1]};
    if (CheckGithubName(name).ok()) return name;
  }
  return full_name.Error("expected OWNER/NAME");
}

// The reference reads owner.login and name of a parent, not its full_name.
absl::StatusOr<GithubRepoName> ParentName(const json::Reader& parent) {
  GithubRepoName name;
  SW_ASSIGN_OR_RETURN(const json::Reader owner, parent.Field("owner"));
  SW_ASSIGN_OR_RETURN(name.owner, owner.String("login"));
  SW_ASSIGN_OR_RETURN(name.name, parent.String("name"));
  if (!CheckGithubName(name).ok()) return parent.Error("expected a repository's owner and name");
  return name;
}

absl::StatusOr<std::string> CommitHash(const json::Reader& object) {
  SW_ASSIGN_OR_RETURN(const json::Reader sha, object.Field("sha"));
  SW_ASSIGN_OR_RETURN(std::string text, sha.AsString());
  if (!IsCommitHash(text)) return sha.Error("expected a commit's hash of 40 hexadecimal digits");
  return text;
}

}  // namespace

absl::StatusOr<GithubRepository> GithubRepository::FromJson(const json::Reader& reader) {
  GithubRepository repository;
  SW_ASSIGN_OR_RETURN(repository.name, RepositoryName(reader));
  SW_ASSIGN_OR_RETURN(const std::string html_url, reader.String("html_url"));
  repository.html_url = std::string(absl::StripSuffix(html_url, "/"));
  SW_ASSIGN_OR_RETURN(repository.fork, reader.Bool("fork"));
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> parent, Present(reader, "parent"));
  if (parent.has_value()) {
    SW_ASSIGN_OR_RETURN(repository.parent, ParentName(*parent));
  }
  return repository;
}

absl::StatusOr<GithubCommit> GithubCommit::FromJson(const json::Reader& reader) {
  GithubCommit commit;
  SW_ASSIGN_OR_RETURN(commit.sha, CommitHash(reader));
  SW_ASSIGN_OR_RETURN(commit.committer_login, StringOf(reader, "committer", "login"));
  SW_ASSIGN_OR_RETURN(commit.author_login, StringOf(reader, "author", "login"));
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> inner, Present(reader, "commit"));
  if (!inner.has_value()) return commit;
  SW_ASSIGN_OR_RETURN(commit.commit_author_login, StringOf(*inner, "author", "login"));
  SW_RETURN_IF_ERROR(StringOf(*inner, "author", "name").status());
  return commit;
}

absl::StatusOr<GithubPullRequest> GithubPullRequest::FromJson(const json::Reader& reader) {
  GithubPullRequest pull;
  pull.raw = reader.value();
  SW_ASSIGN_OR_RETURN(pull.number, reader.Int("number"));
  SW_ASSIGN_OR_RETURN(const json::Reader head, reader.Field("head"));
  SW_RETURN_IF_ERROR(CommitHash(head).status());
  SW_ASSIGN_OR_RETURN(pull.head_user_login, StringOf(head, "user", "login"));
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> head_repo, Present(head, "repo"));
  if (head_repo.has_value()) {
    SW_RETURN_IF_ERROR(RepositoryName(*head_repo).status());
  }
  SW_ASSIGN_OR_RETURN(const json::Reader base, reader.Field("base"));
  SW_RETURN_IF_ERROR(base.String("ref").status());
  SW_ASSIGN_OR_RETURN(const json::Reader base_repo, base.Field("repo"));
  SW_RETURN_IF_ERROR(RepositoryName(base_repo).status());
  return pull;
}

absl::StatusOr<GithubRelease> GithubRelease::FromJson(const json::Reader& reader) {
  GithubRelease release;
  SW_ASSIGN_OR_RETURN(release.tag_name, reader.String("tag_name"));
  SW_ASSIGN_OR_RETURN(release.target_commitish, reader.String("target_commitish"));
  SW_ASSIGN_OR_RETURN(release.published_at, PresentString(reader, "published_at"));
  SW_ASSIGN_OR_RETURN(release.author_login, StringOf(reader, "author", "login"));
  return release;
}

absl::StatusOr<GithubTag> GithubTag::FromJson(const json::Reader& reader) {
  GithubTag tag;
  SW_ASSIGN_OR_RETURN(tag.name, reader.String("name"));
  SW_ASSIGN_OR_RETURN(const json::Reader commit, reader.Field("commit"));
  SW_ASSIGN_OR_RETURN(tag.sha, CommitHash(commit));
  return tag;
}

}  // namespace scriptworker::vcs
