// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/route.h"

#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::taskcluster::fake {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::Pair;

TEST(RouteTest, ParametersAreDecodedOnce) {
  EXPECT_THAT(MatchRoute("/task/<taskId>/status", "/task/a%20b%2525/status"),
              Optional(ElementsAre(Pair("taskId", "a b%25"))));
}

TEST(RouteTest, AnEscapedSlashDoesNotEndASegment) {
  EXPECT_THAT(MatchRoute("/task/<taskId>", "/task/a%2Fb"),
              Optional(ElementsAre(Pair("taskId", "a/b"))));
  EXPECT_THAT(MatchRoute("/task/<taskId>", "/task/a/b"), Eq(std::nullopt));
}

TEST(RouteTest, TheRestOfThePathHasSlashesOfBothKinds) {
  for (const char* path : {"/claim-work/p%2Fw", "/claim-work/p/w"}) {
    EXPECT_THAT(MatchRoute("/claim-work/<taskQueueId...>", path),
                Optional(ElementsAre(Pair("taskQueueId", "p/w"))));
  }
}

TEST(RouteTest, ASlashAtTheEndIsAllowed) {
  EXPECT_TRUE(MatchRoute("/ping", "/ping/").has_value());
  EXPECT_FALSE(MatchRoute("/ping", "/ping//").has_value());
  EXPECT_FALSE(MatchRoute("/ping", "/pin").has_value());
  EXPECT_FALSE(MatchRoute("/ping", "/ping/x").has_value());
}

TEST(RouteTest, AParameterIsNotEmpty) {
  EXPECT_FALSE(MatchRoute("/task/<taskId>", "/task/").has_value());
}

TEST(RouteTest, ParametersHaveTheFormOfTheirName) {
  EXPECT_EQ(CheckRouteParams({{"taskId", "DQV1V73QSBmmHUbUzJ1dHw"}, {"runId", "0"}}), "");
  EXPECT_THAT(CheckRouteParams({{"taskId", "not-a-slug"}}),
              HasSubstr("URL parameter 'taskId' given as 'not-a-slug' must match"));
  EXPECT_THAT(CheckRouteParams({{"name", "public/\xc3\xa9"}}),
              HasSubstr("must match regular expression: '/^[\\x20-\\x7e]+$/'"));
}

TEST(RouteTest, ScopesAreFilledInFromParameters) {
  EXPECT_EQ(FillIn("queue:resolve-task:<taskId>/<runId>", {{"taskId", "T"}, {"runId", "3"}}),
            "queue:resolve-task:T/3");
}

}  // namespace
}  // namespace scriptworker::taskcluster::fake
