// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/cot_body.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/json/json.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::scriptworker::ReadTestFile;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

absl::StatusOr<CotBody> ParseCotBody(std::string_view text, std::string_view source) {
  const absl::StatusOr<scriptworker::json::Value> value =
      scriptworker::json::Parse(text, {.source = source});
  return value.ok() ? ReadCotBody(*value, source) : value.status();
}

TEST(CotBodyTest, AWorkersOwnBodyIsReadAndWrittenToTheSameBytes) {
  for (std::string_view folder : {"recorded", "listing"}) {
    const std::string text =
        ReadTestFile("testdata/generator/" + std::string(folder) + "/chain-of-trust.json");
    const absl::StatusOr<CotBody> body = ParseCotBody(text, "body");
    ASSERT_THAT(body, IsOk());
    EXPECT_EQ(FormatCotBody(*body), text) << folder;
  }
}

TEST(CotBodyTest, MembersAreReadIntoTheirFields) {
  const absl::StatusOr<CotBody> body =
      ParseCotBody(ReadTestFile("testdata/generator/recorded/chain-of-trust.json"), "body");
  ASSERT_THAT(body, IsOk());
  EXPECT_EQ(body->task_id, "NsqSIRDwQtuVxPjPCFpS1A");
  EXPECT_EQ(body->run_id, 0);
  EXPECT_EQ(body->version, CotBody::kVersion);
  EXPECT_EQ(body->worker_group, "rec-group");
  EXPECT_EQ(body->worker_id, "rec-worker-1");
  EXPECT_EQ(body->worker_type, "rec-worker-success-zpqn");
  EXPECT_EQ(body->task.Find("priority")->string_value(), "low");
  EXPECT_EQ(body->artifacts.size(), 4);
  EXPECT_THAT(body->artifacts.at("public/build/data.json"),
              ElementsAre(Pair("sha256",
                               "4fcf70d07b2513652e5d2f2d4b35f0074a7487ade895836"
                               "511d42a6218473023")));
}

constexpr std::string_view kDockerWorkersBody = R"({
  "artifacts": {"public/image.tar.zst": {"sha256": "00", "sha512": "11"}},
  "chainOfTrustVersion": 1,
  "environment": {"imageHash": "sha256:2f", "publicIpAddress": "192.0.2.1"},
  "region": "us-west-1",
  "runId": 3,
  "task": {"payload": {}},
  "taskId": "T",
  "workerGroup": "g",
  "workerId": "w"
})";

TEST(CotBodyTest, OtherWorkerImplementationsMayAddAndLeaveOutMembers) {
  const absl::StatusOr<CotBody> body = ParseCotBody(kDockerWorkersBody, "body");
  ASSERT_THAT(body, IsOk());
  EXPECT_EQ(body->worker_type, "");
  EXPECT_EQ(body->run_id, 3);
  EXPECT_EQ(body->environment.Find("imageHash")->string_value(), "sha256:2f");
  EXPECT_THAT(body->artifacts,
              ElementsAre(Pair("public/image.tar.zst",
                               ElementsAre(Pair("sha256", "00"), Pair("sha512", "11")))));
}

struct RefusedCase {
  std::string_view name;
  std::string_view text;
  std::string_view message;
};

constexpr RefusedCase kRefusedCases[] = {
    {.name = "NoJson", .text = "<html>", .message = "cot.json:1:1"},
    {.name = "NoObject", .text = "[]", .message = "cot.json: $"},
    {.name = "DuplicateKey", .text = R"({"runId": 1, "runId": 2})", .message = "runId"},
    {.name = "NoArtifacts", .text = "{}", .message = "artifacts"},
    {.name = "ArtifactsOfAnotherType", .text = R"({"artifacts": []})", .message = "$.artifacts"},
    {.name = "HashesOfAnotherType",
     .text = R"({"artifacts": {"a": "00"}})",
     .message = "$.artifacts.a"},
    {.name = "HashOfAnotherType",
     .text = R"({"artifacts": {"a": {"sha256": 0}}})",
     .message = "$.artifacts.a.sha256"},
    {.name = "NoVersion", .text = R"({"artifacts": {}})", .message = "chainOfTrustVersion"},
    {.name = "EnvironmentOfAnotherType",
     .text = R"({"artifacts": {}, "chainOfTrustVersion": 1, "environment": null})",
     .message = "$.environment"},
    {.name = "RunIdOfAnotherType",
     .text = R"({"artifacts": {}, "chainOfTrustVersion": 1, "environment": {},
                 "runId": "0"})",
     .message = "$.runId"},
    {.name = "TaskOfAnotherType",
     .text = R"({"artifacts": {}, "chainOfTrustVersion": 1, "environment": {},
                 "runId": 0, "task": "T"})",
     .message = "$.task"},
};

TEST(CotBodyTest, AnotherShapeIsRefusedWithSourceAndPath) {
  for (const RefusedCase& c : kRefusedCases) {
    EXPECT_THAT(ParseCotBody(c.text, "cot.json"),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("cot.json"), HasSubstr(c.message))))
        << c.name;
  }
}

}  // namespace
}  // namespace cot
