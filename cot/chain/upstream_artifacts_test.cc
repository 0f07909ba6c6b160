// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/upstream_artifacts.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/violation.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

namespace json = ::scriptworker::json;

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::scriptworker::taskcluster::TaskId;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string Entry(std::string_view rest) {
  return absl::StrCat(R"({"payload": {"upstreamArtifacts": [{"taskId": ")", kBuildId,
                      R"(", "taskType": "build", )", rest, "}]}}");
}

struct PathCase {
  std::string_view name;
  std::string_view rest;
  Violation violation;
};

class IllegalPathTest : public testing::TestWithParam<PathCase> {};

TEST_P(IllegalPathTest, IsRefused) {
  EXPECT_THAT(ParseUpstreamArtifacts(Task(Entry(GetParam().rest))),
              IsViolation(GetParam().violation));
}

constexpr PathCase kIllegal[] = {
    {"Absolute", R"("paths": ["/etc/passwd"])", Violation::kIllegalUpstreamPath},
    {"Parent", R"("paths": ["public/../../x"])", Violation::kIllegalUpstreamPath},
    {"DotsInAName", R"("paths": ["public/a..b"])", Violation::kIllegalUpstreamPath},
    {"ControlCharacter", R"("paths": ["public/a\n"])", Violation::kIllegalUpstreamPath},
    {"EmptySegment", R"("paths": ["public//a"])", Violation::kIllegalUpstreamPath},
    {"SecondPathIllegal", R"("paths": ["public/a", "/b"])", Violation::kIllegalUpstreamPath},
    {"PathsNoList", R"("paths": "public/a")", Violation::kMalformedDependency},
    {"PathNoText", R"("paths": [1])", Violation::kMalformedDependency},
    {"NoPaths", R"("x": 1)", Violation::kMalformedDependency},
};
INSTANTIATE_TEST_SUITE_P(Table, IllegalPathTest, testing::ValuesIn(kIllegal),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(UpstreamArtifactsTest, NoneIsGood) {
  const auto entries = ParseUpstreamArtifacts(Task());
  ASSERT_TRUE(entries.ok());
  EXPECT_THAT(*entries, IsEmpty());
}

TEST(UpstreamArtifactsTest, OtherShapesAreRefused) {
  for (const std::string_view list : {"1", "{}", "[1]", R"([{"taskId": 1}])"}) {
    EXPECT_THAT(ParseUpstreamArtifacts(
                    Task(absl::StrCat(R"({"payload": {"upstreamArtifacts": )", list, "}}"))),
                IsViolation(Violation::kMalformedDependency))
        << list;
  }
}

std::vector<std::string> Wanted(std::string_view rest, const std::vector<std::string>& available) {
  const auto entries = ParseUpstreamArtifacts(Task(Entry(rest)));
  EXPECT_TRUE(entries.ok()) << entries.status();
  std::vector<std::string> names;
  for (const WantedArtifact& wanted : WantedFrom((*entries)[0].task_id, *entries, available)) {
    names.push_back(absl::StrCat(wanted.name, wanted.optional ? "?" : ""));
  }
  return names;
}

TEST(UpstreamArtifactsTest, PatternsTakeWhatIsThere) {
  const std::vector<std::string> available = {"public/foo", "public/bar", "public/logs/live.log",
                                              "other/test.log"};
  EXPECT_THAT(Wanted(R"("paths": ["*.log"], "optional": true)", available),
              ElementsAre("other/test.log?", "public/logs/live.log?"));
  EXPECT_THAT(Wanted(R"("paths": ["public/*"], "optional": true)", available),
              ElementsAre("public/bar?", "public/foo?", "public/logs/live.log?"));
  EXPECT_THAT(Wanted(R"("paths": ["none*"], "optional": true)", available), IsEmpty());
}

TEST(UpstreamArtifactsTest, PatternsCountForTheirTaskOnly) {
  const auto entries = ParseUpstreamArtifacts(Task(Entry(R"("paths": ["public/a", "public/*"])")));
  ASSERT_TRUE(entries.ok());
  EXPECT_EQ(CountPatterns(*TaskId::Parse(kBuildId), *entries), 1u);
  EXPECT_EQ(CountPatterns(*TaskId::Parse(kDecisionId), *entries), 0u);
  EXPECT_TRUE(IsPattern("public/*"));
  EXPECT_FALSE(IsPattern("public/a?[b]")) << "which is a name";
}

TEST(UpstreamArtifactsTest, OnlyExactlyTrueIsOptional) {
  EXPECT_TRUE(IsOptional(json::Parse(R"({"optional": true})").value()));
  for (const std::string_view entry : {R"({"optional": false})", R"({"optional": 1})",
                                       R"({"optional": "true"})", R"({"optional": null})", "{}"}) {
    EXPECT_FALSE(IsOptional(json::Parse(entry).value())) << entry;
  }
}

TEST(UpstreamArtifactsTest, APathIsRefusedWithItsTask) {
  EXPECT_THAT(CheckUpstreamPath("ID", "public/*.zip"), IsOk());
  EXPECT_THAT(CheckUpstreamPath("ID", "a..b"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "upstreamArtifacts taskId ID has illegal path a..b!"));
}

TEST(UpstreamArtifactsTest, APatternThatIsRepeatedIsTriedOnce) {
  const auto entries = ParseUpstreamArtifacts(Task(Entry(R"("paths": ["a*", "a*", "b", "*"])")));
  ASSERT_TRUE(entries.ok());
  EXPECT_EQ(CountPatterns((*entries)[0].task_id, *entries), 2u);
}

TEST(UpstreamArtifactsTest, PatternsAreNoLongerTriedOnceThatIsCancelled) {
  const auto entries = ParseUpstreamArtifacts(Task(Entry(R"("paths": ["*"])")));
  ASSERT_TRUE(entries.ok());
  scriptworker::CancellationSource source;
  source.Cancel(absl::CancelledError("shutting down"));
  EXPECT_THAT(WantedFrom((*entries)[0].task_id, *entries, {"a", "b"}, source.token()), IsEmpty());
}

TEST(UpstreamArtifactsTest, PlainPathsAreWantedWhetherThereOrNot) {
  EXPECT_THAT(Wanted(R"("paths": ["public/b", "public/a", "public/b"])", {}),
              ElementsAre("public/a", "public/b"));
}

TEST(UpstreamArtifactsTest, AllIllegalPathsAreNamedUpToALimit) {
  const auto message = [](std::string_view paths) {
    return std::string(
        ParseUpstreamArtifacts(Task(Entry(absl::StrCat(R"("paths": [)", paths, "]"))))
            .status()
            .message());
  };
  EXPECT_THAT(message(R"("public/a", "/b", "public/c", "../d")"),
              AllOf(HasSubstr("has illegal path /b!\n"), HasSubstr("has illegal path ../d!"),
                    Not(HasSubstr("public/"))));
  std::string many = R"("/0")";
  for (int i = 1; i < 1000; ++i) absl::StrAppend(&many, R"(, "/)", i, R"(")");
  EXPECT_THAT(message(many), AllOf(HasSubstr("/19!"), Not(HasSubstr("/20!")),
                                   HasSubstr("\n... and 980 more illegal paths")));
}

}  // namespace
}  // namespace cot
