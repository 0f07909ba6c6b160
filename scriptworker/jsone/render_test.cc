// SPDX-License-Identifier: MPL-2.0
// The operators of templates, strings with expressions, and the errors' places.
#include "scriptworker/jsone/render.h"

#include <limits>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/context.h"
#include "scriptworker/jsone/testing/render_cases.h"

namespace scriptworker::jsone {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

class RenderTest : public testing::TestWithParam<RenderCase> {};

TEST_P(RenderTest, Renders) { ExpectRendering(GetParam()); }

constexpr RenderCase kStrings[] = {
    {.name = "Values",
     .document = R"j("${s} ${n} ${d} ${b} ${z}.")j",
     .context = R"j({"s": "x", "n": 3, "d": 0.5, "b": true, "z": null})j",
     .result = R"j("x 3 0.5 true .")j"},
    {.name = "Escape", .document = R"j("$${a} $$${a}")j", .result = R"j("${a} $${a}")j"},
    {.name = "DollarAlone", .document = R"j("$5 $ $")j", .result = R"j("$5 $ $")j"},
    {.name = "Key",
     .document = R"j({"a-${x}": 1})j",
     .context = R"j({"x": "y"})j",
     .result = R"j({"a-y": 1})j"},
    {.name = "BraceInsideAString", .document = R"j("${'}'}")j", .result = R"j("}")j"},
    {.name = "Unterminated",
     .document = R"j({"m": "a ${b"})j",
     .error = "SyntaxError at template.m: unterminated ${..} expression"},
    {.name = "EarlierExpressionFailsFirst",
     .document = R"j("${nobody} ${)")j",
     .error = "InterpreterError: unknown context value nobody"},
    {.name = "ListInAString",
     .document = R"j("${[1]}")j",
     .error = "TemplateError: interpolation of '[1]' produced an array or object"},
    {.name = "LargeNumberAsScriptsWriteIt",
     .document = R"j("${a} ${b} ${c} ${d}")j",
     .context = R"j({"a": 1e21, "b": 1e20, "c": 1e-7, "d": 0.000001})j",
     .result = R"j("1e+21 100000000000000000000 1e-7 0.000001")j"},
};
INSTANTIATE_TEST_SUITE_P(Strings, RenderTest, testing::ValuesIn(kStrings), CaseName<RenderCase>);

constexpr RenderCase kControl[] = {
    {.name = "Eval", .document = R"j({"$eval": "1 + 1"})j", .result = "2"},
    {.name = "EvalOfNumber",
     .document = R"j({"$eval": 1})j",
     .error = "TemplateError: $eval must be given a string expression"},
    {.name = "IfTrue", .document = R"j({"$if": "true", "then": 1, "else": 2})j", .result = "1"},
    {.name = "IfFalse", .document = R"j({"$if": "''", "then": 1, "else": 2})j", .result = "2"},
    {.name = "IfWithoutElseIsTakenOutOfAList",
     .document = R"j([0, {"$if": "false", "then": 1}, 2])j",
     .result = "[0, 2]"},
    {.name = "IfWithoutThenIsTakenOutOfAnObject",
     .document = R"j({"a": {"$if": "true", "else": 1}, "b": 2})j",
     .result = R"j({"b": 2})j"},
    {.name = "NothingAtTheTopIsNull", .document = R"j({"$if": "false"})j", .result = "null"},
    {.name = "UntakenBranchIsNotLookedAt",
     .document = R"j({"$if": "true", "then": 1, "else": {"$eval": "(("}})j",
     .result = "1"},
    {.name = "IfWithDollarThen",
     .document = R"j({"$if": "true", "$then": 1})j",
     .error = "TemplateError: $if Syntax error: $then: should be spelled then: "
              "(no $)"},
    {.name = "IfKnowsWhatIsTrue",
     .document =
         R"j({"$map": {"$eval": "[[0, 1], ['', 'a'], [[], [0]], [{}, {a: 0}], [null, -1], [false, true]]"},
                  "each(x)": [{"$if": "x[0]", "then": "bad"}, {"$if": "x[1]", "then": "good"}]})j",
     .result = R"j([["good"], ["good"], ["good"], ["good"], ["good"], ["good"]])j"},
    {.name = "IfOfBoolean",
     .document = R"j({"$if": true, "then": 1})j",
     .error = "TemplateError: $if can evaluate string expressions only"},
    {.name = "IfWithUndefinedProperties",
     .document = R"j({"$if": "true", "then": 1, "foo": 2, "bar": 3})j",
     .error = "TemplateError: $if has undefined properties: bar foo"},
    {.name = "Let",
     .document = R"j({"$let": {"a": {"$eval": "b + 1"}}, "in": "${a}${b}"})j",
     .context = R"j({"b": 1})j",
     .result = R"j("21")j"},
    {.name = "LetHidesAndRestores",
     .document = R"j([{"$let": {"a": 2}, "in": "${a}"}, "${a}"])j",
     .context = R"j({"a": 1})j",
     .result = R"j(["2", "1"])j"},
    {.name = "LetBindsAFunction",
     .document = R"j({"$let": {"f": {"$eval": "max"}}, "in": {"$eval": "f(1, 2)"}})j",
     .result = "2"},
    {.name = "LetOfList",
     .document = R"j({"$let": [], "in": 1})j",
     .error = "TemplateError: $let value must be an object"},
    {.name = "LetOfBadName",
     .document = R"j({"$let": {"a b": 1}, "in": 1})j",
     .error = "TemplateError: top level keys of $let must follow "
              "/[a-zA-Z_][a-zA-Z0-9_]*/"},
    {.name = "LetWithoutIn",
     .document = R"j({"$let": {"a": 1}})j",
     .error = "TemplateError: $let operator requires an `in` clause"},
    {.name = "MatchTakesAllTrueOnesInOrder",
     .document = R"j({"$match": {"x > 1": "b", "x > 0": "a", "x > 9": "c"}})j",
     .context = R"j({"x": 5})j",
     .result = R"j(["a", "b"])j"},
    {.name = "MatchOfNothingTrue", .document = R"j({"$match": {"false": 1}})j", .result = "[]"},
    {.name = "MatchOfList",
     .document = R"j({"$match": []})j",
     .error = "TemplateError: $match can evaluate objects only"},
    {.name = "SwitchOfList",
     .document = R"j({"$switch": []})j",
     .error = "TemplateError: $switch can evaluate objects only"},
    {.name = "SwitchTakesTheTrueOne",
     .document = R"j({"$switch": {"x == 1": "a", "x == 2": "b"}})j",
     .context = R"j({"x": 2})j",
     .result = R"j("b")j"},
    {.name = "SwitchDefault",
     .document = R"j({"$switch": {"false": 1, "$default": 2}})j",
     .result = "2"},
    {.name = "SwitchWithNothing", .document = R"j([{"$switch": {"false": 1}}])j", .result = "[]"},
    {.name = "SwitchWithTwo",
     .document = R"j({"$switch": {"true": 1, "1": 2}})j",
     .error = "TemplateError: $switch can only have one truthy condition"},
    {.name = "JsonOfAText", .document = R"j({"$json": "a\"b"})j", .result = R"j("\"a\\\"b\"")j"},
    {.name = "JsonSortsAndKeepsUnicode",
     .document = R"j({"$json": {"b": [1.0, 0.5, null], "a": "ñ\n"}})j",
     .result = R"j("{\"a\":\"ñ\\n\",\"b\":[1,0.5,null]}")j"},
    {.name = "JsonOfFunction",
     .document = R"j({"$json": {"$eval": "[min]"}})j",
     .error = "TemplateError: evaluated template contained uncalled functions"},
    {.name = "FromNow",
     .document = R"j({"$fromNow": "1 day"})j",
     .result = R"j("2017-01-20T16:27:20.974Z")j"},
    {.name = "FromNowOfOtherTime",
     .document = R"j({"$fromNow": "-1 h", "from": "2020-03-01T00:00:00Z"})j",
     .result = R"j("2020-02-29T23:00:00.000Z")j"},
    {.name = "FromNowOfAnExpression",
     .document = R"j({"$fromNow": {"$eval": "'2' + ' h'"}, "from": "2020-01-01"})j",
     .result = R"j("2020-01-01T02:00:00.000Z")j"},
    {.name = "FromNowWithUndefinedProperties",
     .document = R"j({"$fromNow": "1 s", "to": 1})j",
     .error = "TemplateError: $fromNow has undefined properties: to"},
    {.name = "FromNowOfNoTime",
     .document = R"j({"$fromNow": "1 s", "from": "now"})j",
     .error = "TemplateError: 'now' is not a timestamp"},
    {.name = "FromNowUsesTheVariable",
     .document = R"j({"$let": {"now": "2020-01-01T00:00:00.000Z"}, "in": {"$fromNow": "1 s"}})j",
     .result = R"j("2020-01-01T00:00:01.000Z")j"},
    {.name = "FromNowOfNumber",
     .document = R"j({"$fromNow": 1})j",
     .error = "TemplateError: $fromNow expects a string"},
    {.name = "EscapedOperator",
     .document = R"j({"$$eval": "1 + 1"})j",
     .result = R"j({"$eval": "1 + 1"})j"},
    {.name = "ReservedWord",
     .document = R"j({"$unknown": 1})j",
     .error = "TemplateError: $<identifier> is reserved; use $$<identifier>"},
    {.name = "TwoOperators",
     .document = R"j({"$eval": "1", "$json": 1})j",
     .error = "TemplateError: only one operator allowed"},
    {.name = "PlaceOfAnError",
     .document = R"j({"foo": [0, {"a b": {"$eval": "x"}}]})j",
     .error = "InterpreterError at template.foo[1][\"a b\"]: unknown context "
              "value x"},
};
INSTANTIATE_TEST_SUITE_P(Control, RenderTest, testing::ValuesIn(kControl), CaseName<RenderCase>);

constexpr RenderCase kCollections[] = {
    {.name = "Map",
     .document = R"j({"$map": [1, 2], "each(x)": {"$eval": "x * 2"}})j",
     .result = "[2, 4]"},
    {.name = "MapWithIndex",
     .document = R"j({"$map": ["a", "b"], "each(x, i)": "${x}${i}"})j",
     .result = R"j(["a0", "b1"])j"},
    {.name = "MapLeavesOut",
     .document = R"j({"$map": [1, 2], "each(x)": {"$if": "x > 1", "then": "${x}"}})j",
     .result = R"j(["2"])j"},
    {.name = "MapOfObjectBindsKeyAndValue",
     .document = R"j({"$map": {"a": 1}, "each(y)": {"${y.key}x": {"$eval": "y.val + 1"}}})j",
     .result = R"j({"ax": 2})j"},
    {.name = "MapOfObjectWithTwoNames",
     .document = R"j({"$map": {"a": 1}, "each(v, k)": {"${k}": {"$eval": "v + 1"}}})j",
     .result = R"j({"a": 2})j"},
    {.name = "MapOfObjectToNumber",
     .document = R"j({"$map": {"a": 1}, "each(y)": 1})j",
     .error = "TemplateError: $map on objects expects each(y) to evaluate to "
              "an object"},
    {.name = "MapOfNumber",
     .document = R"j({"$map": 1, "each(y)": 1})j",
     .error = "TemplateError: $map value must evaluate to an array or object"},
    {.name = "MapWithoutEach",
     .document = R"j({"$map": []})j",
     .error = "TemplateError: $map must have exactly two properties"},
    {.name = "MapWithThreeNames",
     .document = R"j({"$map": [], "each(a,b,c)": 1})j",
     .error = "TemplateError: $map has undefined properties: each(a,b,c)"},
    {.name = "Reduce",
     .document = R"j({"$reduce": [1, 2, 3], "initial": 0, "each(acc, x)": {"$eval": "acc + x"}})j",
     .result = "6"},
    {.name = "ReduceWithIndex",
     .document = R"j({"$reduce": [5, 5], "initial": 0, "each(acc, x, i)": {"$eval": "acc + i"}})j",
     .result = "1"},
    {.name = "ReduceOfNothingIsInitial",
     .document = R"j({"$reduce": [], "initial": "${x}", "each(a, b)": 1})j",
     .result = R"j("${x}")j"},
    {.name = "ReduceSkipsDeletedSteps",
     .document =
         R"j({"$reduce": [1, 2], "initial": 0, "each(a, x)": {"$if": "x > 1", "then": {"$eval": "a + x"}}})j",
     .result = "2"},
    {.name = "ReduceWithoutInitial",
     .document = R"j({"$reduce": [], "each(a, b)": 1})j",
     .error = "TemplateError: $reduce must have exactly three properties"},
    {.name = "ReduceOfObject",
     .document = R"j({"$reduce": {}, "initial": 0, "each(a, b)": 1})j",
     .error = "TemplateError: $reduce value must evaluate to an array"},
    {.name = "ReduceWithOneName",
     .document = R"j({"$reduce": [], "initial": 0, "each(a)": 1})j",
     .error = "TemplateError: $reduce has undefined properties: each(a)"},
    {.name = "Find",
     .document = R"j({"$find": [1, 2, 3], "each(x, i)": "x > 1 && i > 1"})j",
     .result = "3"},
    {.name = "FindNothing",
     .document = R"j([{"$find": [1], "each(x)": "x > 1"}])j",
     .result = "[]"},
    {.name = "FindOfObject",
     .document = R"j({"$find": {}, "each(x)": "x"})j",
     .error = "TemplateError: $find value must evaluate to an array"},
    {.name = "FindWithoutEach",
     .document = R"j({"$find": []})j",
     .error = "TemplateError: $find must have exactly two properties"},
    {.name = "FindWithoutExpression",
     .document = R"j({"$find": [1], "each(x)": true})j",
     .error = "TemplateError: each can evaluate string expressions only"},
    {.name = "Flatten", .document = R"j({"$flatten": [1, [2, [3]]]})j", .result = "[1, 2, [3]]"},
    {.name = "FlattenDeep",
     .document = R"j({"$flattenDeep": [1, [2, [3]]]})j",
     .result = "[1, 2, 3]"},
    {.name = "FlattenDeepOfObject",
     .document = R"j({"$flattenDeep": {}})j",
     .error = "TemplateError: $flattenDeep value must evaluate to an array"},
    {.name = "FlattenOfObject",
     .document = R"j({"$flatten": {}})j",
     .error = "TemplateError: $flatten value must evaluate to an array"},
    {.name = "Merge",
     .document = R"j({"$merge": [{"a": 1, "b": 1}, {"b": 2}]})j",
     .result = R"j({"a": 1, "b": 2})j"},
    {.name = "MergeOfNumbers",
     .document = R"j({"$merge": [1]})j",
     .error = "TemplateError: $merge value must evaluate to an array of objects"},
    {.name = "MergeDeep",
     .document =
         R"j({"$mergeDeep": [{"a": {"x": [1]}, "b": 1}, {"a": {"x": [2], "y": 1}, "b": []}]})j",
     .result = R"j({"a": {"x": [1, 2], "y": 1}, "b": []})j"},
    {.name = "MergeDeepOfNothing", .document = R"j({"$mergeDeep": []})j", .result = "{}"},
    {.name = "MergeDeepOfNumbers",
     .document = R"j({"$mergeDeep": [1]})j",
     .error = "TemplateError: $mergeDeep value must evaluate to an array of objects"},
    {.name = "MergeOfExpression",
     .document = R"j({"$merge": {"$eval": "[{a: 1}, {b: 2}]"}})j",
     .result = R"j({"a": 1, "b": 2})j"},
    {.name = "Reverse", .document = R"j({"$reverse": [1, 2]})j", .result = "[2, 1]"},
    {.name = "ReverseOfString",
     .document = R"j({"$reverse": "ab"})j",
     .error = "TemplateError: $reverse value must evaluate to an array of objects"},
    {.name = "SortNumbers", .document = R"j({"$sort": [3, 1.5, 2]})j", .result = "[1.5, 2, 3]"},
    {.name = "SortByIsStable",
     .document =
         R"j({"$sort": [{"a": 2, "n": 1}, {"a": 1, "n": 2}, {"a": 2, "n": 3}], "by(x)": "x.a"})j",
     .result = R"j([{"a": 1, "n": 2}, {"a": 2, "n": 1}, {"a": 2, "n": 3}])j"},
    {.name = "SortTexts",
     .document = R"j({"$sort": ["b", "a", "B"]})j",
     .result = R"j(["B", "a", "b"])j"},
    {.name = "SortOfObject",
     .document = R"j({"$sort": {}})j",
     .error = "TemplateError: $sorted values to be sorted must have the same type"},
    {.name = "SortByNoExpression",
     .document = R"j({"$sort": [1], "by(x)": 1})j",
     .error = "TemplateError: by can evaluate string expressions only"},
    {.name = "SortMixed",
     .document = R"j({"$sort": [1, "a"]})j",
     .error = "TemplateError: $sorted values to be sorted must have the same "
              "type"},
    {.name = "SortBooleans",
     .document = R"j({"$sort": [true, false]})j",
     .error = "TemplateError: $sorted values to be sorted must have the same "
              "type"},
    {.name = "SortNothing", .document = R"j({"$sort": []})j", .result = "[]"},
};
INSTANTIATE_TEST_SUITE_P(Collections, RenderTest, testing::ValuesIn(kCollections),
                         CaseName<RenderCase>);

json::Value Json(std::string_view text) {
  absl::StatusOr<json::Value> value = json::Parse(text);
  EXPECT_THAT(value, IsOk());
  return value.ok() ? *value : json::Value();
}

TEST(RenderTest, ContextMayAddFunctions) {
  Context context(absl::UnixEpoch());
  context.AddFunction("twice", [](absl::Span<const json::Value> arguments) {
    return json::Value(arguments[0].int_value() * 2);
  });
  EXPECT_THAT(Render(Json(R"j({"$eval": "twice(21)"})j"), context), IsOkAndHolds(json::Value(42)));
}

TEST(RenderTest, AnErrorOfAnAddedFunctionNamesThePlace) {
  Context context(absl::UnixEpoch());
  context.AddFunction(
      "fail", [](absl::Span<const json::Value>) { return absl::NotFoundError("no such thing"); });
  EXPECT_THAT(
      Render(Json(R"j({"a": {"$eval": "fail()"}})j"), context),
      StatusIs(absl::StatusCode::kInvalidArgument, "BuiltinError at template.a: no such thing"));
}

TEST(RenderTest, ContextMayReplaceABuiltin) {
  Context context(absl::UnixEpoch());
  context.Set("min", "mine");
  EXPECT_THAT(Render(json::Value("${min}"), context), IsOkAndHolds(json::Value("mine")));
}

TEST(RenderTest, ContextNamesMustBeIdentifiers) {
  Context context(absl::UnixEpoch());
  context.Set("a b", 1);
  EXPECT_THAT(Render(json::Value("x"), context),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "TemplateError: top level keys of context must follow "
                       "/[a-zA-Z_][a-zA-Z0-9_]*/"));
}

TEST(RenderTest, WhatHasNoExpressionIsSharedWithTheTemplate) {
  const json::Value document = Json(R"j({"a": [1, {"b": "a long plain text"}]})j");
  const absl::StatusOr<json::Value> rendered = Render(document, Context(absl::UnixEpoch()));
  ASSERT_THAT(rendered, IsOk());
  EXPECT_TRUE(rendered->SharesContentWith(document));
}

TEST(RendererTest, RendersTheSameTemplateWithOtherContexts) {
  Renderer renderer;
  for (int i = 0; i < 3; ++i) {
    Context context(absl::UnixEpoch());
    context.Set("x", i);
    EXPECT_THAT(renderer.Render(Json(R"j({"$eval": "x + 1"})j"), context),
                IsOkAndHolds(json::Value(i + 1)));
  }
}

TEST(NotFiniteTest, NumbersOfAContextAreRefusedWhereTheyMatter) {
  Context context(absl::UnixEpoch());
  context.Set("inf", std::numeric_limits<double>::infinity());
  context.Set("nan", std::numeric_limits<double>::quiet_NaN());
  const auto is_refused = StatusIs(absl::StatusCode::kInvalidArgument);
  for (const std::string_view document :
       {R"j({"$eval": "inf"})j", R"j([{"$eval": "nan"}])j", R"j({"$eval": "-inf"})j",
        R"j({"$eval": "inf + 1"})j", R"j({"$json": {"$eval": "inf"}})j",
        R"j({"$sort": {"$eval": "[1, nan, 0]"}})j"}) {
    EXPECT_THAT(Render(Json(document), context), is_refused) << document;
  }
  EXPECT_THAT(Render("${inf} ${nan}", context), IsOkAndHolds(json::Value("Infinity NaN")));
}

struct LimitCase {
  std::string_view name;
  Limits limits;
  std::string document;
  std::string_view error;
};

class LimitTest : public testing::TestWithParam<LimitCase> {};

TEST_P(LimitTest, NamesItself) {
  EXPECT_THAT(Render(Json(GetParam().document), Context(absl::UnixEpoch()), GetParam().limits),
              StatusIs(absl::StatusCode::kResourceExhausted, GetParam().error));
}

std::string Nested(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += "[";
  for (int i = 0; i < depth; ++i) text += "]";
  return text;
}

const LimitCase kLimits[] = {
    {"Depth",
     {.max_depth = 10},
     R"j({"a": [[[[[[[[[[1]]]]]]]]]]})j",
     "BudgetError at template.a[0][0][0][0][0][0][0][0][0]: rendering exceeds "
     "the limit max_depth of 10"},
    {"Steps",
     {.max_steps = 1000},
     R"j({"$map": {"$eval": "range(0, 900)"}, "each(x)": {"$eval": "x + 1"}})j",
     "BudgetError: rendering exceeds the limit max_steps of 1000"},
    {"Nodes",
     {.max_nodes = 100},
     R"j({"$flatten": [{"$eval": "range(0, 60)"}, {"$eval": "range(0, 60)"}]})j",
     "BudgetError at template[1]: rendering exceeds the limit max_nodes of "
     "100"},
    {"StringBytes",
     {.max_string_bytes = 1000},
     R"j({"$reduce": {"$eval": "range(0, 40)"}, "initial": "x", "each(a, i)": "${a}${a}"})j",
     "BudgetError: rendering exceeds the limit max_string_bytes of 1000"},
    {"Range",
     {.max_range = 10},
     R"j({"$eval": "range(0, 11)"})j",
     "BudgetError: range() of 11 elements exceeds the limit max_range of 10"},
    {"ValueDepth",
     {},
     R"j({"$reduce": {"$eval": "range(0, 100000)"}, "initial": [], "each(a, i)": [{"$eval": "a"}]})j",
     "BudgetError: a value nested deeper than 1000 levels was built"},
};
INSTANTIATE_TEST_SUITE_P(Table, LimitTest, testing::ValuesIn(kLimits),
                         [](const testing::TestParamInfo<LimitCase>& info) {
                           return std::string(info.param.name);
                         });

TEST(LimitTest, TheDefaultsRefuseABillionLaughs) {
  // Each level of $let doubles the list: 2^60 elements.
  std::string document = R"j({"$eval": "a"})j";
  for (int i = 0; i < 60; ++i) {
    document =
        absl::StrCat(R"j({"$let": {"a": {"$flatten": [{"$eval": "a"}, {"$eval": "a"}]}}, "in": )j",
                     document, "}");
  }
  Context context(absl::UnixEpoch());
  context.Set("a", Json("[1]"));
  EXPECT_THAT(Render(Json(document), context), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(LimitTest, TheDefaultDepthRefusesATowerOfLists) {
  EXPECT_THAT(Render(Json(Nested(400)), Context(absl::UnixEpoch())),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

}  // namespace
}  // namespace scriptworker::jsone
