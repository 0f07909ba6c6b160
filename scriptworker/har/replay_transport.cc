// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/har/replay_transport.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/no_destructor.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/har/har.h"
#include "scriptworker/har/redaction.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/http/redirect.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"

namespace scriptworker::har {
namespace {

constexpr size_t kExcerptBytes = 60;
constexpr size_t kMaxListed = 20;

// Undoes escapes of characters that mean the same without.
std::string WithoutNeedlessEscapes(std::string_view target) {
  std::string result;
  for (size_t i = 0; i < target.size(); ++i) {
    if (target[i] == '%') {
      const absl::StatusOr<std::string> decoded = http::PercentDecode(target.substr(i, 3));
      if (decoded.ok() && (absl::ascii_isalnum(static_cast<unsigned char>(decoded->front())) ||
                           absl::StrContains("-._~!$'()*,:@;", *decoded))) {
        result += *decoded;
        i += 2;
        continue;
      }
    }
    result += target[i];
  }
  return result;
}

// The fields that count, names in lower case, in the order of their names.
std::vector<std::string> ComparedHeaders(const http::Headers& headers,
                                         const std::vector<IgnoredHeader>& ignored) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : headers) {
    const auto names_it = [&name = name](const IgnoredHeader& header) {
      return absl::EqualsIgnoreCase(header.name, name);
    };
    if (std::any_of(IgnoredHeaders().begin(), IgnoredHeaders().end(), names_it) ||
        std::any_of(ignored.begin(), ignored.end(), names_it)) {
      continue;
    }
    lines.push_back(absl::StrCat(absl::AsciiStrToLower(name), ": ", value));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string Excerpt(std::string_view text, size_t at) {
  const size_t begin = at < 10 ? 0 : at - 10;
  return absl::StrCat("\"", absl::CHexEscape(text.substr(begin, kExcerptBytes)), "\"");
}

bool IsError(const RecordedResponse& response) {
  return response.status == 0 || response.status >= 400 || !response.incomplete.empty();
}

}  // namespace

const std::vector<IgnoredHeader>& IgnoredHeaders() {
  static const absl::NoDestructor<std::vector<IgnoredHeader>> headers({
      {"Host", "compared as the request's host"},
      {"Content-Length", "follows from the body, which is compared"},
      {"Transfer-Encoding", "framing: the transport's choice"},
      {"Connection", "about the connection, not the request"},
      {"Keep-Alive", "about the connection, not the request"},
      {"User-Agent", "names the recorded client and its version"},
      {"Accept", "each client library has its own default; no service here looks at it"},
      {"Accept-Encoding", "each client offers what it can decode; replayed bodies are decoded"},
      {"Expect", "the transport's choice"},
  });
  return *headers;
}

ReplayTransport::ReplayTransport(Document document, ReplayOptions options)
    : options_(std::move(options)) {
  for (Exchange& exchange : document.exchanges) {
    Key key = KeyOf(exchange.request);
    entries_.push_back({std::move(exchange), std::move(key), /*used=*/false});
  }
}

ReplayTransport::Key ReplayTransport::KeyOf(const RecordedRequest& request) const {
  const RecordedRequest redacted = Redact(request);
  Key key = {.method = redacted.method,
             .host = options_.ignore_host ? "" : std::string(redacted.authority()),
             .target = options_.ignore_needless_escapes ? WithoutNeedlessEscapes(redacted.target)
                                                        : redacted.target,
             .headers = ComparedHeaders(redacted.headers, options_.ignored_headers),
             .body = redacted.body};
  if (options_.normalize_body) key.body = options_.normalize_body(key.target, std::move(key.body));
  return key;
}

absl::StatusOr<http::Response> ReplayTransport::Send(const http::Request& request) {
  return http::SendFollowingRedirects(request, options_.redirect_limits,
                                      [this](const http::Request& hop) { return SendOne(hop); });
}

absl::StatusOr<http::Response> ReplayTransport::SendOne(const http::Request& request) {
  if (request.cancellation.cancelled()) return request.cancellation.reason();
  RecordedRequest sent = {.method = std::string(http::MethodName(request.method)),
                          .url = request.url.ToString(),
                          .target = std::string(request.url.target()),
                          .headers = request.headers};
  sent.headers.Set("Host", request.url.authority());
  SW_ASSIGN_OR_RETURN(sent.body, http::ReadBody(request));
  SW_ASSIGN_OR_RETURN(const RecordedResponse recorded, Take(sent));

  const auto described = [&](absl::StatusCode code, std::string_view what) {
    return absl::Status(
        code, absl::StrCat(sent.method, " ", request.url.Redacted(), ": ", what, " (as recorded)"));
  };
  if (recorded.status == 0) {
    return described(absl::StatusCode::kUnavailable,
                     recorded.error.empty() ? "no response" : recorded.error);
  }
  http::Response response;
  response.status = recorded.status;
  response.headers = recorded.headers;
  response.final_url = request.url;
  if (!recorded.incomplete.empty()) {
    return described(absl::StatusCode::kDataLoss, recorded.incomplete);
  }
  if (request.method == http::Method::kHead) return response;
  SW_ASSIGN_OR_RETURN(response.body, recorded.DecodedBody());
  if (static_cast<int64_t>(response.body.size()) > request.max_body_bytes) {
    return described(absl::StatusCode::kResourceExhausted, "the body is larger than the cap");
  }
  if (response.ok() && request.sink != nullptr) {
    SW_RETURN_IF_ERROR(request.sink->Write(response.body));
    response.body.clear();
  }
  return response;
}

absl::StatusOr<RecordedResponse> ReplayTransport::Take(const RecordedRequest& sent) {
  const Key key = KeyOf(sent);
  absl::MutexLock lock(&mutex_);
  const RecordedResponse* last = nullptr;
  for (Entry& entry : entries_) {
    if (!(entry.key == key)) continue;
    last = &entry.exchange.response;
    if (std::exchange(entry.used, true)) continue;
    return *last;
  }
  if (options_.repeat_errors && sent.method == "GET" && last != nullptr && IsError(*last)) {
    return *last;
  }
  unexpected_.push_back(absl::StrCat(key.method, " ", key.target, ": ", Difference(key)));
  return absl::FailedPreconditionError(absl::StrCat("not recorded: ", unexpected_.back()));
}

std::string ReplayTransport::Difference(const Key& sent) const {
  size_t used = 0;
  for (const Entry& entry : entries_) {
    if (entry.key.method != sent.method || entry.key.target != sent.target) continue;
    if (entry.used) {
      ++used;
      continue;
    }
    std::vector<std::string> lines;
    if (entry.key.host != sent.host) {
      lines.push_back(absl::StrCat("host ", sent.host, ", recorded ", entry.key.host));
    }
    if (entry.key.headers != sent.headers) {
      lines.push_back(absl::StrCat("headers {", absl::StrJoin(sent.headers, "; "), "}, recorded {",
                                   absl::StrJoin(entry.key.headers, "; "), "}"));
    }
    if (entry.key.body != sent.body) {
      const auto at =
          static_cast<size_t>(std::mismatch(sent.body.begin(), sent.body.end(),
                                            entry.key.body.begin(), entry.key.body.end())
                                  .first -
                              sent.body.begin());
      lines.push_back(absl::StrCat("body differs at byte ", at, ": ", Excerpt(sent.body, at),
                                   ", recorded ", Excerpt(entry.key.body, at)));
    }
    return absl::StrJoin(lines, "; ");
  }
  if (used > 0) return absl::StrCat("all ", used, " recorded exchanges are used");
  return "no exchange has this method and target";
}

absl::Status ReplayTransport::Finish() const {
  absl::MutexLock lock(&mutex_);
  std::vector<std::string> lines;
  for (const std::string& request : unexpected_) {
    lines.push_back(absl::StrCat("unexpected: ", request));
  }
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (!entries_[i].used) {
      lines.push_back(absl::StrCat("unused: exchange ", i, ", ", entries_[i].key.method, " ",
                                   entries_[i].key.target));
    }
  }
  if (lines.empty()) return absl::OkStatus();
  const size_t more = lines.size() - std::min(lines.size(), kMaxListed);
  lines.resize(lines.size() - more);
  if (more > 0) lines.push_back(absl::StrCat("and ", more, " more"));
  return absl::FailedPreconditionError(absl::StrJoin(lines, "\n"));
}

}  // namespace scriptworker::har
