// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/request_schema.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"

namespace scriptworker::taskcluster::fake {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Check(std::string_view schema, std::string_view payload) {
  return CheckAgainstSchema(schema, *json::Parse(payload));
}

// The messages of the tests are those of the real queue: see the recordings
// api-auth-errors and api-conflicts.
TEST(RequestSchemaTest, ClaimWork) {
  EXPECT_THAT(Check("claim-work-request", R"({"tasks":1,"workerGroup":"g","workerId":"w"})"),
              IsEmpty());
  EXPECT_THAT(Check("claim-work-request", R"({"tasks":"one","workerGroup":"g","extra":true})"),
              ElementsAre("data must have required property 'workerId'",
                          "data must NOT have additional properties: \"extra\"",
                          "data/tasks must be integer"));
  EXPECT_THAT(Check("claim-work-request", R"({"tasks":33,"workerGroup":"g!","workerId":""})"),
              ElementsAre("data/tasks must be <= 32",
                          "data/workerGroup must match pattern \"^([a-zA-Z0-9-_]*)$\"",
                          "data/workerId must NOT have fewer than 1 characters"));
}

TEST(RequestSchemaTest, ReasonsOfExceptions) {
  EXPECT_THAT(Check("task-exception-request", R"({"reason":"worker-shutdown"})"), IsEmpty());
  for (const char* reason : {"bored", "superseded", "claim-expired"}) {
    EXPECT_THAT(Check("task-exception-request", R"({"reason":")" + std::string(reason) + R"("})"),
                ElementsAre("data/reason must be equal to one of the allowed values"));
  }
}

TEST(RequestSchemaTest, OneOfTellsTheErrorsOfAllItsSchemas) {
  EXPECT_THAT(
      Check(
          "post-artifact-request",
          R"({"storageType":"blob","expires":"2026-11-23T11:12:40.434Z","contentType":"text/plain"})"),
      ElementsAre("data/storageType must be equal to one of the allowed values",
                  "data/storageType must be equal to one of the allowed values",
                  "data must have required property 'url'",
                  "data/storageType must be equal to one of the allowed values",
                  "data must have required property 'artifact'",
                  "data/storageType must be equal to one of the allowed values",
                  "data must have required property 'reason'",
                  "data must have required property 'message'",
                  "data must NOT have additional properties: \"contentType\"",
                  "data/storageType must be equal to one of the allowed values",
                  "data must match exactly one schema in oneOf"));
}

TEST(RequestSchemaTest, TimesHaveAnyNumberOfDigits) {
  for (const char* time : {"2026-11-23T15:02:20.373000+00:00", "2026-11-23T15:02:20Z"}) {
    EXPECT_THAT(
        Check("post-artifact-request", R"({"storageType":"s3","contentType":"a/b","expires":")" +
                                           std::string(time) + R"("})"),
        IsEmpty())
        << time;
  }
}

TEST(RequestSchemaTest, DefaultsFillWhatIsMissing) {
  const json::Value task = WithDefaults("create-task-request", *json::Parse(R"({"retries":1})"));
  EXPECT_EQ(task.Find("retries")->int_value(), 1);
  EXPECT_EQ(task.Find("priority")->string_value(), "lowest");
  EXPECT_EQ(task.Find("schedulerId")->string_value(), "-");
  EXPECT_TRUE(task.Find("dependencies")->is_array());
  EXPECT_EQ(task.Find("expires"), nullptr);
}

TEST(RequestSchemaTest, ASchemaThatIsNotThereForbidsNothing) {
  EXPECT_THAT(Check("no-such-schema", R"({"a":1})"), IsEmpty());
}

}  // namespace
}  // namespace scriptworker::taskcluster::fake
