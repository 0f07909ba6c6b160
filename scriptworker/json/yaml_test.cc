// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/yaml.h"

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"

namespace scriptworker::json {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kExhausted = absl::StatusCode::kResourceExhausted;

// The value as compact JSON, or the error.
std::string Load(std::string_view text, const YamlOptions& options = {.source = "f.yml"}) {
  const absl::StatusOr<Value> value = ParseYaml(text, options);
  return value.ok() ? FormatCompact(*value) : std::string(value.status().message());
}

TEST(ParseYamlTest, ReadsADocumentAsThePythonReferenceDoes) {
  EXPECT_EQ(Load(R"(# a comment
version: 1
policy: {pullRequests: public}
tasks:
  - $if: 'tasks_for == "cron"'
    then: &base
      retries: 0o7
      perms: 0755
      enabled: off
      when: 2017-01-19T16:27:20.974Z
      text: |
        line 1
        line 2
      folded: >-
        a
        b
    else:
      <<: *base
      perms: ~
)"),
            R"({"version":1,"policy":{"pullRequests":"public"},"tasks":[{)"
            R"("$if":"tasks_for == \"cron\"",)"
            R"("then":{"retries":"0o7","perms":493,"enabled":false,)"
            R"("when":"2017-01-19T16:27:20.974Z","text":"line 1\nline 2\n","folded":"a b"},)"
            R"("else":{"retries":"0o7","perms":null,"enabled":false,)"
            R"("when":"2017-01-19T16:27:20.974Z","text":"line 1\nline 2\n","folded":"a b"}}]})");
}

TEST(ParseYamlTest, JsonIsReadAsTheSubsetThatItIs) {
  constexpr std::string_view kJson =
      R"({"a": [1, -2.5, true, false, null, "x\n\u00e9"], "b": {}, "c": []})";
  EXPECT_THAT(ParseYaml(kJson), IsOkAndHolds(*Parse(kJson)));
  EXPECT_EQ(Load("{\"a\": 1,}"), R"({"a":1})");
}

TEST(ParseYamlTest, AnEmptyDocumentIsNull) {
  EXPECT_EQ(Load(""), "null");
  EXPECT_EQ(Load("# nothing\n"), "null");
  EXPECT_EQ(Load("---\n"), "null");
}

TEST(ParseYamlTest, MergeKeys) {
  struct Case {
    std::string_view text;
    std::string_view json;
  };
  const Case kCases[] = {
      {"a: &x {p: 1, q: 2}\nb:\n  q: 3\n  <<: *x\n  r: 4\n",
       R"({"a":{"p":1,"q":2},"b":{"p":1,"q":3,"r":4}})"},
      {"<<: {a: 1, b: 1}\nb: 2\n", R"({"a":1,"b":2})"},
      {"<<: [{a: 1, b: 1}, {a: 2, c: 2}]\n", R"({"a":1,"c":2,"b":1})"},
      {"<<: {a: 1}\nx: 0\n<<: {a: 2}\n", R"({"a":2,"x":0})"},
      {"<<: {}\na: 1", R"({"a":1})"},
      {"\"<<\": 1", R"({"<<":1})"},
      {"'=': 1\n=: 2", R"({"=":2})"},
      {"<<: 1", "f.yml:1:5: only mappings can be merged by <<, not an integer"},
      {"<<: [{a: 1}, 2]", "f.yml:1:5: only mappings can be merged by <<, not an integer"},
      {"- <<", "f.yml:1:3: \"<<\" may only be a key; quote it if it is a text"},
      {"a: =", "f.yml:1:4: \"=\" may only be a key; quote it if it is a text"},
  };
  for (const Case& c : kCases) EXPECT_EQ(Load(c.text), c.json) << c.text;
}

TEST(ParseYamlTest, AnchorsAndAliases) {
  EXPECT_EQ(Load("- &a {x: [1]}\n- *a\n- &b 5\n- *b\n"), R"([{"x":[1]},{"x":[1]},5,5])");
  EXPECT_EQ(Load("&k a: 1\nb: *k"), R"({"a":1,"b":"a"})");
  EXPECT_EQ(Load("- &k a\n- {*k : 1}"), R"(["a",{"a":1}])");
  EXPECT_EQ(Load("- *a"), "f.yml:1:3: the referenced anchor is not defined: a");
  EXPECT_EQ(Load("&a [*a]"), "f.yml:1:5: the anchor \"a\" contains itself");
  EXPECT_EQ(Load("- &a 1\n- &a 2"), "f.yml:2:3: the anchor \"a\" is defined twice");
}

TEST(ParseYamlTest, AliasesShareTheirContent) {
  const Value value = *ParseYaml("- &a [x]\n- *a");
  EXPECT_TRUE(value.array()[0].SharesContentWith(value.array()[1]));
}

TEST(ParseYamlTest, Tags) {
  struct Case {
    std::string_view text;
    std::string_view json;
  };
  const Case kCases[] = {
      {"!!str 12", R"("12")"},
      {"!!int \"12\"", "12"},
      {"!!float 1", "1.0"},
      {"!!bool yes", "true"},
      {"!!null ''", "null"},
      {"! 12", "f.yml:1:1: the tag ! states nothing, leave it out"},
      {"!!map {a: !!seq [1]}", R"({"a":[1]})"},
      {"!!timestamp 2001-01-01", R"("2001-01-01")"},
      {"!!binary aGk=", "f.yml:1:1: the tag !!binary is not supported here"},
      {"!!set {a: }", "f.yml:1:1: the tag !!set is not supported here"},
      {"!!python/object:os.system x",
       "f.yml:1:1: the tag !!python/object:os.system is not supported here"},
      {"!e!x x", "f.yml:1:1: the tag !e!x is not supported here"},
      {"!local x", "f.yml:1:1: the tag !local is not supported here"},
      {"!<x:y> x", "f.yml:1:1: the tag !<x:y> is not supported here"},
      {"!!seq {a: 1}", "f.yml:1:1: the tag !!seq is not supported here"},
      {"!!int x", "f.yml:1:1: \"x\" is no integer of YAML 1.1"},
  };
  for (const Case& c : kCases) EXPECT_EQ(Load(c.text), c.json) << c.text;
}

TEST(ParseYamlTest, KeysThatAreNoStringsAreRefusedOrBecomeTheirJsonText) {
  constexpr YamlOptions kAsText = {.source = "f.yml",
                                   .other_keys = YamlOptions::OtherKeys::kAsJsonText};
  EXPECT_EQ(Load("245: a"), "f.yml:1:1: the key 245 is an integer, not a string; quote it");
  EXPECT_EQ(Load("on: a"), "f.yml:1:1: the key true is a boolean, not a string; quote it");
  EXPECT_EQ(Load("~: a"), "f.yml:1:1: the key null is null, not a string; quote it");
  EXPECT_EQ(Load("[a]: b"), "f.yml:1:1: a mapping or sequence cannot be a key");
  EXPECT_EQ(Load("- &a [x]\n- {*a : b}"), "f.yml:2:4: a mapping or sequence cannot be a key");
  EXPECT_EQ(Load("245: a\n1.50: b\nyes: c\n~: d\n0x10: e\n2001-01-01: f", kAsText),
            R"({"245":"a","1.5":"b","true":"c","null":"d","16":"e","2001-01-01":"f"})");
}

TEST(ParseYamlTest, TheLastOfRepeatedKeysWinsOrIsRefused) {
  EXPECT_EQ(Load("a: 1\nb: 2\na: 3"), R"({"a":3,"b":2})");
  EXPECT_EQ(Load("a: 1\nb: 2\na: 3", {.source = "f.yml", .allow_duplicate_keys = false}),
            "f.yml:3:1: the key \"a\" is repeated");
  EXPECT_EQ(Load("<<: {a: 1}\na: 2", {.source = "f.yml", .allow_duplicate_keys = false}),
            R"({"a":2})");
}

TEST(ParseYamlTest, ErrorsOfTheSyntaxHaveTheirPosition) {
  EXPECT_THAT(ParseYaml("a:\n  - b\n c", {.source = "x.yml"}),
              StatusIs(kInvalid, "x.yml:3:2: end of map not found"));
}

TEST(ParseYamlTest, OneDocumentOnly) {
  EXPECT_EQ(Load("a\n---\nb"), "f.yml:2:1: a second document begins where one is expected");
  EXPECT_EQ(Load("---\na\n...\n"), "\"a\"");
}

TEST(ParseYamlTest, DepthIsLimited) {
  const auto nested = [](size_t depth) {
    return absl::StrCat(std::string(depth, '['), std::string(depth, ']'));
  };
  EXPECT_THAT(ParseYaml(nested(128)), IsOk());
  EXPECT_THAT(ParseYaml(nested(129)), StatusIs(kExhausted, HasSubstr("deeper than 128 levels")));
  EXPECT_THAT(ParseYaml(nested(100000)), StatusIs(kExhausted));
  // Aliases count with what they stand for.
  const YamlOptions options = {.source = "f", .max_depth = 4};
  EXPECT_THAT(ParseYaml("- &a [[1]]\n- [*a]", options), IsOk());
  EXPECT_THAT(ParseYaml("- &a [[1]]\n- [[*a]]", options),
              StatusIs(kExhausted, "f:2:5: nested deeper than 4 levels"));
}

TEST(ParseYamlTest, AliasBombsAreRefused) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    absl::StrAppend(&bomb, "a", i, ": &a", i, " [");
    for (int k = 0; k < 10; ++k) absl::StrAppend(&bomb, k == 0 ? "" : ", ", "*a", i - 1);
    absl::StrAppend(&bomb, "]\n");
  }
  EXPECT_THAT(ParseYaml(bomb),
              StatusIs(kExhausted, HasSubstr("more than 2000000 nodes, with aliases expanded")));
}

TEST(ParseYamlTest, NodesAreCountedExactly) {
  // A mapping, 2 keys, a sequence, 2 elements, an alias for 3 nodes.
  constexpr std::string_view kText = "a: &x [1, 2]\nb: *x";
  EXPECT_THAT(ParseYaml(kText, {.max_nodes = 9}), IsOk());
  EXPECT_THAT(ParseYaml(kText, {.max_nodes = 8}), StatusIs(kExhausted));
}

TEST(ParseYamlStreamTest, ReadsAnyNumberOfDocuments) {
  EXPECT_THAT(ParseYamlStream(""), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(ParseYamlStream("a\n---\n&x b\n---\n- &x c\n- *x\n"),
              IsOkAndHolds(ElementsAre(Value("a"), Value("b"), Value(Array{"c", "c"}))));
  EXPECT_THAT(ParseYamlStream("&x a\n---\n*x"), StatusIs(kInvalid, HasSubstr("is not defined")));
}

TEST(YamlMarksTest, FindsWhereMembersAndElementsStand) {
  const absl::StatusOr<YamlDocument> document = ParseYamlWithMarks(
      "# config\n"
      "a: 1\n"
      "b/c:\n"
      "  - x\n"
      "  - {y: 2}\n"
      "d: &d\n"
      "  e: 3\n"
      "f:\n"
      "  <<: *d\n"
      "  g: 4\n",
      {.source = "scriptworker.yaml"});
  ASSERT_THAT(document, IsOk());
  struct Case {
    std::string_view pointer;
    YamlPosition position;
  };
  const Case kCases[] = {
      {"", {2, 1}},        {"/a", {2, 1}},
      {"/b~1c", {3, 1}},   {"/b~1c/0", {4, 5}},
      {"/b~1c/1", {5, 5}}, {"/b~1c/1/y", {5, 6}},
      {"/d/e", {7, 3}},    {"/f/g", {10, 3}},
      {"/f/e", {8, 1}},  // merged: where the mapping is
      {"/absent", {2, 1}}, {"/d/e/absent/x", {7, 3}},
  };
  for (const Case& c : kCases) {
    const std::optional<YamlPosition> found = document->marks.Find(c.pointer);
    ASSERT_TRUE(found.has_value()) << c.pointer;
    EXPECT_EQ(*found, c.position) << c.pointer << " " << found->line << ":" << found->column;
  }
  EXPECT_EQ(document->marks.Prefix("/d/e"), "scriptworker.yaml:7: ");
  EXPECT_EQ(document->value, *ParseYaml("{a: 1, b/c: [x, {y: 2}], d: {e: 3}, f: {e: 3, g: 4}}"));
}

TEST(YamlMarksTest, KnowsNothingOfAnEmptyText) {
  const absl::StatusOr<YamlDocument> document = ParseYamlWithMarks("", {.source = "c.yml"});
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(document->marks.Find("/a"), std::nullopt);
  EXPECT_EQ(document->marks.Prefix("/a"), "c.yml: ");
}

TEST(YamlTest, LineBreaksAtTheEndOfAQuotedTextFoldToOneLess) {
  for (const std::string_view quote : {"'", "\""}) {
    for (const std::string_view start : {"default", ""}) {
      for (int breaks = 2; breaks < 6; ++breaks) {
        const std::string text =
            absl::StrCat("branch: ", quote, start, std::string(static_cast<size_t>(breaks), '\n'),
                         "  ", quote, "\n");
        const absl::StatusOr<Value> value = ParseYaml(text);
        ASSERT_TRUE(value.ok()) << value.status();
        EXPECT_EQ(value->Find("branch")->string_value(),
                  absl::StrCat(start, std::string(static_cast<size_t>(breaks) - 1, '\n')))
            << text;
      }
    }
  }
}

TEST(YamlTest, LineBreaksBehindAnEscapedQuoteFoldToOneLessToo) {
  for (const std::string_view start : {"it''", "''", "''s"}) {
    const absl::StatusOr<Value> value = ParseYaml(absl::StrCat("'", start, "\n\n\n\n'"));
    ASSERT_TRUE(value.ok()) << value.status();
    EXPECT_EQ(value->string_value(),
              absl::StrCat(absl::StrReplaceAll(start, {{"''", "'"}}), "\n\n\n"));
  }
}

TEST(YamlTest, LineBreaksBehindAnEscapeFoldToOneLessToo) {
  const std::pair<std::string_view, std::string_view> kStarts[] = {
      {R"(\x41)", "A"}, {R"(a\u0041)", "aA"}, {R"(\U00000041b)", "Ab"}, {R"(\t)", "\t"},
      {R"(a\)", "a"},   {R"(\x41 )", "A"},    {R"(\ )", " "},           {R"(a\n)", "a\n"}};
  for (const auto& [start, read] : kStarts) {
    for (int breaks = 2; breaks < 6; ++breaks) {
      const std::string text = absl::StrCat(
          "branch: \"", start, std::string(static_cast<size_t>(breaks), '\n'), "  \"\n");
      const absl::StatusOr<Value> value = ParseYaml(text);
      ASSERT_TRUE(value.ok()) << value.status();
      EXPECT_EQ(value->Find("branch")->string_value(),
                absl::StrCat(read, std::string(static_cast<size_t>(breaks) - 1, '\n')))
          << text;
    }
  }
}

}  // namespace
}  // namespace scriptworker::json
