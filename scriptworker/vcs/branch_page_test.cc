// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/branch_page.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::vcs {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

TEST(BranchPageTest, WhiteSpaceIsNoBranch) {
  for (const std::string_view page : {"", "\n", "\r\n\r\n", " \t\n"}) {
    EXPECT_THAT(NamesBranch(page), IsOkAndHolds(false));
  }
}

TEST(BranchPageTest, ALinkedItemIsABranch) {
  for (const std::string_view page : {
           R"(<ul class="branches-list"><li class="branch"><a href="/o/r">main</a></li></ul>)",
           R"(
    <svg class="octicon octicon-git-branch"><path d="M10 5"></path></svg>
    <ul class="branches-list">
        <li class="branch">
          <a href="/o/r/tree/releases/1.0">releases/1.0</a></li>
          <li class="pull-request">(<a title="Merged: x" href="/o/r/pull/1">#1</a>)</li>
    </ul>)",
           R"(<li id="x" class="list branch js"><a class="y" href="/o/r">main</a></li>)",
           R"(<li class="branch"><a href="/o/r/tree/x">refs/pull/1/head</a></li>
              <li class="branch"><a href="/o/r">main</a></li>)",
       }) {
    EXPECT_THAT(NamesBranch(page), IsOkAndHolds(true)) << page;
  }
}

TEST(BranchPageTest, GithubsSentenceIsNoBranch) {
  EXPECT_THAT(NamesBranch(R"(<ul class="js-branches-list"><li class="branch">This commit does )"
                          R"(not belong to any branch on this repository, and may belong to a )"
                          R"(fork outside of the repository.</li></ul>)"),
              IsOkAndHolds(false));
}

TEST(BranchPageTest, AnyOtherPageSaysNothing) {
  for (const std::string_view page : {
           "main",
           "{}",
           "<html></html>",
           R"(<html><body><a href="/login">Sign in</a></body></html>)",
           R"(<ul class="branches-list"></ul>)",
           R"(<ul class="branches-list"><li class="branch">main</li></ul>)",
           R"(<li class="branch"><a href="">main</a></li>)",
           R"(<li class="branch"><a href="/o/r"> </a></li>)",
           R"(<li class="branch"><a href="//evil.example/o/r">main</a></li>)",
           R"(<li class="branch"><a href="https://evil.example/o/r">main</a></li>)",
           R"(<li class="branch"><a href="/o/r/tree/refs/pull/1/head">refs/pull/1/head</a></li>)",
           R"(<li class="branches"><a href="/o/r">main</a></li>)",
           R"(<li class="not-branch"><a href="/o/r">main</a></li>)",
           R"(<li class="pull-request">(<a href="/o/r/pull/1">#1</a>)</li>)",
           R"(<li class="tag"><a href="/o/r/releases/tag/v1">v1</a></li>)",
           "This commit does not belong to any branch on this repository",
       }) {
    EXPECT_THAT(NamesBranch(page), StatusIs(absl::StatusCode::kUnavailable)) << page;
  }
}

}  // namespace
}  // namespace scriptworker::vcs
