// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/git_name.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::vcs {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

TEST(GitNameTest, ACommitHashHas40LowerCaseDigits) {
  EXPECT_TRUE(IsCommitHash("0123456789abcdef0123456789abcdef01234567"));
  for (const std::string_view text :
       {"", "0123", "0123456789ABCDEF0123456789abcdef01234567",
        "0123456789abcdef0123456789abcdef0123456g", "0123456789abcdef0123456789abcdef012345678",
        "0123456789abcdef0123456789abcdef01234567\n", "v1.0"}) {
    EXPECT_FALSE(IsCommitHash(text)) << text;
  }
}

TEST(GitNameTest, ARevisionStandsInAUrlsPathAsItIs) {
  for (const std::string_view revision :
       {"0123abc", "v1.0", "main", "releases/v1.0", "v1.0+build.1", "a_b-c", "tip", "x@y"}) {
    EXPECT_THAT(CheckRevision(revision), IsOk()) << revision;
  }
  for (const std::string_view revision :
       {"",      "/",   "/a",  "a/",  "a//b", "..",    "../x", "a/../b", "a..b", ".",
        "a/./b", "a b", "a\n", "a?b", "a#b",  "a%2fb", "a\\b", "a:b",    "a&b",  "\xc3\xa4"}) {
    EXPECT_THAT(CheckRevision(revision), StatusIs(absl::StatusCode::kInvalidArgument)) << revision;
  }
  EXPECT_THAT(CheckRevision(std::string(256, 'a')), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(GitNameTest, OwnerAndNameAreSinglePlainSegments) {
  EXPECT_THAT(CheckGithubName({"mozilla-mobile", "fenix.x_y"}), IsOk());
  for (const GithubRepoName& name :
       {GithubRepoName{"", "r"}, GithubRepoName{"o", ""}, GithubRepoName{"o", "."},
        GithubRepoName{"..", "r"}, GithubRepoName{"o", "a/b"}, GithubRepoName{"o", "a?b"},
        GithubRepoName{"o o", "r"}, GithubRepoName{"o", "r#"}}) {
    EXPECT_THAT(CheckGithubName(name), StatusIs(absl::StatusCode::kInvalidArgument))
        << name.full_name();
  }
}

}  // namespace
}  // namespace scriptworker::vcs
