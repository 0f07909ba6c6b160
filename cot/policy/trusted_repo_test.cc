// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/trusted_repo.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cot/policy/url_rule.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/vcs/source_url.h"

namespace cot {
namespace {

using ::scriptworker::vcs::SourceUrl;
using ::testing::Eq;
using ::testing::Optional;

struct RepoCase {
  std::string_view product;
  std::string_view source;
  std::string_view path;  // empty: not trusted
};

TEST(TrustedRepoTest, TheFirstRuleThatFitsTellsThePath) {
  const RepoCase cases[] = {
      {"firefox", "https://hg.mozilla.org/mozilla-central/file/abc/taskcluster",
       "/mozilla-central"},
      {"firefox", "https://hg.mozilla.org/mozilla-central", "/mozilla-central"},
      {"firefox", "https://hg.mozilla.org/releases/mozilla-beta/file/x", "/releases/mozilla-beta"},
      // A name that only begins alike, another host, another scheme.
      {"firefox", "https://hg.mozilla.org/mozilla-central2/file/abc", ""},
      {"firefox", "https://hg.example.com/mozilla-central/file/abc", ""},
      {"firefox", "http://hg.mozilla.org/mozilla-central/file/abc", ""},
      {"firefox", "https://hg.mozilla.org/x/mozilla-central/file/abc", ""},
      {"firefox", "https://hg.mozilla.org//mozilla-central/file/abc", ""},
      {"firefox", "https://hg.mozilla.org/", ""},
      {"adhoc", "https://github.com/mozilla-releng/adhoc-signing/raw/abc/x",
       "/mozilla-releng/adhoc-signing"},
      {"adhoc", "ssh://github.com/mozilla-releng/adhoc-signing.git",
       "/mozilla-releng/adhoc-signing"},
      // The short form is no URL, and with a user the host is another.
      {"adhoc", "git@github.com:mozilla-releng/adhoc-signing", ""},
      {"adhoc", "ssh://git@github.com/mozilla-releng/adhoc-signing", ""},
      {"adhoc", "https://github.com/stranger/adhoc-signing", ""},
  };
  for (const RepoCase& c : cases) {
    const auto url = SourceUrl::Parse(c.source);
    ASSERT_TRUE(url.ok()) << url.status();
    const std::optional<std::string> path =
        TrustedRepoPath(BuiltInProduct(c.product).trusted_vcs_rules, *url);
    if (c.path.empty()) {
      EXPECT_EQ(path, std::nullopt) << c.source;
    } else {
      EXPECT_THAT(path, Optional(Eq(c.path))) << c.source;
    }
  }
}

TEST(TrustedRepoTest, WithoutRulesNothingIsTrusted) {
  EXPECT_EQ(TrustedRepoPath({}, *SourceUrl::Parse("https://hg.mozilla.org/mozilla-central")),
            std::nullopt);
}

TEST(TrustedRepoTest, OneRuleOfPrivateRepositoriesIsEnough) {
  EXPECT_FALSE(RequiresSecret({}));
  EXPECT_FALSE(RequiresSecret(BuiltInProduct("firefox").trusted_vcs_rules));
  std::vector<UrlRule> rules = BuiltInProduct("adhoc").trusted_vcs_rules;
  UrlRule secret = rules.front();
  secret.require_secret = true;
  rules.push_back(secret);
  EXPECT_TRUE(RequiresSecret(rules));
}

}  // namespace
}  // namespace cot
