// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_VCS_SOURCE_URL_H_
#define SCRIPTWORKER_VCS_SOURCE_URL_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace scriptworker::vcs {

// The URL of a repository, or of a file or revision in one, as tasks name their
// source. It is parsed once, here, and every rule uses the parts: two readings of
// one text cannot contradict each other.
//
// Immutable value type; thread-compatible.
class SourceUrl {
 public:
  // https://, http:// and ssh:// URLs, and the short form of github.com itself
  // git@github.com:OWNER/REPO, which is ssh://github.com/OWNER/REPO. InvalidArgument
  // for all that could be read in two ways: upper-case scheme or host, a port, a
  // user other than git@ with ssh, blanks, control characters, bytes beyond ASCII,
  // backslashes, percent-escapes of characters that need none or that divide a
  // path, and escapes that are no UTF-8.
  static absl::StatusOr<SourceUrl> Parse(std::string_view text);

  const std::string& text() const { return text_; }  // as given
  // Whether that is git@github.com:OWNER/REPO, which no rule for URLs is about.
  bool is_short_form() const { return text_.starts_with("git@"); }
  const std::string& scheme() const { return scheme_; }
  const std::string& netloc() const { return netloc_; }  // with "git@"
  const std::string& host() const { return host_; }
  // Decoded, from the first "/" on, without query and fragment.
  const std::string& path() const { return path_; }
  // The path's parts between slashes, empty ones at its end left out.
  std::vector<std::string> segments() const;

 private:
  SourceUrl() = default;

  std::string text_;
  std::string scheme_;
  std::string netloc_;
  std::string host_;
  std::string path_;
};

// Whether `source` lies in the repository `repo`: the same host (whatever the
// scheme), and its path begins with all parts of the repository's, of which (and of which
// only) a trailing ".git" does not count. False if `repo` names no repository but only a
// host: that would hold everything.
bool IsInRepository(const SourceUrl& source, const SourceUrl& repo);

// Whether the URL is at GitHub's host (github.com), by https or ssh.
bool IsGithub(const SourceUrl& url, std::string_view github_host);

// The name of a repository at GitHub, without ".git". Not checked: it may hold any
// character that a SourceUrl may (see git_name.h).
struct GithubRepoName {
  std::string owner;
  std::string name;

  std::string full_name() const { return owner + "/" + name; }
  std::string ssh_url(std::string_view github_host) const {
    return "git@" + std::string(github_host) + ":" + full_name() + ".git";
  }

  friend bool operator==(const GithubRepoName&, const GithubRepoName&) = default;
};
// nullopt: not at GitHub, or no owner and name in the path.
std::optional<GithubRepoName> GithubRepoOf(const SourceUrl& url, std::string_view github_host);

// A file in a repository of GitHub, such as
// https://github.com/OWNER/REPO/raw/REVISION/.taskcluster.yml.
struct GithubSource {
  GithubRepoName repo;
  std::string revision;
};
std::optional<GithubSource> GithubSourceOf(const SourceUrl& url, std::string_view github_host);

}  // namespace scriptworker::vcs

#endif  // SCRIPTWORKER_VCS_SOURCE_URL_H_
