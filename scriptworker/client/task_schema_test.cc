// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/task_schema.h"

#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/client/script_config.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/json/json.h"

namespace scriptworker::client {
namespace {

using ::absl_testing::IsOk;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kSchema = R"({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "required": ["payload"],
  "properties": {
    "payload": {
      "type": "object",
      "required": ["action"],
      "properties": {"action": {"type": "string"}, "uri": {"type": "string", "format": "uri"}}
    }
  }
})";

json::Value Json(std::string_view text) { return json::Parse(text).value(); }

struct TaskCase {
  std::string_view name;
  std::string_view task;
  std::string_view violation;  // empty: valid
};

class TaskSchemaTest : public testing::TestWithParam<TaskCase> {};

TEST_P(TaskSchemaTest, AcceptsWhatFits) {
  const absl::Status valid = ValidateJsonSchema(Json(GetParam().task), Json(kSchema));
  if (GetParam().violation.empty()) {
    EXPECT_THAT(valid, IsOk());
    return;
  }
  EXPECT_EQ(ErrorKindOf(valid), ErrorKind::kTask);
  EXPECT_EQ(ExitStatusOf(valid), 3);
  EXPECT_THAT(valid.message(), StartsWith("Can't validate task schema!\n"));
  EXPECT_THAT(valid.message(), HasSubstr(GetParam().violation));
}

INSTANTIATE_TEST_SUITE_P(
    Tasks, TaskSchemaTest,
    testing::Values(
        TaskCase{"Good", R"({"payload": {"action": "sign"}})", ""},
        TaskCase{"NoPayload", R"({"foo": {}})", "payload"},
        TaskCase{"NoAction", R"({"payload": {}})", "/payload"},
        TaskCase{"WrongType", R"({"payload": {"action": 1}})", "/payload/action"},
        // String formats are checked as well.
        TaskCase{"Uri", R"({"payload": {"action": "a", "uri": "http://example.com"}})", ""},
        TaskCase{"NoUri", R"({"payload": {"action": "a", "uri": "not-a-uri"}})", "/payload/uri"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(ValidateJsonSchemaTest, NamesWhatIsValidated) {
  EXPECT_THAT(ValidateJsonSchema(Json("1"), Json(R"({"type": "string"})"), "release").message(),
              StartsWith("Can't validate release schema!\n"));
}

TEST(ValidateJsonSchemaTest, ASchemaThatCannotBeUsedIsAConfigError) {
  const absl::Status valid = ValidateJsonSchema(Json("1"), Json(R"({"type": "strin"})"));
  EXPECT_EQ(ErrorKindOf(valid), ErrorKind::kConfig);
  EXPECT_THAT(valid.message(), StartsWith("the task schema cannot be used as a JSON Schema: "));
}

class ValidateTaskSchemaTest : public testing::Test {
 protected:
  absl::Status Validate(std::string_view task, std::string_view key = "schema_file") {
    return ValidateTaskSchema(config_, Json(task), key);
  }

  const TempDir temp_;
  const ScriptConfig config_{json::Object{
      {"schema_file", json::Value(temp_.Write("schema.json", kSchema))},
      {"schemas", json::Value(json::Object{{"broken", json::Value(temp_.Write("broken.json", "{"))},
                                           {"missing", json::Value(temp_.Path("missing.json"))},
                                           {"any", json::Value(temp_.Write("any.json", "{}"))}})}}};
};

TEST_F(ValidateTaskSchemaTest, ReadsTheSchemaThatTheConfigurationNames) {
  EXPECT_THAT(Validate(R"({"payload": {"action": "sign"}})"), IsOk());
  EXPECT_THAT(Validate("{}", "schemas.any"), IsOk());
}

TEST_F(ValidateTaskSchemaTest, ATaskThatDoesNotFitIsATaskVerificationError) {
  const absl::Status valid = Validate(R"({"payload": {}})");
  EXPECT_EQ(ErrorKindOf(valid), ErrorKind::kTaskVerification);
  EXPECT_EQ(ExitStatusOf(valid), 3);
  EXPECT_THAT(valid.message(),
              StartsWith("Cannot validate task against schema. Task: {\"payload\":{}}.\n"));
  EXPECT_THAT(valid.message(), HasSubstr("action"));
}

TEST_F(ValidateTaskSchemaTest, WithoutAUsableSchemaItIsAConfigError) {
  for (const std::string_view key : {"schemas.broken", "schemas.missing", "schemas.none", "none"}) {
    EXPECT_EQ(ErrorKindOf(Validate("{}", key)), ErrorKind::kConfig) << key;
  }
}

}  // namespace
}  // namespace scriptworker::client
