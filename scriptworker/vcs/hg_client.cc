// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/hg_client.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/vcs/git_name.h"

namespace scriptworker::vcs {
namespace {

// The repository's URL at `server`, without slashes at its end.
absl::StatusOr<std::string> RepositoryRoot(std::string_view server, const SourceUrl& repo) {
  std::string_view path = repo.path();
  while (absl::ConsumeSuffix(&path, "/")) {
  }
  if (repo.scheme() != "https" || repo.segments().empty() ||
      repo.text().find_first_of("?#%") != std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", repo.text(),
        "\" is no Mercurial repository: expected https://HOST/PATH without query and escapes"));
  }
  return absl::StrCat(server, path);
}

absl::Status CheckHgRevision(std::string_view revision) {
  SW_RETURN_IF_ERROR(CheckRevision(revision));
  if (revision.find_first_of("/@=,+") == std::string_view::npos) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("\"", revision, "\" is no Mercurial revision: expected a hash, tag or branch"));
}

bool IsHexPrefix(std::string_view text) {
  return text.size() >= 12 && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isxdigit(static_cast<unsigned char>(c));
         });
}

bool Holds(const Push& push, std::string_view revision) {
  return std::any_of(push.changesets.begin(), push.changesets.end(),
                     [&](const std::string& node) { return absl::StartsWith(node, revision); });
}

http::Request GetRequest(http::Url url, const CancellationToken& cancellation) {
  http::Request request;
  request.url = std::move(url);
  request.redirects = http::Request::Redirects::kFollow;
  request.cancellation = cancellation;
  return request;
}

}  // namespace

absl::StatusOr<http::Url> HgRawFileUrl(std::string_view server, const SourceUrl& repo,
                                       std::string_view revision, std::string_view path) {
  SW_ASSIGN_OR_RETURN(const std::string root, RepositoryRoot(server, repo));
  SW_RETURN_IF_ERROR(CheckHgRevision(revision));
  return http::Url::Parse(absl::StrCat(root, "/raw-file/", revision, "/", path));
}

absl::StatusOr<http::Url> PushlogUrl(std::string_view url_template, std::string_view server,
                                     const SourceUrl& repo, std::string_view revision) {
  SW_ASSIGN_OR_RETURN(const std::string root, RepositoryRoot(server, repo));
  SW_RETURN_IF_ERROR(CheckHgRevision(revision));
  return http::Url::Parse(
      absl::StrReplaceAll(url_template, {{"{repo}", root}, {"{revision}", revision}}));
}

HgClient::HgClient(http::Transport& transport, Clock& clock, Logger& logger, std::string server,
                   RetryPolicy retry)
    : fetcher_(transport, clock, retry), logger_(logger), server_(std::move(server)) {}

absl::StatusOr<Push> HgClient::GetPush(std::string_view url_template, const SourceUrl& repo,
                                       std::string_view revision,
                                       const CancellationToken& cancellation) {
  SW_ASSIGN_OR_RETURN(const http::Url url, PushlogUrl(url_template, server_, repo, revision));
  SW_ASSIGN_OR_RETURN(const DocumentFetcher::JsonDocument pushlog,
                      fetcher_.GetJson(GetRequest(url, cancellation)));
  SW_ASSIGN_OR_RETURN(std::vector<Push> pushes, ParsePushlog(pushlog.value, url.Redacted()));
  Push& push = pushes.front();
  // Where the answer names its changesets, the one that was asked for is among them.
  const bool is_told = pushes.size() > 1 || !push.changesets.empty();
  if (is_told && IsHexPrefix(revision) && !Holds(push, revision)) {
    return absl::InvalidArgumentError(absl::StrCat(
        url.Redacted(), ": $.pushes: expected a push with changeset ", revision, ", found ",
        pushes.size() == 1
            ? std::string("another push")
            : absl::StrCat(pushes.size(), " pushes, of which the first has it not")));
  }
  if (pushes.size() > 1) {
    logger_.Warning(absl::StrCat("Pushlog ", url.Redacted(), " has ", pushes.size(),
                                 " pushes, expected one! The first counts: ", push.id));
  }
  return std::move(push);
}

}  // namespace scriptworker::vcs
