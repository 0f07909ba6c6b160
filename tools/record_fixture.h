// SPDX-License-Identifier: MPL-2.0
#ifndef TOOLS_RECORD_FIXTURE_H_
#define TOOLS_RECORD_FIXTURE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/har/har.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"

namespace scriptworker::tools {

struct FixtureRequest {
  std::vector<http::Url> urls = {};
  http::Headers headers = {};
  // Sent, never recorded. With one of them redirects are recorded, not followed: a
  // secret is for the host that it was given for.
  std::vector<std::pair<std::string, SecretString>> secret_headers = {};
  std::string comment = {};  // of the document: where it is from and why
};

// Fetches the URLs one after the other, each hop of a redirect an exchange of its own.
// An answer of any status is one. The document is redacted (har/redaction.h); an answer
// that repeats one of the secrets, with or without its scheme, is kFailedPrecondition. Other
// errors: the transport's, and kInvalidArgument for headers that cannot be sent.
absl::StatusOr<har::Document> RecordFixture(const FixtureRequest& request,
                                            http::Transport& transport, Clock& clock);

}  // namespace scriptworker::tools

#endif  // TOOLS_RECORD_FIXTURE_H_
