// SPDX-License-Identifier: MPL-2.0
// The expression language: every operator on every kind of operand that it
// takes, and the error where it takes none.
#include "scriptworker/jsone/interpreter.h"

#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/context.h"
#include "scriptworker/jsone/render.h"
#include "scriptworker/jsone/testing/render_cases.h"

namespace scriptworker::jsone {
namespace {

class ExpressionTest : public testing::TestWithParam<ExpressionCase> {};

TEST_P(ExpressionTest, HasValue) { ExpectValue(GetParam()); }

constexpr ExpressionCase kLiterals[] = {
    {.name = "Integer", .expression = "42", .result = "42"},
    {.name = "LargestInteger",
     .expression = "9223372036854775807",
     .result = "9223372036854775807"},
    {.name = "Decimal", .expression = "0.25", .result = "0.25"},
    {.name = "SingleQuoted", .expression = "'a\"b'", .result = R"("a\"b")"},
    {.name = "DoubleQuoted", .expression = "\"a'b\"", .result = R"("a'b")"},
    {.name = "NoEscapes", .expression = R"('a\n')", .result = R"("a\\n")"},
    {.name = "True", .expression = "true", .result = "true"},
    {.name = "False", .expression = "false", .result = "false"},
    {.name = "Null", .expression = "null", .result = "null"},
    {.name = "WordBeginningWithTrue",
     .expression = "trueish",
     .result = "1",
     .context = R"({"trueish": 1})"},
    {.name = "EmptyList", .expression = "[]", .result = "[]"},
    {.name = "NestedList", .expression = "[1, [2, 'x']]", .result = R"([1, [2, "x"]])"},
    {.name = "EmptyObject", .expression = "{}", .result = "{}"},
    {.name = "ObjectWithBothKindsOfKeys",
     .expression = "{a: 1, 'b c': [a]}",
     .result = R"({"a": 1, "b c": [7]})",
     .context = R"({"a": 7})"},
    {.name = "LaterKeyWins", .expression = "{a: 1, a: 2}", .result = R"({"a": 2})"},
    {.name = "EarlierValueOfAKeyIsNotEvaluated",
     .expression = "{a: nobody, a: 2}",
     .result = R"({"a": 2})"},
    {.name = "ObjectWithTrailingComma", .expression = "{a: 1,}", .result = R"({"a": 1})"},
};
INSTANTIATE_TEST_SUITE_P(Literals, ExpressionTest, testing::ValuesIn(kLiterals),
                         CaseName<ExpressionCase>);

constexpr ExpressionCase kPrecedence[] = {
    {.name = "TimesBeforePlus", .expression = "1 + 2 * 3", .result = "7"},
    {.name = "Parentheses", .expression = "(1 + 2) * 3", .result = "9"},
    {.name = "MinusIsLeftAssociative", .expression = "10 - 3 - 2", .result = "5"},
    {.name = "DivideIsLeftAssociative", .expression = "24 / 4 / 2", .result = "3"},
    {.name = "PowerIsRightAssociative", .expression = "2 ** 3 ** 2", .result = "512"},
    {.name = "PowerBeforeTimes", .expression = "2 * 3 ** 2", .result = "18"},
    {.name = "SignBeforePower", .expression = "-2 ** 2", .result = "4"},
    {.name = "NotBeforeAnd", .expression = "!false && false", .result = "false"},
    {.name = "AndBeforeOr", .expression = "true || false && false", .result = "true"},
    {.name = "ComparisonBeforeEquality", .expression = "1 < 2 == true", .result = "true"},
    {.name = "EqualityBeforeIn", .expression = "1 == 1 in [true]", .result = "true"},
    {.name = "InBeforeAnd", .expression = "1 in [1] && true", .result = "true"},
    {.name = "SumBeforeComparison", .expression = "1 + 1 < 3", .result = "true"},
    {.name = "SignTakesNoProperty",
     .expression = "-a.b",
     .error = "InterpreterError: unary - expects number",
     .context = R"({"a": {"b": 1}})"},
    {.name = "ChainedAccess",
     .expression = "a.b[1].c",
     .result = "5",
     .context = R"({"a": {"b": [0, {"c": 5}]}})"},
};
INSTANTIATE_TEST_SUITE_P(Precedence, ExpressionTest, testing::ValuesIn(kPrecedence),
                         CaseName<ExpressionCase>);

constexpr ExpressionCase kArithmetic[] = {
    {.name = "Sum", .expression = "1 + 2.5", .result = "3.5"},
    {.name = "Concatenation", .expression = "'a' + 'b'", .result = R"("ab")"},
    {.name = "WholeQuotientIsAnInteger", .expression = "str(6 / 3)", .result = R"("2")"},
    {.name = "Quotient", .expression = "7 / 2", .result = "3.5"},
    {.name = "ExactAbove53Bit", .expression = "9007199254740993 + 2", .result = "9007199254740995"},
    {.name = "OverflowBecomesADouble",
     .expression = "9223372036854775807 + 1",
     .result = "9223372036854775808.0"},
    {.name = "NegativePower", .expression = "2 ** -1", .result = "0.5"},
    {.name = "DivisionByZero",
     .expression = "1 / 0",
     .error = "InterpreterError: division by zero"},
    {.name = "InfiniteResult",
     .expression = "10 ** 400",
     .error = "InterpreterError: the result is not a finite number"},
    {.name = "SumOfMixedTypes",
     .expression = "1 + 'a'",
     .error = "InterpreterError: infix: + expects numbers/strings + "
              "numbers/strings"},
    {.name = "DifferenceOfStrings",
     .expression = "'a' - 'b'",
     .error = "InterpreterError: infix: - expects number - number"},
    {.name = "ProductWithNull",
     .expression = "2 * null",
     .error = "InterpreterError: infix: * expects number * number"},
    {.name = "QuotientOfBooleans",
     .expression = "true / true",
     .error = "InterpreterError: infix: / expects number / number"},
    {.name = "PowerOfList",
     .expression = "[] ** 2",
     .error = "InterpreterError: infix: ** expects number ** number"},
    {.name = "PlusSignOfString",
     .expression = "+'1'",
     .error = "InterpreterError: unary + expects number"},
    {.name = "MinusSignOfBoolean",
     .expression = "-true",
     .error = "InterpreterError: unary - expects number"},
};
INSTANTIATE_TEST_SUITE_P(Arithmetic, ExpressionTest, testing::ValuesIn(kArithmetic),
                         CaseName<ExpressionCase>);

constexpr ExpressionCase kLogic[] = {
    {.name = "AndGivesABoolean", .expression = "1 && 'x'", .result = "true"},
    {.name = "OrGivesABoolean", .expression = "0 || ''", .result = "false"},
    {.name = "AndStopsEarly", .expression = "false && unknown", .result = "false"},
    {.name = "OrStopsEarly", .expression = "true || unknown", .result = "true"},
    {.name = "NotOfEmptyObject", .expression = "!{}", .result = "true"},
    {.name = "NotOfFunction", .expression = "!min", .result = "false"},
    {.name = "EqualNumbersOfBothKinds", .expression = "1 == 1.0", .result = "true"},
    {.name = "NumberIsNoBoolean", .expression = "1 == true", .result = "false"},
    {.name = "ListsEqual", .expression = "[1, {a: 2}] == [1, {a: 2}]", .result = "true"},
    {.name = "MembersInAnyOrder", .expression = "{a: 1, b: 2} == {b: 2, a: 1}", .result = "true"},
    {.name = "FunctionEqualsItself", .expression = "min == min", .result = "true"},
    {.name = "OtherFunctionsDiffer", .expression = "min != max", .result = "true"},
    {.name = "StringsAreOrdered", .expression = "'a' < 'b'", .result = "true"},
    {.name = "NumbersAreOrdered", .expression = "2 >= 2.0", .result = "true"},
    {.name = "MixedTypesHaveNoOrder",
     .expression = "1 < 'a'",
     .error = "InterpreterError: infix: < expects numbers/strings < "
              "numbers/strings"},
    {.name = "NullsHaveNoOrder",
     .expression = "null >= null",
     .error = "InterpreterError: infix: >= expects numbers/strings >= "
              "numbers/strings"},
    {.name = "InList", .expression = "2 in [1, 2]", .result = "true"},
    {.name = "InString", .expression = "'ell' in 'hello'", .result = "true"},
    {.name = "InObject", .expression = "'a' in {a: 1}", .result = "true"},
    {.name = "NotInObject", .expression = "'b' in {a: 1}", .result = "false"},
    {.name = "NumberInString",
     .expression = "1 in 'a1'",
     .error = "InterpreterError: Infix: in-string expects string on left side"},
    {.name = "NumberInObject",
     .expression = "5 in {'5': 1}",
     .error = "InterpreterError: Infix: in-object expects string on left side"},
    {.name = "InNumber",
     .expression = "1 in 1",
     .error = "InterpreterError: Infix: in expects Array, string, or object on "
              "right side"},
};
INSTANTIATE_TEST_SUITE_P(Logic, ExpressionTest, testing::ValuesIn(kLogic),
                         CaseName<ExpressionCase>);

constexpr ExpressionCase kAccess[] = {
    {.name = "Index", .expression = "[1, 2, 3][1]", .result = "2"},
    {.name = "NegativeIndex", .expression = "[1, 2, 3][-1]", .result = "3"},
    {.name = "NegativeIndexBeforeTheStart", .expression = "[1, 2][-9]", .result = "1"},
    {.name = "WholeDoubleIndex", .expression = "[1, 2][4 / 4]", .result = "2"},
    {.name = "IndexOutOfBounds",
     .expression = "[1][1]",
     .error = "InterpreterError: index out of bounds"},
    {.name = "FractionalIndex",
     .expression = "[1][0.5]",
     .error = "InterpreterError: should only use integers to access arrays or "
              "strings"},
    {.name = "CharacterOfString", .expression = "'añb'[1]", .result = R"("ñ")"},
    {.name = "SliceOfList", .expression = "[1, 2, 3, 4][1:3]", .result = "[2, 3]"},
    {.name = "SliceWithoutEnd", .expression = "[1, 2, 3][1:]", .result = "[2, 3]"},
    {.name = "SliceWithoutStart", .expression = "[1, 2, 3][:-1]", .result = "[1, 2]"},
    {.name = "SliceBehindTheEnd", .expression = "[1, 2][1:9]", .result = "[2]"},
    {.name = "EmptySlice", .expression = "[1, 2][2:1]", .result = "[]"},
    {.name = "SliceOfStringCountsCodePoints", .expression = "'😀añ'[1:]", .result = R"("añ")"},
    {.name = "FractionalSlice",
     .expression = "'abc'[0.5:]",
     .error = "InterpreterError: cannot perform interval access with non-integers"},
    {.name = "Member", .expression = "{a: 1}['a']", .result = "1"},
    {.name = "AbsentMemberIsNull", .expression = "{a: 1}['b']", .result = "null"},
    {.name = "NumberAsMember",
     .expression = "{a: 1}[0]",
     .error = "InterpreterError: object keys must be strings"},
    {.name = "IndexOfNumber",
     .expression = "1[0]",
     .error = "InterpreterError: infix: \"[..]\" expects object, array, or "
              "string"},
    {.name = "AbsentProperty",
     .expression = "{a: 1}.b",
     .error = "InterpreterError: object has no property \"b\""},
    {.name = "PropertyOfString",
     .expression = "'a'.b",
     .error = "InterpreterError: infix: . expects objects"},
    {.name = "UnknownVariable",
     .expression = "nobody",
     .error = "InterpreterError: unknown context value nobody"},
    {.name = "FunctionInAList", .expression = "[min, max][1](1, 2)", .result = "2"},
    {.name = "FunctionInAnObject", .expression = "{f: min}.f(1, 2)", .result = "1"},
    {.name = "CallOfAString",
     .expression = "'hi'()",
     .error = "InterpreterError: hi is not callable"},
};
INSTANTIATE_TEST_SUITE_P(Access, ExpressionTest, testing::ValuesIn(kAccess),
                         CaseName<ExpressionCase>);

TEST(LongExpressionTest, OperatorsInARowAreNotNested) {
  // FIRST and 10 000 times NEXT
  const struct {
    std::string_view first;
    std::string_view next;
    json::Value value;
  } kCases[] = {
      {"false", " || false", false}, {"true", " && true", true}, {"1", " + 1", 10001},
      {"1", " in [true, 1]", true},  {"a", ".a", nullptr},       {"a", "['a']", nullptr},
  };
  // The member "a" of itself is not to be had: as deep as the expression is long.
  json::Value a;
  for (int i = 0; i < 10000; ++i) a = json::Object{{"a", a}};
  Context context(absl::UnixEpoch());
  context.Set("a", a);
  for (const auto& c : kCases) {
    std::string expression(c.first);
    for (int i = 0; i < 10000; ++i) absl::StrAppend(&expression, c.next);
    EXPECT_THAT(Render(json::Object{{"$eval", expression}}, context),
                ::absl_testing::IsOkAndHolds(c.value))
        << c.next;
  }
}

}  // namespace
}  // namespace scriptworker::jsone
