// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/cot_schema.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_schema.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::scriptworker::TempDir;
using ::scriptworker::json::Object;
using ::scriptworker::json::Parse;
using ::scriptworker::json::Schema;
using ::scriptworker::json::Value;
using ::testing::HasSubstr;

Value ValidBody() {
  return Parse(R"({
    "artifacts": {"public/a": {"sha256": "00"}}, "chainOfTrustVersion": 1,
    "environment": {}, "runId": 0, "taskId": "T", "workerGroup": "g",
    "workerId": "w", "extra": "is allowed",
    "task": {"dependencies": ["a", "b"], "payload": {}, "scopes": [],
             "taskGroupId": "G", "workerType": "t", "extra": {}}})")
      .value();
}

struct MemberCase {
  std::string_view name;
  bool in_task;
  std::string_view wrong;  // JSON of a value that is refused
};

constexpr MemberCase kMembers[] = {
    {.name = "artifacts", .in_task = false, .wrong = "[]"},
    {.name = "chainOfTrustVersion", .in_task = false, .wrong = "\"1\""},
    {.name = "environment", .in_task = false, .wrong = "null"},
    {.name = "runId", .in_task = false, .wrong = "\"0\""},
    {.name = "task", .in_task = false, .wrong = "[]"},
    {.name = "taskId", .in_task = false, .wrong = "1"},
    {.name = "workerGroup", .in_task = false, .wrong = "{}"},
    {.name = "workerId", .in_task = false, .wrong = "false"},
    {.name = "dependencies", .in_task = true, .wrong = R"(["a", "a"])"},
    {.name = "payload", .in_task = true, .wrong = "[]"},
    {.name = "scopes", .in_task = true, .wrong = "[1]"},
    {.name = "taskGroupId", .in_task = true, .wrong = "null"},
    {.name = "workerType", .in_task = true, .wrong = "1"},
};

// The valid body with one member replaced, or taken out if `value` is null.
Value Changed(const MemberCase& member, const Value* value) {
  Value body = ValidBody();
  Object& object = *body.mutable_object();
  Object& owner = member.in_task ? *object.mutable_value("task")->mutable_object() : object;
  if (value == nullptr) {
    EXPECT_TRUE(owner.Erase(member.name)) << member.name;
  } else {
    owner.Set(member.name, *value);
  }
  return body;
}

TEST(DefaultCotSchemaTest, AcceptsABodyWithFurtherMembers) {
  const absl::StatusOr<Schema> schema = LoadCotSchema("");
  ASSERT_THAT(schema, IsOk());
  EXPECT_THAT(schema->Validate(ValidBody()), IsOk());
}

TEST(DefaultCotSchemaTest, RequiresEachMemberWithItsType) {
  const absl::StatusOr<Schema> schema = LoadCotSchema("");
  ASSERT_THAT(schema, IsOk());
  for (const MemberCase& member : kMembers) {
    EXPECT_THAT(schema->Validate(Changed(member, nullptr)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(member.name)))
        << "without " << member.name;
    const Value wrong = Parse(member.wrong).value();
    EXPECT_THAT(schema->Validate(Changed(member, &wrong)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(member.name)))
        << "wrong " << member.name;
  }
}

TEST(LoadCotSchemaTest, ReadsTheGivenFile) {
  const TempDir dir;
  const std::string path = dir.Write("schema.json", R"({"required": ["mood"]})");
  const absl::StatusOr<Schema> schema = LoadCotSchema(path);
  ASSERT_THAT(schema, IsOk());
  EXPECT_THAT(schema->Validate(ValidBody()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("mood")));
}

TEST(LoadCotSchemaTest, AFileThatIsNoSchemaIsNamed) {
  const TempDir dir;
  EXPECT_THAT(LoadCotSchema(dir.Path("absent.json")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("absent.json")));
  EXPECT_THAT(LoadCotSchema(dir.Write("text.json", "{")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("text.json:1:")));
  EXPECT_THAT(LoadCotSchema(dir.Write("number.json", R"({"type": 7})")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("number.json: ")));
}

}  // namespace
}  // namespace cot
