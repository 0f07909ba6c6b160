// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/log/log_format.h"

#include <unistd.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

// 2026-03-01 23:04:05.067 UTC.
const absl::Time kTime = absl::FromUnixMillis(1772406245067);

struct FormatCase {
  std::string_view name, format, date_format, message, line;
};

class LogFormatTest : public testing::TestWithParam<FormatCase> {};

TEST_P(LogFormatTest, WritesWhatPythonWrites) {
  const FormatCase& c = GetParam();
  absl::StatusOr<LogFormat> format = LogFormat::Create({
      .format = std::string(c.format),
      .date_format = std::string(c.date_format),
      .zone = absl::FixedTimeZone(2 * 60 * 60),
      .process_start = kTime - absl::Milliseconds(1500),
  });
  ASSERT_THAT(format, IsOk());
  EXPECT_EQ(format->Format({.time = kTime, .level = LogLevel::kInfo, .message = c.message}),
            c.line);
}

INSTANTIATE_TEST_SUITE_P(
    Formats, LogFormatTest,
    testing::Values(
        FormatCase{"the_default", "%(asctime)s %(levelname)8s - %(message)s", "%Y-%m-%dT%H:%M:%S",
                   "hello", "2026-03-02T01:04:05     INFO - hello"},
        FormatCase{"left_aligned", "[%(levelname)-8s] %(message)s", "%H", "x", "[INFO    ] x"},
        FormatCase{"cut_by_precision", "%(levelname).2s|%(message).3s", "%H", "größe", "IN|grö"},
        FormatCase{"widths_count_code_points", "%(message)6s|", "%H", "größe", " größe|"},
        FormatCase{"pythons_default_date", "%(asctime)s %(message)s", "", "x",
                   "2026-03-02 01:04:05,067 x"},
        FormatCase{"date_with_zone", "%(asctime)s", "%d/%b/%y %z", "x", "02/Mar/26 +0200"},
        FormatCase{"numbers",
                   "%(levelno)d %(levelno)04d %(msecs)03d %(lineno)s "
                   "%(relativeCreated)d",
                   "%H", "x", "20 0020 067 0 1500"},
        FormatCase{"created", "%(created).3f", "%H", "x", "1772406245.067"},
        FormatCase{"names", "%(name)s %(processName)s %(threadName)s", "%H", "x",
                   "scriptworker MainProcess MainThread"},
        FormatCase{"source_places", "%(filename)s %(module)s %(pathname)s %(funcName)s", "%H", "x",
                   "(unknown file) (unknown file) (unknown file) "
                   "(unknown function)"},
        FormatCase{"percent_sign", "100%% %(message)s %%", "%H", "x", "100% x %"},
        FormatCase{"message_is_never_a_format", "%(message)s", "%H", "%(levelname)s %s %d",
                   "%(levelname)s %s %d"},
        FormatCase{"several_lines", "> %(message)s <", "%H", "a\nb", "> a\n    b <"},
        FormatCase{"controls", "%(message)s", "%H",
                   "10%\r20% \x1b[31mred\x7f \t \xc2\x9b"
                   "1A caf\xc3\xa9",
                   "10%\\x0d20% \\x1b[31mred\\x7f \t \\xc2\\x9b1A caf\xc3\xa9"},
        FormatCase{"a_line_made_up", "%(asctime)s %(message)s", "%H", "x\n01 INFO - done",
                   "01 x\n    01 INFO - done"}),
    [](const auto& info) { return std::string(info.param.name); });

struct BadFormat {
  std::string_view name, format, complaint;
};

class LogFormatErrorTest : public testing::TestWithParam<BadFormat> {};

TEST_P(LogFormatErrorTest, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(LogFormat::Create({.format = std::string(GetParam().format)}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().complaint)));
}

INSTANTIATE_TEST_SUITE_P(
    Formats, LogFormatErrorTest,
    testing::Values(BadFormat{"no_field", "plain text", "expected a field"},
                    BadFormat{"empty", "", "expected a field"},
                    BadFormat{"unknown_field", "a %(level)s b", "unknown field at \"%(level)s b\""},
                    BadFormat{"stray_percent", "%(message)s 100%", "expected %(field)s"},
                    BadFormat{"positional", "%s", "expected %(field)s"},
                    BadFormat{"unclosed", "%(message", "a `)` is missing"},
                    BadFormat{"no_conversion", "%(message)8", "conversion is missing"},
                    BadFormat{"text_as_number", "%(message)d", "does not fit"},
                    BadFormat{"huge_width", "%(message)99999s", "width is too large"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(LogFormatTest, ProcessAndThreadAreNumbers) {
  absl::StatusOr<LogFormat> format = LogFormat::Create({.format = "%(process)d %(thread)d"});
  ASSERT_THAT(format, IsOk());
  EXPECT_THAT(format->Format({}), testing::MatchesRegex("[0-9]+ [0-9]+"));
}

TEST(LogFormatTest, AnEmptyDateIsNoEndlessLoop) {
  absl::StatusOr<LogFormat> format =
      LogFormat::Create({.format = "<%(asctime)s>", .date_format = "%p"});
  ASSERT_THAT(format, IsOk());
  EXPECT_THAT(format->Format({}), testing::StartsWith("<"));
}

TEST(JsonLogTest, IsOneObjectOnOneLine) {
  const std::string line = LogFormat::Json().Format(
      {.time = kTime, .level = LogLevel::kWarning, .message = "a \"b\"\nc"});
  EXPECT_EQ(line, absl::StrCat(R"({"time":"2026-03-01T23:04:05.067000Z","level":"WARNING","pid":)",
                               ::getpid(), R"(,"message":"a \"b\"\nc"})"));
  EXPECT_THAT(json::Parse(line), IsOk());
}

TEST(JsonLogTest, NamesTheRunInHand) {
  const absl::StatusOr<json::Value> line = json::Parse(LogFormat::Json().Format(
      {.time = kTime, .message = "m", .task_id = "ckDskRdWQnyhF92JxCLL4w", .run_id = 2}));
  ASSERT_THAT(line, IsOk());
  EXPECT_EQ(line->Find("taskId")->string_value(), "ckDskRdWQnyhF92JxCLL4w");
  EXPECT_EQ(line->Find("runId")->int_value(), 2);
}

TEST(JsonLogTest, BytesThatAreNoUtf8StillMakeJson) {
  const absl::StatusOr<json::Value> line =
      json::Parse(LogFormat::Json().Format({.time = kTime, .message = "caf\xe9 \x01"}));
  ASSERT_THAT(line, IsOk());
  EXPECT_EQ(line->Find("message")->string_value(), "caf\xef\xbf\xbd \x01");
}

}  // namespace
}  // namespace scriptworker::worker
