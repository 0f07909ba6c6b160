// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/task_env.h"

#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/taskcluster/task_definition.h"

namespace cot {
namespace {

using ::testing::Eq;
using ::testing::Optional;

scriptworker::taskcluster::TaskDefinition WithEnv(std::string_view env) {
  return Task(absl::StrCat(R"({"payload": {"env": )", env, "}}"));
}

TEST(TaskEnvTest, OnlyTextsAreValues) {
  const auto task = WithEnv(R"({"A": "a", "EMPTY": "", "NUMBER": 3, "LIST": ["a"]})");
  EXPECT_THAT(TaskEnv(task, "A"), Optional(Eq("a")));
  EXPECT_THAT(TaskEnv(task, "EMPTY"), Optional(Eq("")));
  for (const std::string_view name : {"NUMBER", "LIST", "ABSENT", "a"}) {
    EXPECT_EQ(TaskEnv(task, name), std::nullopt) << name;
  }
  EXPECT_EQ(TaskEnv(Task(), "A"), std::nullopt);
  EXPECT_EQ(TaskEnv(WithEnv(R"("A")"), "A"), std::nullopt);
}

TEST(WithoutShortFormTest, WritesOutTheShortFormOfGithub) {
  EXPECT_EQ(WithoutShortForm("git@github.com:a/b"), "ssh://github.com/a/b");
  EXPECT_EQ(WithoutShortForm("https://github.com/a/b"), "https://github.com/a/b");
}

struct EnvCase {
  std::string_view name;
  std::optional<std::string> (SourceEnv::*get)() const;
};

TEST(SourceEnvTest, EachValueIsThatOfThePrefix) {
  const EnvCase cases[] = {
      {"HEAD_REPOSITORY", &SourceEnv::head_repository},
      {"BASE_REPOSITORY", &SourceEnv::base_repository},
      {"HEAD_REV", &SourceEnv::head_revision},
      {"BASE_REV", &SourceEnv::base_revision},
      {"HEAD_BRANCH", &SourceEnv::branch},
      {"HEAD_REF", &SourceEnv::branch},
      {"BASE_BRANCH", &SourceEnv::base_branch},
      {"BASE_REF", &SourceEnv::base_branch},
      {"TRIGGERED_BY", &SourceEnv::triggered_by},
      {"PULL_REQUEST_NUMBER", &SourceEnv::pull_request_number},
      {"PUSH_DATE_TIME", &SourceEnv::push_date_time},
  };
  for (const EnvCase& c : cases) {
    const auto task =
        WithEnv(absl::StrCat(R"({"GECKO_)", c.name, R"(": "v", "COMM_)", c.name, R"(": "other"})"));
    EXPECT_THAT((SourceEnv(task, "GECKO").*c.get)(), Optional(Eq("v"))) << c.name;
    EXPECT_EQ((SourceEnv(task, "APP").*c.get)(), std::nullopt) << c.name;
  }
}

TEST(SourceEnvTest, ABranchGoesBeforeARef) {
  const auto task = WithEnv(R"({"X_HEAD_BRANCH": "b", "X_HEAD_REF": "refs/heads/r",
                                "X_BASE_BRANCH": "c", "X_BASE_REF": "refs/heads/s"})");
  EXPECT_THAT(SourceEnv(task, "X").branch(), Optional(Eq("b")));
  EXPECT_THAT(SourceEnv(task, "X").base_branch(), Optional(Eq("c")));
}

TEST(SourceEnvTest, RepositoriesLoseSlashesAtTheirEnd) {
  const auto task = WithEnv(R"({"X_HEAD_REPOSITORY": "https://h/r//", "X_BASE_REPOSITORY": "/"})");
  EXPECT_THAT(SourceEnv(task, "X").head_repository(), Optional(Eq("https://h/r")));
  EXPECT_EQ(SourceEnv(task, "X").base_repository(), std::nullopt);
}

TEST(SourceEnvTest, EmptyNamesAreNone) {
  const auto task = WithEnv(R"({"X_HEAD_REPOSITORY": "", "X_TRIGGERED_BY": ""})");
  EXPECT_EQ(SourceEnv(task, "X").head_repository(), std::nullopt);
  EXPECT_EQ(SourceEnv(task, "X").triggered_by(), std::nullopt);
}

TEST(FindMalformedVariableTest, NamesWhatRulesReadAndIsNoText) {
  const auto find = [](std::string_view env) { return FindMalformedVariable(WithEnv(env), "X"); };
  EXPECT_EQ(find(R"({"X_HEAD_REV": "v", "X_BASE_REV": null, "OTHER": 5, "Y_HEAD_REV": 5})"),
            std::nullopt);
  EXPECT_EQ(FindMalformedVariable(Task(), "X"), std::nullopt);
  EXPECT_THAT(find(R"({"X_HEAD_REV": 5})"), Optional(Eq("payload.env.X_HEAD_REV")));
  EXPECT_THAT(find(R"({"COMM_HEAD_REPOSITORY": []})"),
              Optional(Eq("payload.env.COMM_HEAD_REPOSITORY")));
  EXPECT_THAT(find("[]"), Optional(Eq("payload.env")));
}

}  // namespace
}  // namespace cot
