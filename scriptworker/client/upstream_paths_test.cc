// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/upstream_paths.h"

#include <sys/syscall.h>

#include <cerrno>
#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/testing/refused_calls.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/client/script_config.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/client/script_logger.h"
#include "scriptworker/json/json.h"

namespace scriptworker::client {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr std::string_view kA = "AQU9QMO4Teq7zr91FhBusg";
constexpr std::string_view kB = "BQU9QMO4Teq7zr91FhBusg";

class UpstreamPathsTest : public testing::Test {
 protected:
  // `entries` is the list, with A and B for the task ids.
  absl::StatusOr<UpstreamPaths> Find(std::string_view entries) {
    const std::string text =
        absl::StrCat(R"({"payload": {"upstreamArtifacts": )",
                     absl::StrReplaceAll(entries, {{"\"A\"", absl::StrCat("\"", kA, "\"")},
                                                   {"\"B\"", absl::StrCat("\"", kB, "\"")}}),
                     "}}");
    return FindUpstreamArtifacts(config_, json::Parse(text).value(), log_);
  }
  std::string Add(std::string_view task_id, std::string_view name) {
    return temp_.Write(absl::StrCat("cot/", task_id, "/", name), "data");
  }

  const TempDir temp_;
  const ScriptConfig config_{json::Object{{"work_dir", json::Value(temp_.path())}}};
  SystemClock clock_;
  std::ostringstream output_;
  ScriptLogger log_{output_, "test", LogLevel::kDebug, clock_, absl::UTCTimeZone()};
};

TEST_F(UpstreamPathsTest, AreThoseOfThePayloadByTask) {
  const std::string a2 = Add(kA, "public/2.zip");
  const std::string a1 = Add(kA, "public/1.zip");
  const std::string b = Add(kB, "public/b.zip");
  Add(kB, "public/not-asked-for.zip");
  const auto paths = Find(R"([{"taskId": "A", "paths": ["public/2.zip", "public/1.zip"]},
                              {"taskId": "B", "taskType": "build", "paths": ["public/b.zip"]}])");
  ASSERT_THAT(paths, IsOk());
  EXPECT_THAT(paths->found, ElementsAre(Pair(kA, ElementsAre(a2, a1)), Pair(kB, ElementsAre(b))));
  EXPECT_THAT(paths->missing, IsEmpty());
}

TEST_F(UpstreamPathsTest, AMissingMandatoryOneIsATaskError) {
  const auto paths = Find(R"([{"taskId": "A", "paths": ["public/1.zip"]}])");
  EXPECT_EQ(ErrorKindOf(paths.status()), ErrorKind::kTask);
  EXPECT_EQ(ExitStatusOf(paths.status()), 1);
  EXPECT_EQ(paths.status().message(), absl::StrCat("upstream artifact with path: ", temp_.path(),
                                                   "/cot/", kA, "/public/1.zip, does not exist"));
}

TEST_F(UpstreamPathsTest, AMissingOptionalOneIsAWarning) {
  const std::string here = Add(kA, "public/here.zip");
  const auto paths =
      Find(R"([{"taskId": "A", "paths": ["public/here.zip", "public/1.zip"], "optional": true}])");
  ASSERT_THAT(paths, IsOk());
  EXPECT_THAT(paths->found, ElementsAre(Pair(kA, ElementsAre(here))));
  EXPECT_THAT(paths->missing, ElementsAre(Pair(kA, ElementsAre("public/1.zip"))));
  EXPECT_THAT(output_.str(), HasSubstr(absl::StrCat("WARNING - Optional artifact \"public/1.zip\" "
                                                    "of task \"",
                                                    kA, "\" not found")));
}

TEST_F(UpstreamPathsTest, BelowAFileAnOptionalOneIsMissing) {
  Add(kA, "public/a");
  const auto paths = Find(R"([{"taskId": "A", "paths": ["public/a/b"], "optional": true}])");
  ASSERT_THAT(paths, IsOk());
  EXPECT_THAT(paths->missing, ElementsAre(Pair(kA, ElementsAre("public/a/b"))));
}

TEST_F(UpstreamPathsTest, OptionalIsWhatIsExactlyTrue) {
  EXPECT_FALSE(Find(R"([{"taskId": "A", "paths": ["a"], "optional": 1}])").ok());
  EXPECT_FALSE(Find(R"([{"taskId": "A", "paths": ["a"], "optional": "true"}])").ok());
  EXPECT_FALSE(Find(R"([{"taskId": "A", "paths": ["a"]},
                        {"taskId": "B", "paths": ["a"], "optional": true}])")
                   .ok());
}

TEST_F(UpstreamPathsTest, AGlobStandsForWhatItMatchesAlsoInFoldersBelow) {
  const std::string x = Add(kA, "public/build/x.log");
  const std::string y = Add(kA, "public/logs/deep/y.log");
  Add(kA, "public/logs/z.txt");
  const auto paths =
      Find(R"([{"taskId": "A", "paths": ["public/*.log", "private/*"], "optional": true}])");
  ASSERT_THAT(paths, IsOk());
  EXPECT_THAT(paths->found, ElementsAre(Pair(kA, ElementsAre(x, y))));
  EXPECT_THAT(paths->missing, IsEmpty());
}

TEST_F(UpstreamPathsTest, AGlobOfATaskWithoutFilesMatchesNothing) {
  const auto paths = Find(R"([{"taskId": "A", "paths": ["*"], "optional": true}])");
  ASSERT_THAT(paths, IsOk());
  EXPECT_THAT(paths->found, IsEmpty());
}

TEST_F(UpstreamPathsTest, ALinkToAnywhereIsRefusedAlsoIfItIsOptional) {
  const std::string secret = temp_.Write("secret", "key");
  Add(kA, "public/1.zip");
  const std::string link = temp_.Path(absl::StrCat("cot/", kA, "/public/link"));
  std::filesystem::create_symlink(secret, link);
  for (const std::string_view optional : {"false", "true"}) {
    const auto paths = Find(
        absl::StrCat(R"([{"taskId": "A", "paths": ["public/link"], "optional": )", optional, "}]"));
    EXPECT_EQ(ExitStatusOf(paths.status()), 1) << optional;
    EXPECT_EQ(paths.status().message(), absl::StrCat("upstream artifact: will not open ", link,
                                                     ": \"link\" is a symbolic link"));
  }
}

TEST_F(UpstreamPathsTest, AnOptionalOneThatCannotBeOpenedIsNotMissing) {
  Add(kA, "public/1.zip");
  const bool refused = RunWithRefusedCalls({SYS_openat}, EMFILE, [&] {
    const auto paths = Find(R"([{"taskId": "A", "paths": ["public/1.zip"], "optional": true}])");
    EXPECT_EQ(ErrorKindOf(paths.status()), ErrorKind::kScriptWorker);
    EXPECT_THAT(paths.status().message(), HasSubstr(absl::StrCat("cot/", kA)));
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
}

TEST_F(UpstreamPathsTest, WithoutUpstreamArtifactsNothingIsFound) {
  const auto paths =
      FindUpstreamArtifacts(config_, json::Parse(R"({"payload": {}})").value(), log_);
  ASSERT_THAT(paths, IsOk());
  EXPECT_THAT(paths->found, IsEmpty());
}

TEST_F(UpstreamPathsTest, APayloadOfAnotherShapeIsMalformed) {
  for (const std::string_view entries :
       {"{}", "[1]", R"([{"paths": []}])", R"([{"taskId": "A"}])",
        R"([{"taskId": "../..", "paths": ["etc/passwd"]}])",
        R"([{"taskId": "A", "paths": ["../B/x"]}])", R"([{"taskId": "A", "paths": ["/etc/x"]}])",
        R"([{"taskId": "A", "paths": ["public//x"]}])",
        R"([{"taskId": "A", "paths": "public/*"}])"}) {
    EXPECT_EQ(ExitStatusOf(Find(entries).status()), 3) << entries;
  }
}

}  // namespace
}  // namespace scriptworker::client
