// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_VCS_HG_CLIENT_H_
#define SCRIPTWORKER_VCS_HG_CLIENT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/vcs/document_fetcher.h"
#include "scriptworker/vcs/pushlog.h"
#include "scriptworker/vcs/source_url.h"

namespace scriptworker::vcs {

// {repo}/raw-file/{revision}/{path}, where {repo} is the repository's path at `server`
// (https://hg.mozilla.org; no slash at the end). kInvalidArgument if the repository has another
// scheme than https, a query or a fragment, or its path or the revision holds
// characters that need an escape. (The reference also fetches by http, which anybody
// on the way could answer.)
absl::StatusOr<http::Url> HgRawFileUrl(std::string_view server, const SourceUrl& repo,
                                       std::string_view revision, std::string_view path);

// The template with {repo} and {revision} filled in; errors as HgRawFileUrl.
absl::StatusOr<http::Url> PushlogUrl(std::string_view url_template, std::string_view server,
                                     const SourceUrl& repo, std::string_view revision);

// Reads from servers of Mercurial repositories as hg.mozilla.org. Errors as
// DocumentFetcher's, and kInvalidArgument for names that fit into no URL and for
// documents of another shape. Thread-safe.
class HgClient {
 public:
  // Borrows all but `server`, which is asked whatever host a repository is at.
  // `transport` should retry; `retry` is for answers that are no JSON.
  HgClient(http::Transport& transport, Clock& clock, Logger& logger, std::string server,
           RetryPolicy retry = {.attempts = 3});

  // The push that brought `revision`, which (if it is a hash) must be among the push's
  // changesets, as far as the answer names them. The server should name one push; if it
  // names several, the first counts, with a warning.
  absl::StatusOr<Push> GetPush(std::string_view url_template, const SourceUrl& repo,
                               std::string_view revision,
                               const CancellationToken& cancellation = {});

 private:
  DocumentFetcher fetcher_;
  Logger& logger_;
  const std::string server_;
};

}  // namespace scriptworker::vcs

#endif  // SCRIPTWORKER_VCS_HG_CLIENT_H_
