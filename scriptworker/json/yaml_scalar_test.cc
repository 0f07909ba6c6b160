// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/yaml_scalar.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/format.h"

namespace scriptworker::json {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

// Types and values as PyYAML 6.0.3's safe loader gave them, in JSON.
TEST(YamlScalarTest, AgreesWithPyYaml) {
  struct Case {
    std::string_view text;
    YamlScalarType type;
    std::string_view json;  // "error": there is no value, or none that fits
  };
  const Case kCases[] = {
      {"", YamlScalarType::kNull, "null"},
      {"~", YamlScalarType::kNull, "null"},
      {"null", YamlScalarType::kNull, "null"},
      {"Null", YamlScalarType::kNull, "null"},
      {"NULL", YamlScalarType::kNull, "null"},
      {"nULL", YamlScalarType::kString, "\"nULL\""},
      {"yes", YamlScalarType::kBool, "true"},
      {"Yes", YamlScalarType::kBool, "true"},
      {"YES", YamlScalarType::kBool, "true"},
      {"yEs", YamlScalarType::kString, "\"yEs\""},
      {"no", YamlScalarType::kBool, "false"},
      {"No", YamlScalarType::kBool, "false"},
      {"NO", YamlScalarType::kBool, "false"},
      {"on", YamlScalarType::kBool, "true"},
      {"On", YamlScalarType::kBool, "true"},
      {"ON", YamlScalarType::kBool, "true"},
      {"off", YamlScalarType::kBool, "false"},
      {"Off", YamlScalarType::kBool, "false"},
      {"OFF", YamlScalarType::kBool, "false"},
      {"true", YamlScalarType::kBool, "true"},
      {"True", YamlScalarType::kBool, "true"},
      {"TRUE", YamlScalarType::kBool, "true"},
      {"false", YamlScalarType::kBool, "false"},
      {"False", YamlScalarType::kBool, "false"},
      {"FALSE", YamlScalarType::kBool, "false"},
      {"y", YamlScalarType::kString, "\"y\""},
      {"n", YamlScalarType::kString, "\"n\""},
      {"Y", YamlScalarType::kString, "\"Y\""},
      {"N", YamlScalarType::kString, "\"N\""},
      {"tRue", YamlScalarType::kString, "\"tRue\""},
      {"0", YamlScalarType::kInt, "0"},
      {"-0", YamlScalarType::kInt, "0"},
      {"+0", YamlScalarType::kInt, "0"},
      {"1", YamlScalarType::kInt, "1"},
      {"-1", YamlScalarType::kInt, "-1"},
      {"+1", YamlScalarType::kInt, "1"},
      {"123", YamlScalarType::kInt, "123"},
      {"1_000", YamlScalarType::kInt, "1000"},
      {"1__0", YamlScalarType::kInt, "10"},
      {"_1", YamlScalarType::kString, "\"_1\""},
      {"1_", YamlScalarType::kInt, "1"},
      {"0_", YamlScalarType::kInt, "0"},
      {"00", YamlScalarType::kInt, "0"},
      {"017", YamlScalarType::kInt, "15"},
      {"-017", YamlScalarType::kInt, "-15"},
      {"+017", YamlScalarType::kInt, "15"},
      {"018", YamlScalarType::kString, "\"018\""},
      {"09", YamlScalarType::kString, "\"09\""},
      {"0o17", YamlScalarType::kString, "\"0o17\""},
      {"0b101", YamlScalarType::kInt, "5"},
      {"-0b1_01", YamlScalarType::kInt, "-5"},
      {"0b2", YamlScalarType::kString, "\"0b2\""},
      {"0b", YamlScalarType::kString, "\"0b\""},
      {"0x1F", YamlScalarType::kInt, "31"},
      {"0xfF_f", YamlScalarType::kInt, "4095"},
      {"-0x10", YamlScalarType::kInt, "-16"},
      {"0x", YamlScalarType::kString, "\"0x\""},
      {"0xg", YamlScalarType::kString, "\"0xg\""},
      {"1:30", YamlScalarType::kInt, "90"},
      {"1:30:15", YamlScalarType::kInt, "5415"},
      {"-1:30", YamlScalarType::kInt, "-90"},
      {"1:60", YamlScalarType::kString, "\"1:60\""},
      {"1:5", YamlScalarType::kInt, "65"},
      {"1:05:5", YamlScalarType::kInt, "3905"},
      {"190:20:30", YamlScalarType::kInt, "685230"},
      {"0:30", YamlScalarType::kString, "\"0:30\""},
      {"01:30", YamlScalarType::kString, "\"01:30\""},
      {"9223372036854775807", YamlScalarType::kInt, "9223372036854775807"},
      {"-9223372036854775808", YamlScalarType::kInt, "-9223372036854775808"},
      {"18446744073709551615", YamlScalarType::kInt, "18446744073709551615"},
      {"1.", YamlScalarType::kFloat, "1.0"},
      {"1.5", YamlScalarType::kFloat, "1.5"},
      {"-1.5", YamlScalarType::kFloat, "-1.5"},
      {"+1.5", YamlScalarType::kFloat, "1.5"},
      {".5", YamlScalarType::kFloat, "0.5"},
      {"-.5", YamlScalarType::kString, "\"-.5\""},
      {"+.5", YamlScalarType::kString, "\"+.5\""},
      {"1e5", YamlScalarType::kString, "\"1e5\""},
      {"1E5", YamlScalarType::kString, "\"1E5\""},
      {"1.5e5", YamlScalarType::kString, "\"1.5e5\""},
      {"1.5e+5", YamlScalarType::kFloat, "150000.0"},
      {"1.5E-5", YamlScalarType::kFloat, "1.5e-05"},
      {"1._5", YamlScalarType::kFloat, "1.5"},
      {"1_0.5_0", YamlScalarType::kFloat, "10.5"},
      {".5_", YamlScalarType::kFloat, "0.5"},
      {"._5", YamlScalarType::kString, "\"._5\""},
      {"1.5.5", YamlScalarType::kString, "\"1.5.5\""},
      {".e+5", YamlScalarType::kString, "\".e+5\""},
      {".", YamlScalarType::kString, "\".\""},
      {"-.", YamlScalarType::kString, "\"-.\""},
      {"+.", YamlScalarType::kString, "\"+.\""},
      {"..", YamlScalarType::kString, "\"..\""},
      {".inf", YamlScalarType::kFloat, "Infinity"},
      {".Inf", YamlScalarType::kFloat, "Infinity"},
      {".INF", YamlScalarType::kFloat, "Infinity"},
      {".iNf", YamlScalarType::kString, "\".iNf\""},
      {"-.inf", YamlScalarType::kFloat, "-Infinity"},
      {"+.Inf", YamlScalarType::kFloat, "Infinity"},
      {".nan", YamlScalarType::kFloat, "NaN"},
      {".NaN", YamlScalarType::kFloat, "NaN"},
      {".NAN", YamlScalarType::kFloat, "NaN"},
      {"-.nan", YamlScalarType::kString, "\"-.nan\""},
      {"1:30.5", YamlScalarType::kFloat, "90.5"},
      {"190:20:30.15", YamlScalarType::kFloat, "685230.15"},
      {"-1:0.5", YamlScalarType::kFloat, "-60.5"},
      {"1:60.5", YamlScalarType::kString, "\"1:60.5\""},
      {"1.5e+400", YamlScalarType::kFloat, "Infinity"},
      {"1.5e-400", YamlScalarType::kFloat, "0.0"},
      {"0.1", YamlScalarType::kFloat, "0.1"},
      {"2001-12-14", YamlScalarType::kTimestamp, "\"2001-12-14\""},
      {"2001-1-4", YamlScalarType::kString, "\"2001-1-4\""},
      {"2001-12-14t21:59:43.10-05:00", YamlScalarType::kTimestamp,
       "\"2001-12-14t21:59:43.10-05:00\""},
      {"2001-12-14 21:59:43.10 -5", YamlScalarType::kTimestamp, "\"2001-12-14 21:59:43.10 -5\""},
      {"2001-12-15 2:59:43.10", YamlScalarType::kTimestamp, "\"2001-12-15 2:59:43.10\""},
      {"2001-12-14T21:59:43Z", YamlScalarType::kTimestamp, "\"2001-12-14T21:59:43Z\""},
      {"2001-12-14 21:59:43.", YamlScalarType::kTimestamp, "\"2001-12-14 21:59:43.\""},
      {"2001-12-14t21:59", YamlScalarType::kString, "\"2001-12-14t21:59\""},
      {"2001-12-14T21:59:43+5:30", YamlScalarType::kTimestamp, "\"2001-12-14T21:59:43+5:30\""},
      {"2001-12-14T21:59:43+05:3", YamlScalarType::kString, "\"2001-12-14T21:59:43+05:3\""},
      {"2002-1-1 1:1:1", YamlScalarType::kString, "\"2002-1-1 1:1:1\""},
      {"2002-1-1 1:01:01", YamlScalarType::kTimestamp, "\"2002-1-1 1:01:01\""},
      {"<<", YamlScalarType::kMerge, "error"},
      {"=", YamlScalarType::kDefault, "error"},
      {"<", YamlScalarType::kString, "\"<\""},
      {"==", YamlScalarType::kString, "\"==\""},
      {"-", YamlScalarType::kString, "\"-\""},
      {"- a", YamlScalarType::kString, "\"- a\""},
      {"--", YamlScalarType::kString, "\"--\""},
      {"a", YamlScalarType::kString, "\"a\""},
      {"yesno", YamlScalarType::kString, "\"yesno\""},
      {"nullx", YamlScalarType::kString, "\"nullx\""},
      {"~~", YamlScalarType::kString, "\"~~\""},
      {"0 1", YamlScalarType::kString, "\"0 1\""},
      {"1 ", YamlScalarType::kString, "\"1 \""},
      {"12e03", YamlScalarType::kString, "\"12e03\""},
      {"685_230.15", YamlScalarType::kFloat, "685230.15"},
      {"0.e+1", YamlScalarType::kFloat, "0.0"},
      {"1.e+1", YamlScalarType::kFloat, "10.0"},
      {"1e+1", YamlScalarType::kString, "\"1e+1\""},
      {"0xfFfF.1", YamlScalarType::kString, "\"0xfFfF.1\""},
      {".1e+1", YamlScalarType::kFloat, "1.0"},
      {".1e1", YamlScalarType::kString, "\".1e1\""},
      {"0_._", YamlScalarType::kFloat, "0.0"},
      {"-_1", YamlScalarType::kString, "\"-_1\""},
      {"+-1", YamlScalarType::kString, "\"+-1\""},
      {"1-1", YamlScalarType::kString, "\"1-1\""},
      {"20:59:59", YamlScalarType::kInt, "75599"},
      {"1:2:3:4", YamlScalarType::kInt, "223384"},
      {"1:99", YamlScalarType::kString, "\"1:99\""},
      {"012345670", YamlScalarType::kInt, "2739128"},
      {"8.8.8.8", YamlScalarType::kString, "\"8.8.8.8\""},
      {"2001-12", YamlScalarType::kString, "\"2001-12\""},
      {"2001-12-14x", YamlScalarType::kString, "\"2001-12-14x\""},
      {"2001-12-14 ", YamlScalarType::kString, "\"2001-12-14 \""},
      {"200-12-14", YamlScalarType::kString, "\"200-12-14\""},
      {"99999-12-14", YamlScalarType::kString, "\"99999-12-14\""},
  };
  for (const Case& c : kCases) {
    const YamlScalarType type = ClassifyYamlScalar(c.text);
    EXPECT_EQ(type, c.type) << c.text;
    const absl::StatusOr<Value> value = ConstructYamlScalar(type, c.text);
    EXPECT_EQ(value.ok() ? FormatCompact(*value) : "error", c.json) << c.text;
  }
}

TEST(YamlScalarTest, AStatedTypeTakesOtherSpellings) {
  EXPECT_THAT(ConstructYamlScalar(YamlScalarType::kFloat, "1"), IsOkAndHolds(Value(1.0)));
  EXPECT_THAT(ConstructYamlScalar(YamlScalarType::kFloat, "1e5"), IsOkAndHolds(Value(1e5)));
  EXPECT_THAT(ConstructYamlScalar(YamlScalarType::kString, "12"), IsOkAndHolds(Value("12")));
  EXPECT_THAT(ConstructYamlScalar(YamlScalarType::kNull, "x"), IsOkAndHolds(Value()));
}

TEST(YamlScalarTest, ErrorsSayWhatTheTextIsNot) {
  struct Case {
    YamlScalarType type;
    std::string_view text;
    std::string_view error;
  };
  const Case kCases[] = {
      {YamlScalarType::kInt, "x", "\"x\" is no integer of YAML 1.1"},
      {YamlScalarType::kInt, "0b_", "\"0b_\" is no integer of YAML 1.1"},
      {YamlScalarType::kInt, "18446744073709551616", "is no integer that fits into 64 bits"},
      {YamlScalarType::kFloat, "", "\"\" is no float"},
      {YamlScalarType::kFloat, "nan", "is no float"},
      {YamlScalarType::kFloat, "1.2.3", "is no float"},
      {YamlScalarType::kFloat, "1::2", "is no float"},
      {YamlScalarType::kBool, "y", "\"y\" is no boolean"},
      {YamlScalarType::kTimestamp, "2001-13-01", "is no valid date or time"},
      {YamlScalarType::kTimestamp, "2001-02-29", "is no valid date or time"},
      {YamlScalarType::kTimestamp, "2001-01-01T24:00:00", "is no valid date or time"},
      {YamlScalarType::kTimestamp, "2001-01-01T00:00:00+24:00", "is no valid date or time"},
      {YamlScalarType::kMerge, "<<", "may only be a key"},
      {YamlScalarType::kDefault, "=", "may only be a key"},
  };
  for (const Case& c : kCases) {
    EXPECT_THAT(ConstructYamlScalar(c.type, c.text), StatusIs(kInvalid, HasSubstr(c.error)))
        << c.text;
  }
}

TEST(YamlScalarTest, BigIntegersAreRoundedWhenAllowed) {
  struct Case {
    std::string_view text;
    double value;
  };
  const Case kCases[] = {
      {"1111111111111111111111", 1111111111111111111111.0},
      {"-9223372036854775809", -9223372036854775808.0},
      {"0x10000000000000000", 18446744073709551616.0},
      {"0400000000000000000000000", 2361183241434822606848.0},
      {"400000000000000000:00:00", 400000000000000000.0 * 3600},
  };
  for (const Case& c : kCases) {
    EXPECT_THAT(ConstructYamlScalar(YamlScalarType::kInt, c.text, /*allow_big_integers=*/true),
                IsOkAndHolds(Value(c.value)))
        << c.text;
  }
}

}  // namespace
}  // namespace scriptworker::json
