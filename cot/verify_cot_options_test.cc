// SPDX-License-Identifier: MPL-2.0
#include "cot/verify_cot_options.h"

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_split.h"
#include "cot/chain/task_type.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cot {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kTask[] = "TargetAAQACAAAAAAAAAAA";

UsageAnswer Answer(const std::vector<std::string>& arguments) {
  const auto parsed = ParseVerifyCotOptions(arguments, "/home/me");
  EXPECT_TRUE(std::holds_alternative<UsageAnswer>(parsed));
  const auto* answer = std::get_if<UsageAnswer>(&parsed);
  return answer == nullptr ? UsageAnswer{-1, ""} : *answer;
}

TEST(VerifyCotOptionsTest, ATaskIdIsEnoughAndTheDefaultsAreStrict) {
  const auto parsed = ParseVerifyCotOptions({kTask}, "/home/me");
  const auto* options = std::get_if<VerifyCotOptions>(&parsed);
  ASSERT_NE(options, nullptr);
  EXPECT_EQ(options->task_id.str(), kTask);
  EXPECT_TRUE(options->verify_signatures);
  EXPECT_TRUE(options->check_task);
  EXPECT_FALSE(options->task_type.has_value());
  EXPECT_FALSE(options->cot_product.has_value());
}

TEST(VerifyCotOptionsTest, AllOptionsAreRead) {
  const auto parsed =
      ParseVerifyCotOptions({"--task-type", "signing", "--cot-product", "firefox", "--config",
                             "c.yaml", "--no-verify-sigs", "--no-check-task", "--work-dir", "/w",
                             "--cleanup", "--json", "v.json", "--record", "r.har", "-v", kTask},
                            "/home/me");
  const auto* options = std::get_if<VerifyCotOptions>(&parsed);
  ASSERT_NE(options, nullptr);
  EXPECT_EQ(options->task_type, TaskType::kSigning);
  EXPECT_EQ(options->cot_product, "firefox");
  EXPECT_FALSE(options->verify_signatures);
  EXPECT_FALSE(options->check_task);
  EXPECT_TRUE(options->cleanup);
  EXPECT_TRUE(options->verbose);
  EXPECT_THAT((std::vector<std::string>{options->config, options->work_dir, options->json,
                                        options->record}),
              ElementsAre("/home/me/c.yaml", "/w", "/home/me/v.json", "/home/me/r.har"));
}

TEST(VerifyCotOptionsTest, TheReferencesCommandLineWorks) {
  const auto parsed = ParseVerifyCotOptions({"--task-type", "signing", "--cot-product", "firefox",
                                             "--verify-sigs", "--verbose", "--cleanup", kTask},
                                            "");
  EXPECT_TRUE(std::holds_alternative<VerifyCotOptions>(parsed));
}

TEST(VerifyCotOptionsTest, WrongUsageIsStatus2AndSaysWhatIsWrong) {
  for (const auto& [arguments, text] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{}, "TASKID"},
           {{"no-task-id"}, "TASKID"},
           {{kTask, kTask}, ""},
           {{"--task-type", "frobnicate", kTask}, "docker-image"},
           {{"--verify-sigs", "--no-verify-sigs", kTask}, "--no-verify-sigs"},
           {{"--record", "a", "--replay", "b", kTask}, "--replay"},
           {{"--frobnicate", kTask}, "--frobnicate"}}) {
    const UsageAnswer answer = Answer(arguments);
    EXPECT_EQ(answer.exit_status, 2) << text;
    EXPECT_THAT(answer.text, HasSubstr(text));
  }
}

TEST(VerifyCotOptionsTest, HelpHasTheExitStatusesAndFitsIn80Columns) {
  const UsageAnswer answer = Answer({"--help"});
  EXPECT_EQ(answer.exit_status, 0);
  EXPECT_THAT(answer.text, HasSubstr("Exit status: 0 verified, 3 refused, 4 evidence"));
  for (const std::string_view line : absl::StrSplit(answer.text, '\n')) {
    EXPECT_LE(line.size(), 80) << line;
  }
}

}  // namespace
}  // namespace cot
