// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/command_line.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::worker {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::StartsWith;

std::variant<CommandLine, Farewell> Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "scriptworker");
  return ParseCommandLine(static_cast<int>(arguments.size()), arguments.data());
}

CommandLine Line(std::vector<const char*> arguments) {
  const auto parsed = Parse(std::move(arguments));
  EXPECT_TRUE(std::holds_alternative<CommandLine>(parsed));
  return std::holds_alternative<CommandLine>(parsed) ? std::get<CommandLine>(parsed)
                                                     : CommandLine();
}

Farewell Bye(std::vector<const char*> arguments) {
  const auto parsed = Parse(std::move(arguments));
  EXPECT_TRUE(std::holds_alternative<Farewell>(parsed));
  return std::holds_alternative<Farewell>(parsed) ? std::get<Farewell>(parsed) : Farewell{-1};
}

TEST(CommandLineTest, WithoutArgumentsItWorksByTheDefaultFile) {
  const CommandLine line = Line({});
  EXPECT_EQ(line.action, CommandLine::Action::kWork);
  EXPECT_EQ(line.config_path, "scriptworker.yaml");
  EXPECT_FALSE(line.once);
}

TEST(CommandLineTest, TheOneArgumentIsTheConfiguration) {
  EXPECT_EQ(Line({"/etc/worker.yaml"}).config_path, "/etc/worker.yaml");
}

TEST(CommandLineTest, OnceAndCheckConfigMayStandOnEitherSideOfTheFile) {
  EXPECT_TRUE(Line({"--once", "a.yaml"}).once);
  EXPECT_TRUE(Line({"a.yaml", "--once"}).once);
  const CommandLine check = Line({"--check-config", "a.yaml"});
  EXPECT_EQ(check.action, CommandLine::Action::kCheckConfig);
  EXPECT_EQ(check.config_path, "a.yaml");
}

TEST(CommandLineTest, StatusHasOptionsOfItsOwn) {
  const CommandLine line = Line({"status"});
  EXPECT_EQ(line.action, CommandLine::Action::kAskStatus);
  EXPECT_EQ(line.config_path, "scriptworker.yaml");
  EXPECT_FALSE(line.json);
  const CommandLine full = Line({"status", "--json", "--socket", "/run/w", "a.yaml"});
  EXPECT_EQ(full.config_path, "a.yaml");
  EXPECT_EQ(full.socket, "/run/w");
  EXPECT_TRUE(full.json);
}

TEST(CommandLineTest, AFileNamedStatusNeedsItsFolder) {
  const CommandLine line = Line({"./status"});
  EXPECT_EQ(line.action, CommandLine::Action::kWork);
  EXPECT_EQ(line.config_path, "./status");
  EXPECT_EQ(Line({"status", "./status"}).config_path, "./status");
}

TEST(CommandLineTest, HelpAndVersionGoToStdoutWithStatusZero) {
  for (const char* option : {"--help", "-h"}) {
    const Farewell help = Bye({option});
    EXPECT_EQ(help.status, kExitOk);
    EXPECT_THAT(help.err, IsEmpty());
    EXPECT_THAT(help.out, StartsWith("Run scriptworker: claim tasks"));
    EXPECT_THAT(help.out, HasSubstr("Exit status:\n"));
  }
  const Farewell version = Bye({"--version"});
  EXPECT_EQ(version.status, kExitOk);
  EXPECT_THAT(version.out, StartsWith("scriptworker "));
}

TEST(CommandLineTest, HelpNamesEachOptionAndFitsIntoEightyColumns) {
  struct Case {
    std::vector<const char*> arguments;
    std::vector<std::string_view> options;
  };
  const Case cases[] = {
      {{"--help"},
       {"CONFIG", "--check-config", "--once", "--version", "status", "./status", "USR1", "TERM",
        "INT", "HUP", "worker-manager"}},
      {{"status", "--help"}, {"CONFIG", "--json", "--socket", "Exit status:\n"}},
  };
  for (const Case& c : cases) {
    const Farewell help = Bye(c.arguments);
    for (const std::string_view option : c.options) EXPECT_THAT(help.out, HasSubstr(option));
    for (const std::string_view text : absl::StrSplit(help.out, '\n')) {
      EXPECT_THAT(text.size(), Le(80u)) << text;
    }
  }
}

TEST(CommandLineTest, WrongUsageIsStatusTwoAndNamesWhatIsWrong) {
  struct Case {
    std::vector<const char*> arguments;
    std::string_view named;
  };
  const Case cases[] = {
      {{"a.yaml", "b.yaml"}, "b.yaml"},
      {{"--frobnicate"}, "--frobnicate"},
      {{"--once", "--check-config"}, "--check-config"},
      {{"--once", "status"}, "--once"},
      {{"--check-config", "status"}, "--check-config"},
      {{"status", "--once"}, "--once"},
  };
  for (const Case& c : cases) {
    const Farewell bye = Bye(c.arguments);
    EXPECT_EQ(bye.status, kExitUsage) << c.named;
    EXPECT_THAT(bye.out, IsEmpty());
    EXPECT_THAT(bye.err, HasSubstr(c.named));
  }
}

}  // namespace
}  // namespace scriptworker::worker
