// SPDX-License-Identifier: MPL-2.0
// The functions that every template can call: what each gives, and which arguments it
// takes.
#include "scriptworker/jsone/builtins.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/context.h"
#include "scriptworker/jsone/render.h"
#include "scriptworker/jsone/testing/render_cases.h"

namespace scriptworker::jsone {
namespace {

class BuiltinTest : public testing::TestWithParam<ExpressionCase> {};

TEST_P(BuiltinTest, Gives) { ExpectValue(GetParam()); }

constexpr ExpressionCase kNumbers[] = {
    {.name = "Min", .expression = "min(3, 1.5, 2)", .result = "1.5"},
    {.name = "MinOfOne", .expression = "min(3)", .result = "3"},
    {.name = "Max", .expression = "max(3, 10, 2)", .result = "10"},
    {.name = "MaxKeepsTheFirstOfEquals", .expression = "str(max(2, 2.0))", .result = R"("2")"},
    {.name = "MaxIsExactAbove53Bit",
     .expression = "max(9007199254740993, 9007199254740992)",
     .result = "9007199254740993"},
    {.name = "Sqrt", .expression = "sqrt(16)", .result = "4"},
    {.name = "SqrtOfNoSquare", .expression = "sqrt(2)", .result = "1.4142135623730951"},
    {.name = "SqrtOfANegativeNumber",
     .expression = "sqrt(-1)",
     .error = "InterpreterError: the result is not a finite number"},
    {.name = "Ceil", .expression = "[ceil(1.2), ceil(-1.2), ceil(3)]", .result = "[2, -1, 3]"},
    {.name = "Floor", .expression = "[floor(1.8), floor(-1.2), floor(3)]", .result = "[1, -2, 3]"},
    {.name = "Abs", .expression = "[abs(-2), abs(2.5), abs(0)]", .result = "[2, 2.5, 0]"},
    {.name = "Range", .expression = "range(1, 4)", .result = "[1, 2, 3]"},
    {.name = "RangeWithStep", .expression = "range(0, 7, 3)", .result = "[0, 3, 6]"},
    {.name = "RangeDownwards", .expression = "range(3, 0, -1)", .result = "[3, 2, 1]"},
    {.name = "RangeOfNothing", .expression = "[range(2, 2), range(2, 0)]", .result = "[[], []]"},
    {.name = "RangeAtTheEndsOf64Bit",
     .expression = "range(9223372036854775806, 9223372036854775807)",
     .result = "[9223372036854775806]"},
    {.name = "RangeLongerThan63Bit",
     .expression = "range(1, -9223372036854775807, -1)",
     .error = "BudgetError: range() of 9223372036854775808 elements exceeds the limit max_range "
              "of 1000000"},
    {.name = "RangeWithoutStep",
     .expression = "range(0, 3, 0)",
     .error = "BuiltinError: invalid arguments to builtin: range"},
    {.name = "RangeOfFractions",
     .expression = "range(0.5, 2)",
     .error = "BuiltinError: invalid arguments to builtin: range"},
};
INSTANTIATE_TEST_SUITE_P(Numbers, BuiltinTest, testing::ValuesIn(kNumbers),
                         CaseName<ExpressionCase>);

constexpr ExpressionCase kStrings[] = {
    {.name = "Lowercase", .expression = "lowercase('ABÑ1')", .result = R"("abñ1")"},
    {.name = "Uppercase", .expression = "uppercase('abñß')", .result = R"("ABÑSS")"},
    {.name = "StrOfEachKind",
     .expression = "[str(3), str(0.1), str(true), str(false), str(null), str('x')]",
     .result = R"(["3", "0.1", "true", "false", "null", "x"])"},
    {.name = "NumberOfEachForm",
     .expression = "[number('3'), number(' 2.5 '), number('1e3'), number('0x10'), number('')]",
     .result = "[3, 2.5, 1000, 16, 0]"},
    {.name = "NumberOfNoNumber",
     .expression = "number('1 2')",
     .error = "BuiltinError: invalid arguments to builtin: number"},
    {.name = "LenCountsCodePointsAndElements",
     .expression = "[len('añ😀'), len(''), len([1, [2]]), len([])]",
     .result = "[3, 0, 2, 0]"},
    {.name = "Strip", .expression = "strip(' \t a b \n')", .result = R"("a b")"},
    {.name = "LeftStrip", .expression = "lstrip('  a ')", .result = R"("a ")"},
    {.name = "RightStrip", .expression = "rstrip(' a  ')", .result = R"(" a")"},
    {.name = "Split", .expression = "split('a,b,,c', ',')", .result = R"(["a", "b", "", "c"])"},
    {.name = "SplitByALongerText",
     .expression = "split('a--b-c', '--')",
     .result = R"(["a", "b-c"])"},
    {.name = "SplitWithoutHit", .expression = "split('abc', 'x')", .result = R"(["abc"])"},
    {.name = "SplitOfNothing", .expression = "split('', ',')", .result = R"([""])"},
    {.name = "SplitByANumber", .expression = "split('a1b', 1)", .result = R"(["a", "b"])"},
    {.name = "SplitIntoCharacters", .expression = "split('añ', '')", .result = R"(["a", "ñ"])"},
    {.name = "Join", .expression = "join(['a', 1, true, null], '-')", .result = R"("a-1-true-")"},
    {.name = "JoinOfNothing", .expression = "join([], ',')", .result = R"("")"},
    {.name = "JoinByANumber", .expression = "join(['a', 'b'], 0)", .result = R"("a0b")"},
    {.name = "JoinOfNestedLists",
     .expression = "join([1, [2, [3]]], '; ')",
     .result = R"("1; 2,3")"},
    {.name = "JoinOfObjects",
     .expression = "join([{}], ',')",
     .error = "BuiltinError: invalid arguments to builtin: join"},
};
INSTANTIATE_TEST_SUITE_P(Strings, BuiltinTest, testing::ValuesIn(kStrings),
                         CaseName<ExpressionCase>);

constexpr ExpressionCase kOthers[] = {
    {.name = "TypeOfEachKind",
     .expression = "[typeof(1), typeof(1.5), typeof(true), typeof('x'), typeof([]), typeof({}), "
                   "typeof(null), typeof(min)]",
     .result = R"(["number", "number", "boolean", "string", "array", "object", "null",
                   "function"])"},
    {.name = "DefinedLooksAtTheContextAndTheBuiltins",
     .expression = "[defined('a'), defined('b'), defined('min')]",
     .result = "[true, false, true]",
     .context = R"({"a": null})"},
    {.name = "FromNow",
     .expression = "fromNow('1 day')",
     .result = R"("2017-01-20T16:27:20.974Z")"},
    {.name = "FromNowOfOtherTime",
     .expression = "fromNow('2 hours 1 minute', '2020-01-01T00:00:00Z')",
     .result = R"("2020-01-01T02:01:00.000Z")"},
    {.name = "FromNowWithAnEmptyTime",
     .expression = "fromNow('', '')",
     .result = R"("2017-01-19T16:27:20.974Z")"},
    {.name = "FromNowOfNoSpan",
     .expression = "fromNow('soon')",
     .error = "TemplateError: String: 'soon' isn't a time expression"},
    {.name = "FromNowOfNoTime",
     .expression = "fromNow('1 day', 'today')",
     .error = "TemplateError: 'today' is not a timestamp"},
    {.name = "MayBeBoundAndCalled", .expression = "[len][0]('ab')", .result = "2"},
};
INSTANTIATE_TEST_SUITE_P(Others, BuiltinTest, testing::ValuesIn(kOthers), CaseName<ExpressionCase>);

// One value of each kind, as an expression.
constexpr std::string_view kNumber = "1";
constexpr std::string_view kText = "'1'";
constexpr std::string_view kTrue = "true";
constexpr std::string_view kNull = "null";
constexpr std::string_view kList = "[]";
constexpr std::string_view kObject = "{}";

struct Parameters {
  std::string_view function;
  // Which kinds each parameter takes; the arguments below are tried for each of them.
  std::vector<std::vector<std::string_view>> kinds = {};
  // The least number of arguments, where the message names it.
  int named_minimum = 0;
};

const Parameters kParameters[] = {
    {"min", {{kNumber}, {kNumber}}, 1},
    {"max", {{kNumber}, {kNumber}}, 1},
    {"sqrt", {{kNumber}}},
    {"ceil", {{kNumber}}},
    {"floor", {{kNumber}}},
    {"abs", {{kNumber}}},
    {"range", {{kNumber}, {kNumber}, {kNumber}}, 2},
    {"lowercase", {{kText}}},
    {"uppercase", {{kText}}},
    {"str", {{kNumber, kText, kTrue, kNull}}},
    {"number", {{kText}}},
    {"len", {{kText, kList}}},
    {"strip", {{kText}}},
    {"lstrip", {{kText}}},
    {"rstrip", {{kText}}},
    {"split", {{kText}, {kText, kNumber}}},
    {"join", {{kList}, {kText, kNumber}}},
    {"typeof", {{kNumber, kText, kTrue, kNull, kList, kObject}}},
    {"defined", {{kText}}},
};

// The message with which `expression` fails; empty: it does not.
std::string ErrorOf(std::string_view expression) {
  const json::Value document = json::Object{{"$eval", expression}};
  return std::string(Render(document, Context(absl::UnixEpoch())).status().message());
}

class ParametersTest : public testing::TestWithParam<Parameters> {};

std::string Call(std::string_view function, const std::vector<std::string_view>& arguments) {
  return absl::StrCat(function, "(", absl::StrJoin(arguments, ", "), ")");
}

TEST_P(ParametersTest, TakeTheirKindsAndNoOther) {
  const Parameters& parameters = GetParam();
  const std::string refused =
      absl::StrCat("BuiltinError: invalid arguments to builtin: ", parameters.function);
  std::vector<std::string_view> good;
  for (const auto& kinds : parameters.kinds) good.push_back(kinds.front());
  for (size_t i = 0; i < good.size(); ++i) {
    for (const std::string_view kind : {kNumber, kText, kTrue, kNull, kList, kObject}) {
      std::vector<std::string_view> arguments = good;
      arguments[i] = kind;
      const std::string call = Call(parameters.function, arguments);
      const bool taken = absl::c_linear_search(parameters.kinds[i], kind);
      EXPECT_EQ(ErrorOf(call), taken ? "" : refused) << call;
    }
  }
}

TEST_P(ParametersTest, HaveToBeEnough) {
  const Parameters& parameters = GetParam();
  std::string refused =
      absl::StrCat("BuiltinError: invalid arguments to builtin: ", parameters.function);
  if (parameters.named_minimum > 0) {
    absl::StrAppend(&refused, ": expected at least ", parameters.named_minimum, " arguments");
  }
  EXPECT_EQ(ErrorOf(Call(parameters.function, {})), refused);
}

TEST_P(ParametersTest, MayNotBeTooMany) {
  const Parameters& parameters = GetParam();
  if (parameters.function == "min" || parameters.function == "max") return;  // any number
  std::vector<std::string_view> arguments;
  for (const auto& kinds : parameters.kinds) arguments.push_back(kinds.front());
  arguments.push_back(arguments.back());
  EXPECT_EQ(ErrorOf(Call(parameters.function, arguments)),
            absl::StrCat("BuiltinError: invalid arguments to builtin: ", parameters.function));
}

INSTANTIATE_TEST_SUITE_P(Functions, ParametersTest, testing::ValuesIn(kParameters),
                         [](const auto& info) { return std::string(info.param.function); });

TEST(BuiltinsTest, EachHasARowAbove) {
  for (const json::Member& builtin : MakeBuiltins()) {
    if (builtin.key() == "fromNow") continue;  // its second argument is a time: above
    EXPECT_TRUE(absl::c_any_of(kParameters, [&](const Parameters& parameters) {
      return parameters.function == builtin.key();
    })) << builtin.key();
  }
}

}  // namespace
}  // namespace scriptworker::jsone
