// SPDX-License-Identifier: MPL-2.0
// Small templates that ask for more work or memory than any machine has: each is refused
// by a limit that names itself. Without the limit none of them would end.
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/context.h"
#include "scriptworker/jsone/render.h"

namespace scriptworker::jsone {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::string_view kSteps = "the limit max_steps";
constexpr std::string_view kNodes = "the limit max_nodes";
constexpr std::string_view kText = "the limit max_string_bytes";

// {"$let": {NAME: {"$eval": EXPRESSION}}, "in": BODY}
std::string Let(std::string_view name, std::string_view expression, std::string_view body) {
  return absl::StrCat(R"j({"$let": {")j", name, R"j(": {"$eval": ")j", expression,
                      R"j("}}, "in": )j", body, "}");
}

// `a` is bound to a list that stands for 2^100 elements, `b` to an equal one.
std::string Doubled(std::string_view body) {
  std::string document(body);
  for (int i = 0; i < 100; ++i) document = Let("a", "[a, a]", Let("b", "[b, b]", document));
  return Let("a", "[]", Let("b", "[]", document));
}

// {OPERATION: BODY} for each of 400000 numbers; r is the list of them.
std::string Repeated(std::string_view operation, std::string_view body) {
  return Let("r", "range(0, 400000)",
             absl::StrCat(R"j({"$map": {"$eval": "r"}, "each(i)": {")j", operation, R"j(": )j",
                          body, "}}"));
}

std::string Repeated(std::string_view expression) {
  return Repeated("$eval", absl::StrCat("\"", expression, "\""));
}

// VALUE for each of `count` numbers.
std::string Map(int count, std::string_view value) {
  return absl::StrCat(R"j({"$map": {"$eval": "range(0, )j", count, R"j()"}, "each(i)": )j", value,
                      "}");
}

// In BODY t is a text of 500 kB.
std::string WithLongText(std::string_view body) {
  std::string document(body);
  for (int i = 0; i < 3; ++i) document = Let("t", "join([t, t, t, t, t, t, t, t], '')", document);
  return Let("t", absl::StrCat("'", std::string(1000, ' '), "'"), document);
}

std::string Text(size_t size) { return std::string(size, 'x'); }

struct HostileCase {
  std::string_view name;
  std::string document;
  std::string_view limit;
};

class HostileTemplateTest : public testing::TestWithParam<HostileCase> {};

TEST_P(HostileTemplateTest, IsRefusedByTheLimit) {
  const absl::StatusOr<json::Value> document =
      json::Parse(GetParam().document, {.max_depth = 2000});
  ASSERT_THAT(document, IsOk());
  Context context(absl::UnixEpoch());
  context.Set("no", false);
  EXPECT_THAT(Render(*document, context,
                     {.max_depth = 400, .max_steps = 200'000, .max_string_bytes = 2 << 20}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       AllOf(HasSubstr("BudgetError"), HasSubstr(GetParam().limit))));
}

const HostileCase kShared[] = {
    {"Result", Doubled(R"j({"$eval": "a"})j"), kSteps},
    {"Json", Doubled(R"j({"$json": {"$eval": "a"}})j"), kSteps},
    {"Comparison", Doubled(R"j({"$eval": "a == b"})j"), kSteps},
    {"Search", Doubled(R"j({"$eval": "a in [b]"})j"), kSteps},
    {"Join", Doubled(R"j({"$eval": "join(a, '')"})j"), kSteps},
    {"Flattening", Doubled(R"j({"$flattenDeep": {"$eval": "a"}})j"), kNodes},
    {"Reduction",
     R"j({"$reduce": {"$eval": "range(0, 100)"}, "initial": 1, "each(a, i)": {"$eval": "[a, a]"}})j",
     kSteps},
    {"Elements", Let("r", "range(0, 1000)", Map(10000, R"j({"$eval": "r"})j")), kSteps},
    {"Text", Let("t", absl::StrCat("'", Text(1000), "'"), Map(5000, R"j({"$eval": "t"})j")), kText},
    {"Keys", Map(4000, absl::StrCat("{\"", Text(1000), "\": 1}")), kText},
};
INSTANTIATE_TEST_SUITE_P(SharedParts, HostileTemplateTest, testing::ValuesIn(kShared),
                         [](const auto& info) { return std::string(info.param.name); });

const HostileCase kLoops[] = {
    {"Comparison", Let("s", "range(0, 400000)", Repeated("r == s")), kSteps},
    {"Search", Repeated("'x' in r"), kSteps},
    {"FindWithoutWork", Repeated("$find", R"j({"$eval": "r"}, "each(x)": "no")j"), kSteps},
    {"ReduceWithoutWork", Repeated("$reduce", R"j({"$eval": "r"}, "initial": 0, "each(a, x)": 0)j"),
     kSteps},
    {"FlattenOfNumbers", Repeated("$flatten", R"j({"$eval": "r"})j"), kNodes},
    {"MergeOfNothing",
     absl::StrCat(R"j({"$let": {"e": )j", Map(50000, "{}"), R"j(}, "in": )j",
                  Map(400000, R"j({"$merge": {"$eval": "e"}})j"), "}"),
     kSteps},
};
INSTANTIATE_TEST_SUITE_P(Loops, HostileTemplateTest, testing::ValuesIn(kLoops),
                         [](const auto& info) { return std::string(info.param.name); });

const HostileCase kTexts[] = {
    {"Length", WithLongText(Repeated("len(t)")), kSteps},
    {"Character", WithLongText(Repeated("t[-1]")), kSteps},
    {"Part", WithLongText(Repeated("t[0:400000]")), kText},
    {"Order", WithLongText(Let("s", "t + ''", Repeated("s < t"))), kSteps},
    {"Comparison", WithLongText(Let("s", "t + ''", Repeated("s == t"))), kSteps},
    {"Search", WithLongText(Repeated("'x' in t")), kSteps},
    {"Key", WithLongText(Repeated("{a: 1}[t]")), kSteps},
    {"Blanks", WithLongText(Repeated("lstrip(t)")), kSteps},
    {"Number", WithLongText(Repeated("number(t)")), kSteps},
    {"Sort",
     WithLongText(Let("r", "range(0, 4000)", R"j({"$sort": {"$eval": "r"}, "by(x)": "t"})j")),
     kSteps},
    {"BehindAnExpression", Map(400000, absl::StrCat("\"${i}", Text(10000), "\"")), kText},
    {"BehindAnEscape", Map(400000, absl::StrCat("\"$${", Text(10000), "\"")), kText},
    {"EscapedKey", Map(400000, absl::StrCat("{\"$$", Text(10000), "\": 1}")), kText},
    {"WithoutExpression", Map(400000, absl::StrCat("\"", Text(100000), "\"")), kSteps},
};
INSTANTIATE_TEST_SUITE_P(Texts, HostileTemplateTest, testing::ValuesIn(kTexts),
                         [](const auto& info) { return std::string(info.param.name); });

// Deep by parts: each level of the template adds as many levels as its expression has.
TEST(TowerTest, OfSeveralStoreysIsRefused) {
  std::string document = R"j({"$eval": "a"})j";
  for (int i = 0; i < 40; ++i) {
    document = Let("a", absl::StrCat(std::string(40, '['), "a", std::string(40, ']')), document);
  }
  Context context(absl::UnixEpoch());
  context.Set("a", 1);
  const absl::StatusOr<json::Value> parsed = json::Parse(document);
  ASSERT_THAT(parsed, IsOk());
  EXPECT_THAT(Render(*parsed, context), StatusIs(absl::StatusCode::kResourceExhausted,
                                                 HasSubstr("nested deeper than 1000 levels")));
}

// Far deeper, and looked at by an operator before it is handed out.
TEST(TowerTest, NoOperatorRunsOutOfStack) {
  const auto tower = [](std::string_view open, std::string_view close) {
    std::string storey = "a";
    for (int i = 0; i < 100; ++i) storey = absl::StrCat(open, storey, close);
    return absl::StrCat(
        R"j({"$reduce": {"$eval": "range(0, 600)"}, "initial": 1, "each(a, i)": {"$eval": ")j",
        storey, "\"}}");
  };
  const std::string lists = tower("[", "]");
  const std::string objects = tower("{x: ", "}");
  const std::string_view bodies[] = {
      R"j({"$eval": "a"})j",
      R"j({"$eval": "a == b"})j",
      R"j({"$eval": "a in [b]"})j",
      R"j({"$json": {"$eval": "a"}})j",
      R"j({"$flattenDeep": {"$eval": "a"}})j",
      R"j({"$mergeDeep": [{"$eval": "a"}, {"$eval": "b"}]})j",
  };
  for (const std::string_view body : bodies) {
    const std::string& value = absl::StrContains(body, "merge") ? objects : lists;
    const absl::StatusOr<json::Value> document = json::Parse(absl::StrCat(
        R"j({"$let": {"a": )j", value, R"j(, "b": )j", value, R"j(}, "in": )j", body, "}"));
    ASSERT_THAT(document, IsOk());
    EXPECT_THAT(
        Render(*document, Context(absl::UnixEpoch())),
        StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("nested deeper than 1000 levels")))
        << body;
  }
}

// The needle and the text share all but the end of the needle: compared anew at each
// place this would be 10^13 comparisons.
TEST(LinearTimeTest, SearchAndSplit) {
  Context context(absl::UnixEpoch());
  context.Set("text", std::string(8 << 20, 'a'));
  context.Set("needle", absl::StrCat(std::string(2 << 20, 'a'), "b"));
  const json::Value document = json::Array{json::Object{{"$eval", "needle in text"}},
                                           json::Object{{"$eval", "len(split(text, needle))"}}};
  EXPECT_THAT(Render(document, context), IsOkAndHolds(json::Value(json::Array{false, 1})));
}

TEST(LinearTimeTest, AnObjectOfManyMembersIsParsed) {
  std::string expression = "len([{";
  for (int i = 0; i < 100000; ++i) absl::StrAppend(&expression, "a", i, ":0,");
  absl::StrAppend(&expression, "}])");
  const json::Value document = json::Object{{"$eval", expression}};
  EXPECT_THAT(Render(document, Context(absl::UnixEpoch())), IsOkAndHolds(json::Value(1)));
}

}  // namespace
}  // namespace scriptworker::jsone
