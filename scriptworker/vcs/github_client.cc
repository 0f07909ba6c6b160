// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/github_client.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/content_type.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/vcs/branch_page.h"
#include "scriptworker/vcs/git_name.h"
#include "scriptworker/vcs/link_header.h"

namespace scriptworker::vcs {
namespace {

constexpr int kMaxTagPages = 200;      // of 100 tags
constexpr size_t kMaxTagsInText = 20;  // of an error

http::Request GetRequest(http::Url url, const CancellationToken& cancellation) {
  http::Request request;
  request.url = std::move(url);
  request.redirects = http::Request::Redirects::kFollow;
  request.connect_timeout = absl::Seconds(10);
  request.total_timeout = absl::Minutes(1);
  request.cancellation = cancellation;
  return request;
}

absl::Status AboutAnother(const json::Reader& reader, std::string_view key,
                          std::string_view asked) {
  return absl::InvalidArgumentError(absl::StrCat(reader.source(), ": ", reader.path(), ".", key,
                                                 ": expected \"", asked, "\", found another"));
}

std::string TagsInText(const std::vector<std::string>& names) {
  const size_t shown = std::min(names.size(), kMaxTagsInText);
  return absl::StrCat(
      "[", absl::StrJoin(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
      shown < names.size() ? absl::StrCat(", and ", names.size() - shown, " more") : "", "]");
}

}  // namespace

absl::StatusOr<http::Url> GithubRawFileUrl(std::string_view raw_base, const GithubRepoName& name,
                                           std::string_view revision, std::string_view path) {
  SW_RETURN_IF_ERROR(CheckGithubName(name));
  SW_RETURN_IF_ERROR(CheckRevision(revision));
  return http::Url::Parse(absl::StrCat(raw_base, "/", name.full_name(), "/", revision, "/", path));
}

GithubClient::GithubClient(http::Transport& transport, Clock& clock, Options options)
    : options_(std::move(options)),
      transport_(transport, clock, options_.max_rate_limit_wait,
                 options_.retry.max > absl::ZeroDuration() ? absl::InfiniteDuration()
                                                           : absl::ZeroDuration()),
      fetcher_(transport_, clock, options_.retry) {}

http::Request GithubClient::ApiRequest(http::Url url, const CancellationToken& cancellation) const {
  http::Request request = GetRequest(std::move(url), cancellation);
  request.headers = {{"Accept", "application/vnd.github.v3.full+json"},
                     {"Accept-Charset", "utf-8"},
                     {"Content-Type", "application/json"}};
  if (!options_.token.empty() && request.url.is_https()) {
    request.headers.Add("Authorization", absl::StrCat("token ", options_.token.reveal()));
  }
  return request;
}

absl::StatusOr<DocumentFetcher::JsonDocument> GithubClient::GetApi(
    const GithubRepoName& name, std::string_view suffix, const CancellationToken& cancellation) {
  SW_RETURN_IF_ERROR(CheckGithubName(name));
  SW_ASSIGN_OR_RETURN(http::Url url, http::Url::Parse(absl::StrCat(options_.api_base, "/repos/",
                                                                   name.full_name(), suffix)));
  return fetcher_.GetJson(ApiRequest(std::move(url), cancellation));
}

absl::StatusOr<GithubRepository> GithubClient::GetRepository(
    const GithubRepoName& name, const CancellationToken& cancellation) {
  SW_ASSIGN_OR_RETURN(const DocumentFetcher::JsonDocument document, GetApi(name, "", cancellation));
  const json::Reader reader(document.value, absl::StrCat("GitHub repository ", name.full_name()));
  SW_ASSIGN_OR_RETURN(GithubRepository repository, GithubRepository::FromJson(reader));
  const std::string html_url = absl::StrCat(options_.web_base, "/", repository.name.full_name());
  if (repository.html_url != html_url) {
    return reader.Error(
        absl::StrCat("html_url: expected \"", html_url, "\" as full_name says, found another"));
  }
  return repository;
}

absl::StatusOr<GithubCommit> GithubClient::GetCommit(const GithubRepository& repository,
                                                     std::string_view revision,
                                                     const CancellationToken& cancellation) {
  SW_RETURN_IF_ERROR(CheckRevision(revision));
  SW_ASSIGN_OR_RETURN(const DocumentFetcher::JsonDocument document,
                      GetApi(repository.name, absl::StrCat("/commits/", revision), cancellation));
  const json::Reader reader(document.value, absl::StrCat("GitHub commit ", revision));
  SW_ASSIGN_OR_RETURN(GithubCommit commit, GithubCommit::FromJson(reader));
  if (IsCommitHash(revision) && commit.sha != revision) {
    return AboutAnother(reader, "sha", revision);
  }
  return commit;
}

absl::StatusOr<GithubPullRequest> GithubClient::GetPullRequest(
    const GithubRepository& repository, int64_t number, const CancellationToken& cancellation) {
  SW_ASSIGN_OR_RETURN(const DocumentFetcher::JsonDocument document,
                      GetApi(repository.name, absl::StrCat("/pulls/", number), cancellation));
  const json::Reader reader(document.value, absl::StrCat("GitHub pull request ", number));
  SW_ASSIGN_OR_RETURN(GithubPullRequest pull, GithubPullRequest::FromJson(reader));
  if (pull.number != number) return AboutAnother(reader, "number", absl::StrCat(number));
  return pull;
}

absl::StatusOr<GithubRelease> GithubClient::GetRelease(const GithubRepository& repository,
                                                       std::string_view tag,
                                                       const CancellationToken& cancellation) {
  SW_RETURN_IF_ERROR(CheckRevision(tag));
  SW_ASSIGN_OR_RETURN(const DocumentFetcher::JsonDocument document,
                      GetApi(repository.name, absl::StrCat("/releases/tags/", tag), cancellation));
  const json::Reader reader(document.value, absl::StrCat("GitHub release ", tag));
  SW_ASSIGN_OR_RETURN(GithubRelease release, GithubRelease::FromJson(reader));
  if (release.tag_name != tag) return AboutAnother(reader, "tag_name", tag);
  return release;
}

absl::StatusOr<std::string> GithubClient::GetTagHash(const GithubRepository& repository,
                                                     std::string_view tag,
                                                     const CancellationToken& cancellation) {
  SW_RETURN_IF_ERROR(CheckRevision(tag));
  std::vector<std::string> names;
  std::vector<std::string> hashes;
  SW_ASSIGN_OR_RETURN(DocumentFetcher::JsonDocument page,
                      GetApi(repository.name, "/tags?per_page=100", cancellation));
  for (int pages = 1;; ++pages) {
    const json::Reader reader(page.value,
                              absl::StrCat("GitHub tags of ", repository.name.full_name()));
    SW_ASSIGN_OR_RETURN(const std::vector<json::Reader> elements, reader.Elements());
    for (const json::Reader& element : elements) {
      SW_ASSIGN_OR_RETURN(GithubTag read, GithubTag::FromJson(element));
      if (read.name == tag) hashes.push_back(read.sha);
      names.push_back(std::move(read.name));
    }
    const std::optional<std::string> next =
        FindLink(page.headers.Find("Link").value_or(""), "next");
    if (!next.has_value()) break;
    if (pages == kMaxTagPages) {
      return absl::UnavailableError(
          absl::StrCat(reader.source(), ": more than ", kMaxTagPages, " pages of tags"));
    }
    // The token goes along: nowhere else than to the API.
    if (!absl::StartsWith(*next, absl::StrCat(options_.api_base, "/"))) {
      return reader.Error("the Link to the next page leads out of the API");
    }
    SW_ASSIGN_OR_RETURN(http::Url url, http::Url::Parse(*next));
    SW_ASSIGN_OR_RETURN(page, fetcher_.GetJson(ApiRequest(std::move(url), cancellation)));
  }
  if (hashes.size() == 1) return hashes.front();
  if (hashes.empty()) {
    return absl::NotFoundError(
        absl::StrCat("No tag \"", tag, "\" exist. Given: ", TagsInText(names)));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("Too many tags \"", tag, "\" found. Given: ", TagsInText(names)));
}

absl::StatusOr<bool> GithubClient::HasCommitLanded(const GithubRepository& repository,
                                                   std::string_view revision,
                                                   const CancellationToken& cancellation) {
  std::string hash(revision);
  if (!IsCommitHash(revision)) {
    SW_ASSIGN_OR_RETURN(hash, GetTagHash(repository, revision, cancellation));
  }
  SW_ASSIGN_OR_RETURN(const http::Url url, http::Url::Parse(absl::StrCat(
                                               repository.html_url, "/branch_commits/", hash)));
  http::Request request = GetRequest(url, cancellation);
  request.redirects = http::Request::Redirects::kReturn;
  request.headers.Add("Accept", "text/html");
  SW_ASSIGN_OR_RETURN(const http::Response response, fetcher_.Get(request));
  if (response.status != 200 || response.final_url != url || !response.redirects.empty() ||
      !http::IsHtml(response.headers)) {
    return absl::UnavailableError(absl::StrCat(
        "GET ", url.Redacted(), ": expected an HTML page with status 200, found status ",
        response.status, " of type \"", response.headers.Find("Content-Type").value_or(""), "\""));
  }
  absl::StatusOr<bool> landed = NamesBranch(response.body);
  if (landed.ok()) return landed;
  return absl::Status(landed.status().code(),
                      absl::StrCat("GET ", url.Redacted(), ": ", landed.status().message()));
}

}  // namespace scriptworker::vcs
