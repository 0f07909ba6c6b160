// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/source_url.h"

#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::vcs {
namespace {

using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SourceUrl Parsed(std::string_view text) {
  const absl::StatusOr<SourceUrl> url = SourceUrl::Parse(text);
  EXPECT_TRUE(url.ok()) << url.status();
  return url.ok() ? *url : *SourceUrl::Parse("https://did.not.parse");
}

TEST(SourceUrlTest, AUrlIsTakenApartOnce) {
  const SourceUrl url = Parsed("https://hg.mozilla.org/releases/x/file/tip?a=b#l1");
  EXPECT_EQ(url.text(), "https://hg.mozilla.org/releases/x/file/tip?a=b#l1");
  EXPECT_EQ(url.scheme(), "https");
  EXPECT_EQ(url.netloc(), "hg.mozilla.org");
  EXPECT_EQ(url.host(), "hg.mozilla.org");
  EXPECT_EQ(url.path(), "/releases/x/file/tip");
  EXPECT_THAT(url.segments(), ElementsAre("releases", "x", "file", "tip"));
}

TEST(SourceUrlTest, ThePathIsDecodedOnceAndSplitBetweenSlashes) {
  EXPECT_THAT(Parsed("https://h/").segments(), IsEmpty());
  EXPECT_THAT(Parsed("https://h").segments(), IsEmpty());
  EXPECT_THAT(Parsed("https://h/a//b/").segments(), ElementsAre("a", "", "b"));
  EXPECT_THAT(Parsed("https://h/a%40b").segments(), ElementsAre("a@b"));
  EXPECT_THAT(Parsed("https://h/%c3%A4").segments(), ElementsAre("ä"));
}

TEST(SourceUrlTest, GithubsShortFormIsSsh) {
  const SourceUrl url = Parsed("git@github.com:owner/repo.git");
  EXPECT_EQ(url.scheme(), "ssh");
  EXPECT_EQ(url.host(), "github.com");
  EXPECT_EQ(url.path(), "/owner/repo.git");
  EXPECT_EQ(Parsed("ssh://git@github.com/owner/repo").host(), "github.com");
}

TEST(SourceUrlTest, WhatCouldBeReadInTwoWaysIsRefused) {
  for (const std::string_view text : {
           "",
           "hg.mozilla.org/x",
           "://h/x",
           "HTTPS://hg.mozilla.org/x",
           "hTtps://hg.mozilla.org/x",
           "ht\ttps://hg.mozilla.org/x",
           " https://hg.mozilla.org/x",
           "https://hg.mozilla.org/x ",
           "https://hg.mozilla.org/x\n",
           "https://hg.mozilla.org/\x01",
           "https://hg.mozilla.org/x\x7f",
           "ftp://hg.mozilla.org/x",
           "file:///x",
           "https:///x",
           "https://Hg.Mozilla.org/x",
           "https://user@hg.mozilla.org/x",
           "https://user:word@hg.mozilla.org/x",
           "https://hg.mozilla.org@evil.example/x",
           "ssh://root@github.com/o/r",
           "ssh://git:word@github.com/o/r",
           "git@gitlab.example:o/r",
           "https://hg.mozilla.org:443/x",
           "https://hg.mozilla.org:/x",
           "https://[::1]/x",
           "https://hg.mozilla.org\\@evil.example/x",
           "https://hg.mozilla.org/a\\b",
           "https://hg.mozilla.org/a%5cb",
           "https://hg.mozilla.org/a%2fb",
           "https://hg.mozilla.org/a%2Fb",
           "https://hg.mozilla.org/%6dozilla-central",
           "https://hg.mozilla.org/%2e%2e/x",
           "https://hg.mozilla.org/a/../b",
           "https://hg.mozilla.org/a/./b",
           "https://hg.mozilla.org/a/..",
           "https://hg.mozilla.org/a%252fb",
           "https://hg.mozilla.org/a%00b",
           "https://hg.mozilla.org/a%0ab",
           "https://hg.mozilla.org/a%20b",
           "https://hg.mozilla.org/a%",
           "https://hg.mozilla.org/a%4",
           "https://hg.mozilla.org/a%zz",
           "https://hg.mozilla.org/a%ff",
           "https://hg.mozilla.org/ä",
           "https://hg.mozillа.org/x",  // a Cyrillic letter
       }) {
    EXPECT_THAT(SourceUrl::Parse(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("source URL")))
        << text;
  }
}

TEST(SourceUrlTest, AnErrorShowsTheUrlEscaped) {
  EXPECT_THAT(SourceUrl::Parse("https://h/\x1b[0m"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("https://h/\\x1b[0m")));
}

struct InRepositoryCase {
  std::string_view source;
  std::string_view repo;
  bool expected;
  friend std::ostream& operator<<(std::ostream& out, const InRepositoryCase& c) {
    return out << c.source << " in " << c.repo;
  }
};

class InRepositoryTest : public testing::TestWithParam<InRepositoryCase> {};

TEST_P(InRepositoryTest, TheRepositoryHoldsTheSourceOrNot) {
  EXPECT_EQ(IsInRepository(Parsed(GetParam().source), Parsed(GetParam().repo)),
            GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table, InRepositoryTest,
    testing::Values(
        InRepositoryCase{"https://hg.mozilla.org/x/file/tip", "https://hg.mozilla.org/x", true},
        InRepositoryCase{"https://hg.mozilla.org/x", "https://hg.mozilla.org/x", true},
        InRepositoryCase{"https://hg.mozilla.org/x/", "https://hg.mozilla.org/x", true},
        InRepositoryCase{"https://hg.mozilla.org/x", "https://hg.mozilla.org/x/", true},
        InRepositoryCase{"https://hg.mozilla.org/x2/file", "https://hg.mozilla.org/x", false},
        InRepositoryCase{"https://hg.mozilla.org/x", "https://hg.mozilla.org/x2", false},
        InRepositoryCase{"https://hg.mozilla.org/a/x", "https://hg.mozilla.org/x", false},
        InRepositoryCase{"https://hg.mozilla.org/a", "https://hg.mozilla.org/a/b", false},
        InRepositoryCase{"https://hg.mozilla.org//x", "https://hg.mozilla.org/x", false},
        InRepositoryCase{"https://hg.mozilla.org/X/f", "https://hg.mozilla.org/x", false},
        InRepositoryCase{"https://hg.mozilla.org/x", "https://hg.example/x", false},
        // A host alone is no repository.
        InRepositoryCase{"https://hg.mozilla.org/x", "https://hg.mozilla.org", false},
        InRepositoryCase{"https://hg.mozilla.org/x", "https://hg.mozilla.org/", false},
        InRepositoryCase{"https://hg.mozilla.org/", "https://hg.mozilla.org/", false},
        // The scheme and git@ do not count, nor does the .git of a repository.
        InRepositoryCase{"https://github.com/a/b", "ssh://git@github.com/a/b", true},
        InRepositoryCase{"https://github.com/a/b", "ssh://github.com/a/b", true},
        InRepositoryCase{"https://github.com/a/b/raw/1/f", "git@github.com:a/b.git", true},
        InRepositoryCase{"https://github.com/a/b.git", "git@github.com:a/b", false},
        InRepositoryCase{"git@github.com:a/b.git", "https://github.com/a/b.git", false},
        InRepositoryCase{"https://github.com/a/b.git2", "https://github.com/a/b", false},
        InRepositoryCase{"https://github.com/a/b.git/raw/1/f", "https://github.com/a/b", false},
        InRepositoryCase{"https://github.com/a/bc/raw/1/f", "git@github.com:a/b.git", false}));

struct GithubCase {
  std::string_view url;
  bool is_github;
  std::string_view full_name;  // empty: none
  std::string_view revision;   // empty: none
  friend std::ostream& operator<<(std::ostream& out, const GithubCase& c) { return out << c.url; }
};

class GithubUrlTest : public testing::TestWithParam<GithubCase> {};

TEST_P(GithubUrlTest, OwnerNameAndRevisionAreFound) {
  const GithubCase& c = GetParam();
  const SourceUrl url = Parsed(c.url);
  EXPECT_EQ(IsGithub(url, "github.com"), c.is_github);
  const std::optional<GithubRepoName> name = GithubRepoOf(url, "github.com");
  ASSERT_EQ(name.has_value(), !c.full_name.empty());
  if (name.has_value()) {
    EXPECT_EQ(name->full_name(), c.full_name);
    EXPECT_EQ(name->ssh_url("github.com"), "git@github.com:" + std::string(c.full_name) + ".git");
  }
  const std::optional<GithubSource> source = GithubSourceOf(url, "github.com");
  ASSERT_EQ(source.has_value(), !c.revision.empty());
  if (source.has_value()) {
    EXPECT_EQ(source->repo, *name);
    EXPECT_EQ(source->revision, c.revision);
  }
}

TEST(GithubUrlTest, AnotherHostCanBeGithub) {
  const SourceUrl url = Parsed("https://github.example.com/o/r/raw/v1/f");
  EXPECT_FALSE(GithubRepoOf(url, "github.com").has_value());
  const std::optional<GithubSource> source = GithubSourceOf(url, "github.example.com");
  ASSERT_TRUE(source.has_value());
  EXPECT_EQ(source->repo.ssh_url("github.example.com"), "git@github.example.com:o/r.git");
  EXPECT_FALSE(IsGithub(Parsed("https://github.com/o/r"), "github.example.com"));
}

constexpr std::string_view kHash = "0123456789abcdef0123456789abcdef01234567";

INSTANTIATE_TEST_SUITE_P(
    Table, GithubUrlTest,
    testing::Values(
        GithubCase{"https://github.com/", true, "", ""},
        GithubCase{"https://github.com/some-user", true, "", ""},
        GithubCase{"https://github.com/some-user/some-repo", true, "some-user/some-repo", ""},
        GithubCase{"https://github.com/some-user/some-repo.git", true, "some-user/some-repo", ""},
        GithubCase{"https://github.com/some-user/some-repo/raw/"
                   "0123456789abcdef0123456789abcdef01234567/.taskcluster.yml",
                   true, "some-user/some-repo", kHash},
        GithubCase{"https://github.com/some-user/some-repo.git/raw/"
                   "0123456789abcdef0123456789abcdef01234567/.taskcluster.yml",
                   true, "some-user/some-repo", kHash},
        // The reference takes the first occurrence of the name for the end of the URL.
        GithubCase{"https://github.com/repo-owner/repo/blob/main", true, "repo-owner/repo", "main"},
        GithubCase{"https://github.com/some-user/some-repo/raw/", true, "some-user/some-repo", ""},
        GithubCase{"https://github.com/some-user/some-repo/raw//x", true, "some-user/some-repo",
                   ""},
        GithubCase{"ssh://github.com/some-user", true, "", ""},
        GithubCase{"ssh://github.com/some-user/some-repo.git", true, "some-user/some-repo", ""},
        GithubCase{"ssh://git@github.com/some-user/some-repo", true, "some-user/some-repo", ""},
        GithubCase{"git@github.com:some-user/some-repo.git", true, "some-user/some-repo", ""},
        GithubCase{"https://github.com//some-repo/x/y", true, "", ""},
        GithubCase{"https://github.com/some-user/.git/raw/x", true, "", ""},
        GithubCase{"http://github.com/some-user/some-repo/raw/x", false, "", ""},
        GithubCase{"https://www.github.com/some-user/some-repo", false, "", ""},
        GithubCase{"https://github.com.example/some-user/some-repo", false, "", ""},
        GithubCase{"https://hg.mozilla.org", false, "", ""},
        GithubCase{"https://hg.mozilla.org/mozilla-central", false, "", ""},
        GithubCase{"ssh://hg.mozilla.org/some-repo", false, "", ""}));

}  // namespace
}  // namespace scriptworker::vcs
