// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/source_url.h"

#include <algorithm>
#include <array>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/utf8.h"

namespace scriptworker::vcs {
namespace {

constexpr std::string_view kGithubShortForm = "git@github.com:";
constexpr std::array<std::string_view, 3> kSchemes = {"https", "http", "ssh"};

absl::Status Refused(std::string_view url, std::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("source URL \"", absl::CHexEscape(url), "\": ", why));
}

bool IsHostCharacter(char c) {
  return absl::ascii_islower(static_cast<unsigned char>(c)) ||
         absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '.' || c == '-';
}

// Escapes are for characters that cannot stand in a URL. An escape of one that
// can, of "/" or of what is refused bare would be a second spelling of another path.
bool MayBeEscaped(unsigned char c) {
  return c > 0x20 && c != 0x7f && !absl::ascii_isalnum(c) &&
         std::string_view("-._~/%\\").find(static_cast<char>(c)) == std::string_view::npos;
}

absl::StatusOr<std::string> DecodePath(std::string_view url, std::string_view path) {
  std::string decoded;
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      decoded.push_back(path[i]);
      continue;
    }
    std::string byte;
    if (i + 2 >= path.size() || !absl::HexStringToBytes(path.substr(i + 1, 2), &byte)) {
      return Refused(url, "a % begins no escape");
    }
    if (!MayBeEscaped(static_cast<unsigned char>(byte[0]))) {
      return Refused(url, "an escape stands for a character that needs none");
    }
    decoded.append(byte);
    i += 2;
  }
  if (FindInvalidUtf8(decoded) != std::string_view::npos) {
    return Refused(url, "its escapes are no UTF-8");
  }
  return decoded;
}

std::vector<std::string> RepositorySegments(const SourceUrl& repo) {
  std::vector<std::string> segments = repo.segments();
  if (!segments.empty() && absl::EndsWith(segments.back(), ".git")) {
    segments.back().resize(segments.back().size() - 4);
  }
  return segments;
}

}  // namespace

absl::StatusOr<SourceUrl> SourceUrl::Parse(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f || c == '\\') {
      return Refused(text, "blanks, control characters, \\ and bytes beyond ASCII are refused");
    }
  }
  SourceUrl url;
  url.text_ = std::string(text);
  std::string expanded(text);
  if (absl::StartsWith(text, kGithubShortForm)) {
    expanded = absl::StrCat("ssh://github.com/", text.substr(kGithubShortForm.size()));
  }
  std::string_view rest = expanded;
  const size_t colon = rest.find("://");
  if (colon == std::string_view::npos) return Refused(text, "has no scheme");
  url.scheme_ = std::string(rest.substr(0, colon));
  if (std::find(kSchemes.begin(), kSchemes.end(), url.scheme_) == kSchemes.end()) {
    return Refused(text, "expected scheme https, http or ssh");
  }
  rest.remove_prefix(colon + 3);
  const size_t netloc_end = std::min(rest.find_first_of("/?#"), rest.size());
  url.netloc_ = std::string(rest.substr(0, netloc_end));
  rest.remove_prefix(netloc_end);
  std::string_view host = url.netloc_;
  if (url.scheme_ == "ssh") absl::ConsumePrefix(&host, "git@");
  if (host.empty() || !std::all_of(host.begin(), host.end(), IsHostCharacter)) {
    return Refused(text, "expected a host in lower case, without user and port");
  }
  url.host_ = std::string(host);
  SW_ASSIGN_OR_RETURN(url.path_, DecodePath(text, rest.substr(0, rest.find_first_of("?#"))));
  for (std::string_view segment : absl::StrSplit(url.path_, '/')) {
    if (segment == "." || segment == "..") {
      return Refused(text, "has a segment \".\" or \"..\"");
    }
  }
  return url;
}

std::vector<std::string> SourceUrl::segments() const {
  std::string_view path = path_;
  absl::ConsumePrefix(&path, "/");
  while (absl::ConsumeSuffix(&path, "/")) {
  }
  if (path.empty()) return {};
  return absl::StrSplit(path, '/');
}

bool IsInRepository(const SourceUrl& source, const SourceUrl& repo) {
  if (source.host() != repo.host()) return false;
  const std::vector<std::string> outer = RepositorySegments(repo);
  if (outer.empty()) return false;
  const std::vector<std::string> inner = source.segments();
  return inner.size() >= outer.size() && std::equal(outer.begin(), outer.end(), inner.begin());
}

bool IsGithub(const SourceUrl& url, std::string_view github_host) {
  return url.host() == github_host && (url.scheme() == "https" || url.scheme() == "ssh");
}

std::optional<GithubRepoName> GithubRepoOf(const SourceUrl& url, std::string_view github_host) {
  const std::vector<std::string> segments = url.segments();
  if (!IsGithub(url, github_host) || segments.size() < 2 || segments[0].empty()) {
    return std::nullopt;
  }
  std::string_view name = segments[1];
  absl::ConsumeSuffix(&name, ".git");
  if (name.empty()) return std::nullopt;
  return GithubRepoName{segments[0], std::string(name)};
}

std::optional<GithubSource> GithubSourceOf(const SourceUrl& url, std::string_view github_host) {
  std::optional<GithubRepoName> repo = GithubRepoOf(url, github_host);
  const std::vector<std::string> segments = url.segments();
  if (!repo.has_value() || segments.size() < 4 || segments[3].empty()) {
    return std::nullopt;
  }
  return GithubSource{*std::move(repo), segments[3]};
}

}  // namespace scriptworker::vcs
