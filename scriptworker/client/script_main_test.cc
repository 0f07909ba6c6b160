// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/script_main.h"

#include <stdlib.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/json/json.h"

namespace scriptworker::client {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

class ScriptMainTest : public testing::Test {
 protected:
  ScriptMainTest() {
    WriteConfig("");
    temp_.Write("work/task.json", R"({"payload": {"action": "sign"}})");
    temp_.Write("schema.json", R"({"type": "object", "properties":
        {"payload": {"type": "object", "required": ["action"]}}})");
  }

  void WriteConfig(std::string_view more) {
    temp_.Write("config.json",
                absl::StrCat(R"({"work_dir": ")", temp_.path(), R"(/work", "schema_file": ")",
                             temp_.path(), R"(/schema.json")", more, "}"));
  }

  // What ScriptMain returns; what it writes to stderr is in `output_`.
  int Run(absl::FunctionRef<absl::Status(ScriptContext&)> script, const ScriptOptions& options = {},
          const std::vector<std::string>& arguments = {"config.json"}) {
    std::vector<std::string> words = {"/app/signer"};
    for (const std::string& argument : arguments) words.push_back(temp_.Path(argument));
    std::vector<const char*> argv;
    argv.reserve(words.size());
    for (const std::string& word : words) argv.push_back(word.c_str());
    testing::internal::CaptureStderr();
    const int status = ScriptMain(static_cast<int>(argv.size()), argv.data(), options, script);
    output_ = testing::internal::GetCapturedStderr();
    return status;
  }

  const TempDir temp_;
  std::string output_;
};

absl::Status Nothing(ScriptContext& /*context*/) { return absl::OkStatus(); }

TEST_F(ScriptMainTest, GivesTheScriptConfigurationAndTask) {
  const auto script = [](ScriptContext& context) {
    EXPECT_EQ(json::FormatCompact(context.task), R"({"payload":{"action":"sign"}})");
    EXPECT_TRUE(context.config.WorkDir().ok());
    EXPECT_EQ(context.config.TextAt("server").value(), "https://default.test");
    EXPECT_NE(context.environment.Get("PATH"), std::nullopt);
    context.log.Debug("a detail");
    context.log.Info("at work");
    return absl::OkStatus();
  };
  ScriptOptions options;
  options.default_config.Set("server", json::Value("https://default.test"));
  EXPECT_EQ(Run(script, options), 0);
  EXPECT_THAT(output_, MatchesRegex(R"([0-9-]+ [0-9:]+,[0-9]+ - signer - INFO - at work
)"));
}

TEST_F(ScriptMainTest, VerboseShowsDebugLines) {
  WriteConfig(R"(, "verbose": true)");
  EXPECT_EQ(Run([](ScriptContext& context) {
              context.log.Debug("a detail");
              return absl::OkStatus();
            }),
            0);
  EXPECT_THAT(output_, EndsWith(" - signer - DEBUG - a detail\n"));
}

TEST_F(ScriptMainTest, AnErrorIsLoggedAndItsKindIsTheExitStatus) {
  EXPECT_EQ(
      Run([](ScriptContext&) { return ScriptError(ErrorKind::kTaskVerification, "bad scopes"); }),
      3);
  EXPECT_THAT(output_, EndsWith(" - signer - ERROR - Failed to run: TaskVerificationError: bad "
                                "scopes\n"));
  EXPECT_EQ(Run([](ScriptContext&) { return TaskError("try later", 7); }), 7);
}

TEST_F(ScriptMainTest, AnErrorWithoutKindIsOne) {
  EXPECT_EQ(Run([](ScriptContext&) { return absl::InternalError("a bug"); }), 1);
  EXPECT_THAT(output_, HasSubstr("INTERNAL: a bug"));
}

TEST_F(ScriptMainTest, OtherThanOneArgumentIsAUsageError) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, std::vector<std::string>{"config.json", "config.json"}}) {
    EXPECT_EQ(Run(Nothing, {}, arguments), 1);
    EXPECT_EQ(output_, "Usage: /app/signer CONFIG_FILE\n");
  }
}

TEST_F(ScriptMainTest, HelpSaysWhatItDoesAndItsExitStatuses) {
  for (const char* const option : {"--help", "-h"}) {
    const char* const argv[] = {"/app/signer", option};
    testing::internal::CaptureStdout();
    EXPECT_EQ(ScriptMain(2, argv, {.description = "Sign things."}, Nothing), 0);
    const std::string help = testing::internal::GetCapturedStdout();
    EXPECT_THAT(help, StartsWith("Sign things.\nUsage: /app/signer CONFIG_FILE\n"));
    EXPECT_THAT(help, HasSubstr("Exit status"));
    for (const std::string_view line : absl::StrSplit(help, '\n')) {
      EXPECT_THAT(line.size(), Le(80u)) << line;
    }
  }
}

// `bazel run` starts it elsewhere than it was called.
TEST_F(ScriptMainTest, ARelativePathIsFromWhereItWasCalled) {
  ::setenv("BUILD_WORKING_DIRECTORY", temp_.path().c_str(), 1);
  const char* const argv[] = {"/app/signer", "config.json"};
  testing::internal::CaptureStderr();
  EXPECT_EQ(ScriptMain(2, argv, {}, Nothing), 0);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  ::unsetenv("BUILD_WORKING_DIRECTORY");
}

TEST_F(ScriptMainTest, ThePathMayBeGivenByTheProgram) {
  ScriptOptions options;
  options.config_path = temp_.Path("config.json");
  EXPECT_EQ(Run(Nothing, options, {}), 0);
  EXPECT_THAT(output_, IsEmpty());
}

TEST_F(ScriptMainTest, ATaskThatDoesNotFitTheSchemaIsNotGivenToTheScript) {
  temp_.Write("work/task.json", R"({"payload": {}})");
  EXPECT_EQ(Run([](ScriptContext&) {
              ADD_FAILURE() << "called";
              return absl::OkStatus();
            }),
            3);
  EXPECT_THAT(output_, HasSubstr("Cannot validate task against schema. Task: "));
}

TEST_F(ScriptMainTest, ASchemaIsNotLookedAtIfTheScriptDoesNotWantIt) {
  temp_.Write("work/task.json", R"({"payload": {}})");
  ScriptOptions options;
  options.validate_task = false;
  EXPECT_EQ(Run(Nothing, options), 0);
}

TEST_F(ScriptMainTest, WithoutConfigurationOrTaskItIsOne) {
  EXPECT_EQ(Run(Nothing, {}, {"none.json"}), 1);
  EXPECT_THAT(output_, HasSubstr("Failed to load json from "));
  temp_.Write("work/task.json", "{");
  EXPECT_EQ(Run(Nothing), 1);
  EXPECT_THAT(output_, HasSubstr("Can't read task from "));
  EXPECT_THAT(output_, Not(HasSubstr("Usage")));
}

}  // namespace
}  // namespace scriptworker::client
