// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/task_preparation.h"

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

taskcluster::ClaimedTask Task(std::string_view definition) {
  const json::Value document = json::Parse(definition).value();
  return {.task_id = taskcluster::TaskId::Parse("NsqSIRDwQtuVxPjPCFpS1A").value(),
          .run_id = 3,
          .worker_group = "",
          .worker_id = "",
          .taken_until = {},
          .definition = document,
          .task = taskcluster::TaskDefinition::FromJson(document, "task"),
          .credentials = {},
          .status = {},
          .server_time = {}};
}

taskcluster::ClaimedTask TaskWithPayload(std::string_view payload) {
  return Task(absl::StrCat("{\"payload\": ", payload, "}"));
}

TEST(WriteTaskFilesTest, TheUmaskAloneSaysWhoMayWriteToThem) {
  for (const mode_t mask : {mode_t{0002}, mode_t{0022}}) {
    const TempDir temp;
    const WorkDir dirs(temp.path(), temp.Path("artifacts"), temp.Path("logs"));
    MemoryLogger logger;
    const mode_t before = ::umask(mask);
    EXPECT_THAT(WriteTaskFiles(TaskWithPayload("{}"), dirs, logger), IsOk());
    ::umask(before);
    for (const std::string& file : {dirs.task_json(), dirs.current_task_info()}) {
      struct stat info = {};
      ASSERT_EQ(::stat(file.c_str(), &info), 0) << file;
      EXPECT_EQ(info.st_mode & 07777, 0666U & ~mask) << file;
    }
  }
}

TEST(WriteTaskFilesTest, WritesTheDefinitionInCanonicalForm) {
  const TempDir temp;
  const WorkDir dirs(temp.path(), temp.Path("artifacts"), temp.Path("logs"));
  MemoryLogger logger;
  ASSERT_THAT(
      WriteTaskFiles(Task(R"({"scopes": [], "payload": {"b": "é", "a": 1.0}})"), dirs, logger),
      IsOk());
  EXPECT_THAT(ReadFile(dirs.task_json()), IsOkAndHolds(R"({
  "payload": {
    "a": 1.0,
    "b": "\u00e9"
  },
  "scopes": []
})"));
  EXPECT_THAT(ReadFile(dirs.current_task_info()), IsOkAndHolds(R"({
  "runId": 3,
  "taskId": "NsqSIRDwQtuVxPjPCFpS1A"
})"));
  EXPECT_THAT(logger.lines(),
              ElementsAre(absl::StrCat("DEBUG Writing task file to ", dirs.task_json(), "..."),
                          "INFO Going to run taskId NsqSIRDwQtuVxPjPCFpS1A runId 3!",
                          absl::StrCat("DEBUG Writing current task info to ",
                                       dirs.current_task_info(), "...")));
}

TEST(WriteTaskFilesTest, NamesTheFileThatCannotBeWritten) {
  const TempDir temp;
  const WorkDir dirs(temp.Path("missing"), temp.Path("artifacts"), temp.Path("logs"));
  MemoryLogger logger;
  EXPECT_THAT(WriteTaskFiles(TaskWithPayload("{}"), dirs, logger).message(),
              HasSubstr("missing/task.json"));
}

struct LimitCase {
  std::string_view name, payload;
  int seconds;
};

class MaxRunTimeTest : public testing::TestWithParam<LimitCase> {};

TEST_P(MaxRunTimeTest, IsThePayloadsButNeverMoreThanTheWorkers) {
  const absl::StatusOr<TaskLimits> limits =
      CheckTask(TaskWithPayload(GetParam().payload), absl::Seconds(1200));
  ASSERT_THAT(limits, IsOk());
  EXPECT_EQ(limits->max_run_time, absl::Seconds(GetParam().seconds));
}

INSTANTIATE_TEST_SUITE_P(
    Payloads, MaxRunTimeTest,
    testing::Values(LimitCase{"absent", "{}", 1200},
                    LimitCase{"shorter", R"({"maxRunTime": 600})", 600},
                    LimitCase{"longer", R"({"maxRunTime": 9000})", 1200},
                    LimitCase{"integral_float", R"({"maxRunTime": 600.0})", 600},
                    LimitCase{"zero", R"({"maxRunTime": 0})", 0},
                    LimitCase{"negative", R"({"maxRunTime": -5})", 0},
                    LimitCase{"huge", R"({"maxRunTime": 18446744073709551615})", 1200}),
    [](const auto& info) { return std::string(info.param.name); });

struct MalformedCase {
  std::string_view name, definition, complaint;
};

class MalformedTaskTest : public testing::TestWithParam<MalformedCase> {};

TEST_P(MalformedTaskTest, IsTheTasksFault) {
  EXPECT_THAT(CheckTask(Task(GetParam().definition), absl::Seconds(1200)).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().complaint)));
}

INSTANTIATE_TEST_SUITE_P(
    Tasks, MalformedTaskTest,
    testing::Values(
        MalformedCase{"no_payload", "{}", "Can't validate task schema!\n"},
        MalformedCase{"payload_is_a_list", R"({"payload": []})", "Can't validate task schema!\n"},
        MalformedCase{"payload_is_null", R"({"payload": null})", "$.payload"},
        MalformedCase{"run_time_is_text", R"({"payload": {"maxRunTime": "600"}})",
                      "$.payload.maxRunTime: expected an integer"},
        MalformedCase{"run_time_is_a_fraction", R"({"payload": {"maxRunTime": 0.5}})",
                      "$.payload.maxRunTime"},
        MalformedCase{"run_time_is_a_truth_value", R"({"payload": {"maxRunTime": true}})",
                      "$.payload.maxRunTime"},
        MalformedCase{"run_time_is_null", R"({"payload": {"maxRunTime": null}})",
                      "Can't validate task schema!\n"},
        MalformedCase{"absolute_upstream_path",
                      R"({"payload": {"upstreamArtifacts": [
                          {"taskId": "abc", "paths": ["public/x", "/etc/passwd"]}]}})",
                      "upstreamArtifacts taskId abc has illegal path /etc/passwd!"},
        MalformedCase{"upstream_path_that_climbs",
                      R"({"payload": {"upstreamArtifacts": [
                          {"taskId": "abc", "paths": ["public/../../x"]}]}})",
                      "upstreamArtifacts taskId abc has illegal path public/../../x!"},
        MalformedCase{"two_dots_anywhere",
                      R"({"payload": {"upstreamArtifacts": [
                          {"taskId": "abc", "paths": ["public/a..b"]}]}})",
                      "illegal path"},
        MalformedCase{"upstream_path_that_no_artifact_has",
                      R"({"payload": {"upstreamArtifacts": [
                          {"taskId": "abc", "paths": ["public//a"]}]}})",
                      "illegal path public//a!"},
        MalformedCase{"mandatory_glob",
                      R"({"payload": {"upstreamArtifacts": [
                          {"taskId": "abc", "paths": ["public/*.log"], "optional": false}]}})",
                      "upstreamArtifacts taskId abc has globbed path public/*.log as a "
                      "non-optional artifact!"},
        MalformedCase{"upstream_is_an_object", R"({"payload": {"upstreamArtifacts": {}}})",
                      "$.payload.upstreamArtifacts: expected an array"},
        MalformedCase{"upstream_is_null", R"({"payload": {"upstreamArtifacts": null}})",
                      "$.payload.upstreamArtifacts"},
        MalformedCase{"upstream_without_task",
                      R"({"payload": {"upstreamArtifacts": [{"paths": []}]}})", "taskId"},
        MalformedCase{"upstream_without_paths",
                      R"({"payload": {"upstreamArtifacts": [{"taskId": "abc"}]}})", "paths"},
        MalformedCase{"upstream_path_is_a_number",
                      R"({"payload": {"upstreamArtifacts": [
                          {"taskId": "abc", "paths": [1]}]}})",
                      "paths[0]"},
        MalformedCase{"another_member_of_a_wrong_type", R"({"payload": {}, "scopes": 5})",
                      "scopes"}),
    [](const auto& info) { return std::string(info.param.name); });

class LegalUpstreamTest : public testing::TestWithParam<std::string_view> {};

TEST_P(LegalUpstreamTest, IsAccepted) {
  EXPECT_THAT(CheckTask(TaskWithPayload(absl::StrCat("{\"upstreamArtifacts\": ", GetParam(), "}")),
                        absl::Seconds(1200)),
              IsOk());
}

INSTANTIATE_TEST_SUITE_P(
    Lists, LegalUpstreamTest,
    testing::Values("[]", R"([{"taskId": "a", "paths": []}])",
                    R"([{"taskId": "a", "paths": ["public/b"]}])",
                    R"([{"taskId": "a", "paths": ["public/*"], "optional": true}])",
                    R"([{"taskId": "a", "paths": ["public/*"], "optional": 1}])",
                    R"([{"taskId": "a", "paths": ["public/*"], "optional": "yes"}])"));

}  // namespace
}  // namespace scriptworker::worker
