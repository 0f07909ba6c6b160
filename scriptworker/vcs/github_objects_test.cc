// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/github_objects.h"

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"

namespace scriptworker::vcs {
namespace {

using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

template <typename T>
absl::StatusOr<T> Read(std::string_view text) {
  const json::Value value = json::Parse(text).value();
  return T::FromJson(json::Reader(value, "GitHub"));
}

TEST(GithubObjectsTest, ARepositoryHasANameAndMayHaveAParent) {
  const auto plain = Read<GithubRepository>(
      R"({"full_name": "o/r", "html_url": "https://github.com/o/r/", "fork": false})");
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_EQ(plain->name, (GithubRepoName{"o", "r"}));
  EXPECT_EQ(plain->html_url, "https://github.com/o/r");
  EXPECT_FALSE(plain->fork);
  EXPECT_EQ(plain->parent, std::nullopt);

  const auto fork = Read<GithubRepository>(
      R"({"full_name": "o/r", "html_url": "https://github.com/o/r", "fork": true,
          "parent": {"owner": {"login": "p"}, "name": "q"}})");
  ASSERT_TRUE(fork.ok()) << fork.status();
  EXPECT_TRUE(fork->fork);
  EXPECT_EQ(fork->parent, (GithubRepoName{"p", "q"}));
}

TEST(GithubObjectsTest, ACommitMayLackAuthorAndCommitter) {
  const auto full = Read<GithubCommit>(
      R"({"sha": "0123456789abcdef0123456789abcdef01234567", "committer": {"login": "web-flow"},
          "author": {"login": "a"}, "commit": {"author": {"name": "A. Uthor", "login": "x"}}})");
  ASSERT_TRUE(full.ok()) << full.status();
  EXPECT_EQ(full->committer_login, "web-flow");
  EXPECT_EQ(full->author_login, "a");
  EXPECT_EQ(full->commit_author_login, "x");

  for (const std::string_view text :
       {R"({"sha": "0123456789abcdef0123456789abcdef01234567"})",
        R"({"sha": "0123456789abcdef0123456789abcdef01234567", "author": null, "committer": {},
            "commit": {"author": {"login": null}}})"}) {
    const auto bare = Read<GithubCommit>(text);
    ASSERT_TRUE(bare.ok()) << bare.status();
    EXPECT_EQ(bare->committer_login, std::nullopt);
    EXPECT_EQ(bare->author_login, std::nullopt);
    EXPECT_EQ(bare->commit_author_login, std::nullopt);
  }
}

TEST(GithubObjectsTest, APullRequestMayLackItsForkAndUser) {
  const auto pull = Read<GithubPullRequest>(
      R"({"number": 5, "head": {"sha": "0123456789abcdef0123456789abcdef01234567", "user": null,
          "repo": null}, "base": {"ref": "main", "repo": {"full_name": "o/r"}}})");
  ASSERT_TRUE(pull.ok()) << pull.status();
  EXPECT_EQ(pull->number, 5);
  EXPECT_EQ(pull->head_user_login, std::nullopt);
  EXPECT_EQ(pull->raw.Find("base")->Find("repo")->Find("full_name")->string_value(), "o/r");
}

TEST(GithubObjectsTest, AReleaseMayLackAuthorAndDate) {
  const auto release = Read<GithubRelease>(
      R"({"tag_name": "v1", "target_commitish": "main", "published_at": null, "author": null})");
  ASSERT_TRUE(release.ok()) << release.status();
  EXPECT_EQ(release->published_at, std::nullopt);
  EXPECT_EQ(release->author_login, std::nullopt);
}

TEST(GithubObjectsTest, APullRequestOfAnotherShapeIsAnErrorWithItsPlace) {
  const std::string_view kHead = R"("head": {"sha": "0123456789abcdef0123456789abcdef01234567"})";
  const struct {
    std::string members;
    std::string_view path;
  } kCases[] = {
      {R"("head": 5, "base": [])", "$.head"},
      {R"("head": {"sha": "main"})", "$.head.sha"},
      {absl::StrCat(kHead.substr(0, kHead.size() - 1), R"(, "repo": {"full_name": "x"}})"),
       "$.head.repo.full_name"},
      {std::string(kHead), "$: "},
      {absl::StrCat(kHead, R"(, "base": [])"), "$.base"},
      {absl::StrCat(kHead, R"(, "base": {"ref": 1})"), "$.base.ref"},
      {absl::StrCat(kHead, R"(, "base": {"ref": "main", "repo": null})"), "$.base.repo"},
      {absl::StrCat(kHead, R"(, "base": {"ref": "main", "repo": {"full_name": "../r"}})"),
       "$.base.repo.full_name"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(Read<GithubPullRequest>(absl::StrCat(R"({"number": 5, )", c.members, "}")),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(std::string(c.path))))
        << c.members;
  }
}

TEST(GithubObjectsTest, AnotherShapeIsAnErrorWithItsPlace) {
  EXPECT_THAT(Read<GithubRepository>("[]"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("GitHub: $")));
  EXPECT_THAT(Read<GithubRepository>(R"({"full_name": "a/b/c"})"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("$.full_name")));
  EXPECT_THAT(Read<GithubRepository>(R"({"full_name": "../b"})"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("$.full_name")));
  EXPECT_THAT(Read<GithubRepository>(
                  R"({"full_name": "o/r", "html_url": "x", "fork": true, "parent": {"owner": 1}})"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("$.parent.owner")));
  EXPECT_THAT(Read<GithubCommit>(R"({"sha": "0123"})"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("$.sha")));
  EXPECT_THAT(
      Read<GithubCommit>(R"({"sha": "0123456789abcdef0123456789abcdef01234567", "author": "a"})"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("$.author")));
  for (const std::string_view text : {R"("committer": {"login": 5})", R"("author": [])",
                                      R"("commit": 7)", R"("commit": {"author": {"name": 5}})"}) {
    EXPECT_THAT(Read<GithubCommit>(absl::StrCat(
                    R"({"sha": "0123456789abcdef0123456789abcdef01234567", )", text, "}")),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("$.")))
        << text;
  }
  EXPECT_THAT(Read<GithubRelease>(R"({"tag_name": 1})"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("$.tag_name")));
  EXPECT_THAT(Read<GithubTag>(R"({"name": "v1", "commit": {"sha": null}})"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("$.commit.sha")));
}

}  // namespace
}  // namespace scriptworker::vcs
