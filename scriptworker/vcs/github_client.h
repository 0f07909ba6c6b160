// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_VCS_GITHUB_CLIENT_H_
#define SCRIPTWORKER_VCS_GITHUB_CLIENT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/vcs/document_fetcher.h"
#include "scriptworker/vcs/github_objects.h"
#include "scriptworker/vcs/rate_limit_transport.h"
#include "scriptworker/vcs/source_url.h"

namespace scriptworker::vcs {

struct GithubOptions {
  std::string api_base = "https://api.github.com";  // no slash at the end of any
  std::string web_base = "https://github.com";
  SecretString token = {};  // empty: none; never sent by http
  absl::Duration max_rate_limit_wait = absl::Seconds(60);
  // For answers that are no JSON. One without pauses (max: 0) is for recorded answers, which
  // hold what came after the pauses: then rate limits are not slept out either.
  RetryPolicy retry = {.attempts = 3};
};

// {raw_base}/{owner}/{name}/{revision}/{path}, where `raw_base` has no slash at its end.
// kInvalidArgument for names and revisions that fit into no URL.
absl::StatusOr<http::Url> GithubRawFileUrl(std::string_view raw_base, const GithubRepoName& name,
                                           std::string_view revision, std::string_view path);

// Reads from GitHub: its REST API (with the token, if there is one) and its web site
// (without). Errors as DocumentFetcher's (a definite 404 is kNotFound),
// and kInvalidArgument for names that fit into no URL and for answers of another shape
// or about another object than the one asked for.
//
// Short rate limits are waited out. Thread-safe.
class GithubClient {
 public:
  using Options = GithubOptions;

  // Borrows both. `transport` should retry; over a FetchCache each fact is fetched once,
  // and below it an EtagTransport saves rate limit.
  GithubClient(http::Transport& transport, Clock& clock, Options options = {});

  absl::StatusOr<GithubRepository> GetRepository(const GithubRepoName& name,
                                                 const CancellationToken& cancellation = {});

  // `revision` may be a hash, branch or tag; the answer to a hash is that commit.
  absl::StatusOr<GithubCommit> GetCommit(const GithubRepository& repository,
                                         std::string_view revision,
                                         const CancellationToken& cancellation = {});
  absl::StatusOr<GithubPullRequest> GetPullRequest(const GithubRepository& repository,
                                                   int64_t number,
                                                   const CancellationToken& cancellation = {});
  absl::StatusOr<GithubRelease> GetRelease(const GithubRepository& repository, std::string_view tag,
                                           const CancellationToken& cancellation = {});

  // The hash of the commit that a tag names, by the list of all tags. kNotFound: no such
  // tag; kInvalidArgument: several.
  absl::StatusOr<std::string> GetTagHash(const GithubRepository& repository, std::string_view tag,
                                         const CancellationToken& cancellation = {});

  // Whether a commit is on a branch of this very repository, not only on a fork or a pull
  // request. `revision`: a hash, else a tag. By the web page branch_commits, as the API
  // does not tell: accepted is only text/html with status 200 from that very URL (see
  // branch_page.h); kUnavailable else.
  absl::StatusOr<bool> HasCommitLanded(const GithubRepository& repository,
                                       std::string_view revision,
                                       const CancellationToken& cancellation = {});

 private:
  http::Request ApiRequest(http::Url url, const CancellationToken& cancellation) const;
  // Fetches {api_base}/repos/{name}{suffix}.
  absl::StatusOr<DocumentFetcher::JsonDocument> GetApi(const GithubRepoName& name,
                                                       std::string_view suffix,
                                                       const CancellationToken& cancellation);

  const Options options_;
  RateLimitTransport transport_;
  DocumentFetcher fetcher_;
};

}  // namespace scriptworker::vcs

#endif  // SCRIPTWORKER_VCS_GITHUB_CLIENT_H_
