// SPDX-License-Identifier: MPL-2.0
//
// Whole scripts under the real worker, against a Taskcluster on a loopback port:
// one in Python that knows what the reference documents and nothing else, and the
// example in C++.

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/task_builder.h"
#include "tools/local_taskcluster/local_taskcluster.h"
#include "tools/worker_site/running_worker.h"
#include "tools/worker_site/worker_site.h"

namespace scriptworker {
namespace {

using ::scriptworker::taskcluster::TaskBuilder;
using ::scriptworker::taskcluster::TaskId;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class ScriptE2eTest : public testing::Test {
 protected:
  ScriptE2eTest() {
    tools::LocalTaskclusterOptions options;
    options.fake.poll = absl::Milliseconds(200);
    tools::MakeTokensRandom(options.fake);
    taskcluster_ = tools::LocalTaskcluster::Start(clock_, options).value();
  }

  // Starts a worker that runs `task_script` in bash.
  tools::RunningWorker StartWorker(std::string_view task_script) {
    const tools::WorkerSite site(*taskcluster_, temp_.path(),
                                 {.task_script = absl::StrCat("exec ", task_script)});
    return site.Start();
  }

  TaskId Submit(std::string_view payload, const std::vector<std::string>& dependencies = {}) {
    return fake()
        .CreateTask(TaskBuilder(clock_.Now())
                        .Payload(json::Parse(payload).value())
                        .Dependencies(dependencies)
                        .Build())
        .value();
  }
  // How the first run ended; "" if it did not.
  std::string AwaitResolution(const TaskId& id) {
    AwaitTrue([&] { return !fake().Resolution(id, 0).empty(); });
    return fake().Resolution(id, 0);
  }
  std::string Content(const TaskId& id, std::string_view name) {
    const auto artifact = fake().GetArtifact(id, 0, name);
    return artifact.ok() ? artifact->content : absl::StrCat(artifact.status().message());
  }
  std::string Log(const TaskId& id) { return Content(id, "public/logs/live_backing.log"); }
  std::vector<std::string> ArtifactNames(const TaskId& id) {
    std::vector<std::string> names;
    for (const auto& artifact : fake().Artifacts(id, 0)) names.push_back(artifact.name);
    return names;
  }
  taskcluster::FakeTaskcluster& fake() { return taskcluster_->fake(); }

  SystemClock clock_;
  const TempDir temp_;
  std::unique_ptr<tools::LocalTaskcluster> taskcluster_;
};

// --- Python ------------------------------------------------------------------

std::optional<std::string> FindOnPath(std::string_view program) {
  const char* path = ::getenv("PATH");
  for (const std::string_view folder : absl::StrSplit(path == nullptr ? "" : path, ':')) {
    const std::string candidate = JoinPath(folder, program);
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

class PythonScriptTest : public ScriptE2eTest {
 protected:
  void SetUp() override {
    const std::optional<std::string> python = FindOnPath("python3");
    if (!python.has_value()) GTEST_SKIP() << "SKIPPED: there is no python3 on PATH";
    ::setenv("INHERITED", "yes", 1);
    ::setenv("TASKCLUSTER_ACCESS_TOKEN", "the worker's", 1);
    ::setenv("SCRIPTWORKER_GITHUB_OAUTH_TOKEN", "the worker's", 1);
    const json::Object config = {
        {"work_dir", json::Value(temp_.Path("work"))},
        {"artifact_dir", json::Value(temp_.Path("artifacts"))},
        {"expect", json::Object{{"folder", json::Value(std::filesystem::current_path().string())},
                                {"stdin", json::Value("/dev/null")},  // tools::RunningWorker's
                                {"run_id", json::Value(0)},
                                {"root_url", json::Value(taskcluster_->root_url())}}}};
    worker_ = StartWorker(
        absl::StrCat(*python, " ", TestFilePath("scriptworker/reference_script.py"), " ",
                     temp_.Write("script.json", json::Format(json::Value(config)))));
  }

  std::optional<tools::RunningWorker> worker_;
};

TEST_F(PythonScriptTest, FindsAllThatTheReferenceDocuments) {
  const TaskId id = Submit(R"({"write": {"public/target.zip": "z", "public/build/info.json": "{}",
                                         "private/notes.bin": "n"},
                               "wait_for_renewal": true})");
  EXPECT_EQ(AwaitResolution(id), "completed") << Log(id);
  EXPECT_THAT(ArtifactNames(id),
              ElementsAre("private/notes.bin", "public/build/info.json",
                          "public/chain-of-trust.json", "public/chain-of-trust.json.sig",
                          "public/logs/live_backing.log", "public/target.zip"));
  EXPECT_EQ(Content(id, "public/target.zip"), "z");
  EXPECT_EQ(Content(id, "public/build/info.json"), "{}");
  EXPECT_THAT(Log(id), HasSubstr("to stdout\n"));
  EXPECT_THAT(Log(id), HasSubstr("to stderr: é\n"));
  EXPECT_THAT(Log(id), EndsWith("exit code: 0\n"));
  EXPECT_THAT(Log(id), Not(HasSubstr("FAILED")));
}

TEST_F(PythonScriptTest, EndsTheTaskAsItsExitStatusSays) {
  struct Case {
    int exit;
    std::string_view resolution;
  };
  for (const Case& one :
       {Case{1, "failed"}, Case{3, "malformed-payload"}, Case{4, "resource-unavailable"},
        Case{5, "internal-error"}, Case{19, "failed"}}) {
    const TaskId id = Submit(absl::StrCat("{\"exit\": ", one.exit, "}"));
    EXPECT_EQ(AwaitResolution(id), one.resolution) << Log(id);
    EXPECT_THAT(Log(id), EndsWith(absl::StrCat("exit code: ", one.exit, "\n")));
  }
}

TEST_F(PythonScriptTest, AnUncaughtExceptionIsAFailedTaskWithItsTraceback) {
  const TaskId id = Submit(R"({"write": []})");
  EXPECT_EQ(AwaitResolution(id), "failed");
  EXPECT_THAT(Log(id), HasSubstr("Traceback (most recent call last):"));
  EXPECT_THAT(Log(id), EndsWith("exit code: 1\n"));
}

// --- C++ ---------------------------------------------------------------------

class CopyUpstreamTest : public ScriptE2eTest {
 protected:
  CopyUpstreamTest() : upstream_(MakeUpstream()) {
    const std::string netloc(taskcluster_->root_url().substr(std::string_view("http://").size()));
    const json::Object config = {
        {"work_dir", json::Value(temp_.Path("work"))},
        {"artifact_dir", json::Value(temp_.Path("artifacts"))},
        {"schema_file",
         json::Value(TestFilePath("scriptworker/client/example/copy_upstream_schema.json"))},
        {"verbose", json::Value(true)},
        {"valid_artifact_rules",
         json::Array{json::Object{
             {"schemes", json::Array{json::Value("http")}},
             {"netlocs", json::Array{json::Value(netloc)}},
             {"path_regexes",
              json::Array{json::Value("^/api/queue/v1/task/(?P<taskId>[^/]+)(/runs/\\d+)?"
                                      "/artifacts/(?P<filepath>.*)$")}}}}}};
    // A worker that verifies puts upstream artifacts to work_dir/cot; here, where
    // there is no source to verify, the tool for trying out scripts does.
    worker_ = StartWorker(absl::StrCat(
        "bash -c 'rm -rf ", temp_.Path("upstream"), " && ", TestFilePath("cot/create_test_workdir"),
        " --path ", temp_.Path("upstream"), " $TASK_ID && mv ", temp_.Path("upstream/cot"), " ",
        temp_.Path("work"), " && exec ", TestFilePath("scriptworker/client/example/copy_upstream"),
        " ", temp_.Write("script.json", json::Format(json::Value(config))), "'"));
  }

  // A task that is done, with two artifacts.
  TaskId MakeUpstream() {
    tools::RunningWorker worker = StartWorker(
        absl::StrCat("bash -c 'cd ", temp_.Path("artifacts"),
                     " && echo verified > public/a.bin && echo fetched > public/b.bin'"));
    TaskId id = Submit("{}");
    EXPECT_EQ(AwaitResolution(id), "completed");
    worker.Signal(SIGTERM);
    EXPECT_EQ(worker.Wait(), 0);
    return id;
  }
  std::string UrlOf(std::string_view task_id, std::string_view name) {
    return absl::StrCat(taskcluster_->root_url(), "/api/queue/v1/task/", task_id, "/artifacts/",
                        name);
  }
  // Replaces UPSTREAM.
  TaskId SubmitFor(std::string_view payload) {
    return Submit(absl::StrReplaceAll(payload, {{"UPSTREAM", upstream_.str()}}), {upstream_.str()});
  }

  const TaskId upstream_;
  std::optional<tools::RunningWorker> worker_;
};

TEST_F(CopyUpstreamTest, PublishesTheArtifactsOfItsUpstreamTask) {
  const TaskId id = SubmitFor(absl::StrCat(
      R"({"upstreamArtifacts": [{"taskId": "UPSTREAM", "taskType": "build",
                                 "paths": ["public/a.bin"]}],
          "artifactUrls": [")",
      UrlOf(upstream_.str(), "public/b.bin"), R"("]})"));
  EXPECT_EQ(AwaitResolution(id), "completed") << Log(id);
  EXPECT_EQ(Content(id, "public/a.bin"), "verified\n");
  EXPECT_EQ(Content(id, "public/b.bin"), "fetched\n");
  EXPECT_THAT(Log(id), HasSubstr(" - copy_upstream - INFO - copied "));
  EXPECT_THAT(Log(id), EndsWith("exit code: 0\n"));
}

TEST_F(CopyUpstreamTest, RefusesATaskThatDoesNotFitItsSchema) {
  const TaskId id = SubmitFor(
      R"({"upstreamArtifacts": [{"taskId": "UPSTREAM", "taskType": "build",
                                 "paths": ["public/a.bin"]}], "artifactUrls": ["no url"]})");
  EXPECT_EQ(AwaitResolution(id), "malformed-payload") << Log(id);
  EXPECT_THAT(Log(id), HasSubstr("Cannot validate task against schema. Task: "));
}

TEST_F(CopyUpstreamTest, RefusesAnArtifactOfATaskThatItDoesNotDependOn) {
  const TaskId id = SubmitFor(absl::StrCat(
      R"({"upstreamArtifacts": [{"taskId": "UPSTREAM", "taskType": "build",
                                 "paths": ["public/a.bin"]}],
          "artifactUrls": [")",
      UrlOf("VQU9QMO4Teq7zr91FhBusg", "public/b.bin"), R"("]})"));
  EXPECT_EQ(AwaitResolution(id), "malformed-payload") << Log(id);
  EXPECT_THAT(Log(id), HasSubstr("Can't validate url http"));
}

}  // namespace
}  // namespace scriptworker
