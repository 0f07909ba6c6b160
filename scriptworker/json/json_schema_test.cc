// SPDX-License-Identifier: MPL-2.0
// What each keyword means is tested by JSON-Schema-Test-Suite
// (schema_conformance_test.cc); here once each, and what is our own: errors,
// references, dialects.
#include "scriptworker/json/json_schema.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"

namespace scriptworker::json {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

// "POINTER | SCHEMA PATH | MESSAGE" of each error.
std::vector<std::string> Errors(std::string_view schema, std::string_view instance) {
  const absl::StatusOr<Schema> compiled = Schema::Compile(*Parse(schema));
  if (!compiled.ok()) return {compiled.status().ToString()};
  std::vector<std::string> lines;
  for (const SchemaError& error : compiled->Errors(*Parse(instance))) {
    lines.push_back(
        absl::StrCat(error.instance_pointer, " | ", error.schema_path, " | ", error.message));
  }
  EXPECT_EQ(compiled->Validate(*Parse(instance)).ok(), lines.empty());
  return lines;
}

TEST(SchemaTest, EveryKeywordSaysWhatIsWrongAndWhere) {
  struct Case {
    std::string_view schema;
    std::string_view valid;
    std::string_view invalid;
    std::string_view error;
  };
  const Case kCases[] = {
      {R"({"type":"integer"})", "1", "\"x\"", " | #/type | expected integer, found a string"},
      {R"({"type":["null","array"]})", "[]", "1",
       " | #/type | expected null or array, found an integer"},
      {R"({"type":"integer"})", "1.0", "1.5", " | #/type | expected integer, found a number"},
      {R"({"const":{"a":1}})", R"({"a":1.0})", "1", " | #/const | is not {\"a\":1}"},
      {R"({"enum":["a","b"]})", "\"a\"", "\"c\"", " | #/enum | is none of [\"a\",\"b\"]"},
      {R"({"minimum":1})", "1", "0", " | #/minimum | is less than 1"},
      {R"({"maximum":1})", "1", "2", " | #/maximum | is greater than 1"},
      {R"({"exclusiveMinimum":1})", "2", "1", " | #/exclusiveMinimum | is not greater than 1"},
      {R"({"exclusiveMaximum":1})", "0", "1", " | #/exclusiveMaximum | is not less than 1"},
      {R"({"multipleOf":0.25})", "1.5", "1.6", " | #/multipleOf | is no multiple of 0.25"},
      {R"({"multipleOf":10})", "18446744073709551610", "18446744073709551615",
       " | #/multipleOf | is no multiple of 10"},
      {R"({"multipleOf":3})", "-9223372036854775806", "-9223372036854775808",
       " | #/multipleOf | is no multiple of 3"},
      {R"({"multipleOf":2.0})", "18446744073709551614", "9007199254740993",
       " | #/multipleOf | is no multiple of 2.0"},
      {R"({"multipleOf":18446744073709551615})", "18446744073709551615", "18446744073709551614",
       " | #/multipleOf | is no multiple of 18446744073709551615"},
      {R"({"minLength":2})", "\"éé\"", "\"é\"", " | #/minLength | is shorter than 2 characters"},
      {R"({"maxLength":1})", "\"é\"", "\"éé\"", " | #/maxLength | is longer than 1 characters"},
      {R"({"pattern":"^a"})", "\"ab\"", "\"b\"", " | #/pattern | does not match \"^a\""},
      {R"({"format":"uri"})", "\"a:b\"", "\"b\"", " | #/format | is no uri"},
      {R"({"minItems":1})", "[1]", "[]", " | #/minItems | has fewer than 1 elements"},
      {R"({"maxItems":1})", "[1]", "[1,2]", " | #/maxItems | has more than 1 elements"},
      {R"({"uniqueItems":true})", "[1,true]", "[1,1.0]", " | #/uniqueItems | has equal elements"},
      {R"({"contains":{"const":1}})", "[0,1]", "[0]", " | #/contains | has no element as it must"},
      {R"({"items":{"type":"null"}})", "[null]", "[null,1]",
       "/1 | #/items/type | expected null, found an integer"},
      {R"({"items":[{}],"additionalItems":{"type":"null"}})", "[1,null]", "[1,2]",
       "/1 | #/additionalItems/type | expected null, found an integer"},
      {R"({"minProperties":1})", R"({"a":1})", "{}",
       " | #/minProperties | has fewer than 1 members"},
      {R"({"maxProperties":0})", "{}", R"({"a":1})",
       " | #/maxProperties | has more than 0 members"},
      {R"({"required":["a"]})", R"({"a":1})", "{}", " | #/required | the member \"a\" is missing"},
      {R"({"properties":{"a/b":{"type":"null"}}})", "{}", R"({"a/b":1})",
       "/a~1b | #/properties/a~1b/type | expected null, found an integer"},
      {R"({"patternProperties":{"^x":{"type":"null"}}})", R"({"a":1})", R"({"x1":1})",
       "/x1 | #/patternProperties/^x/type | expected null, found an integer"},
      {R"({"properties":{"a":{}},"additionalProperties":false})", R"({"a":1})", R"({"b":1})",
       " | #/additionalProperties | the member \"b\" is not allowed"},
      {R"({"additionalProperties":{"type":"null"}})", R"({"a":null})", R"({"b":1})",
       "/b | #/additionalProperties/type | expected null, found an integer"},
      {R"({"propertyNames":{"maxLength":1}})", R"({"a":1})", R"({"bb":1})",
       "/bb | #/propertyNames/maxLength | is longer than 1 characters"},
      {R"({"dependencies":{"a":["b"]}})", R"({"a":1,"b":1})", R"({"a":1})",
       " | #/dependencies | the member \"b\", which \"a\" needs, is missing"},
      {R"({"dependencies":{"a":{"required":["b"]}}})", R"({"b":1})", R"({"a":1})",
       " | #/dependencies/a/required | the member \"b\" is missing"},
      {R"({"allOf":[{},{"type":"null"}]})", "null", "1",
       " | #/allOf/1/type | expected null, found an integer"},
      {R"({"anyOf":[{"type":"null"},{"const":1}]})", "1", "2",
       " | #/anyOf | is valid by none of 2 alternatives"},
      {R"({"oneOf":[{"minimum":1},{"maximum":3}]})", "0", "2",
       " | #/oneOf | is valid by 2 of 2 alternatives, not by one"},
      {R"({"not":{"type":"null"}})", "1", "null",
       " | #/not | is valid by a schema that it must not fulfil"},
      {R"({"if":{"minimum":5},"then":{"multipleOf":5},"else":{"const":1}})", "10", "6",
       " | #/then/multipleOf | is no multiple of 5"},
      {R"({"if":{"minimum":5},"then":{"multipleOf":5},"else":{"const":1}})", "1", "2",
       " | #/else/const | is not 1"},
      {"false", "", "1", " | # | nothing is allowed here"},
      {R"({"$ref":"#/definitions/a","definitions":{"a":{"type":"null"}}})", "null", "1",
       " | #/definitions/a/type | expected null, found an integer"},
  };
  for (const Case& c : kCases) {
    if (!c.valid.empty()) {
      EXPECT_THAT(Errors(c.schema, c.valid), ElementsAre()) << c.schema;
    }
    EXPECT_THAT(Errors(c.schema, c.invalid), ElementsAre(c.error)) << c.schema;
  }
}

TEST(SchemaTest, StatusNamesTheFirstErrors) {
  const auto schema =
      Schema::Compile(*Parse(R"({"properties": {"a": {"type": "string"}}, "required": ["b"]})"));
  ASSERT_THAT(schema, IsOk());
  EXPECT_THAT(schema->Validate(*Parse(R"({"a": 1})")),
              StatusIs(kInvalid,
                       "the document: the member \"b\" is missing (schema #/required); "
                       "/a: expected string, found an integer (schema #/properties/a/type)"));
  const auto many = Schema::Compile(*Parse(R"({"items": {"type": "null"}})"));
  EXPECT_THAT(many->Validate(*Parse("[1,1,1,1,1,1,1]")),
              StatusIs(kInvalid, HasSubstr("; and 2 more")));
}

TEST(SchemaTest, TheNumberOfErrorsIsLimited) {
  Array array;
  for (int i = 0; i < 10000; ++i) array.push_back(i);
  const auto schema = Schema::Compile(*Parse(R"({"items": {"type": "null"}})"));
  EXPECT_EQ(schema->Errors(array).size(), 100u);
}

TEST(SchemaTest, InstanceValuesAreNotShown) {
  for (const std::string_view schema :
       {R"({"const":1})", R"({"enum":[1]})", R"({"pattern":"a"})", R"({"type":"null"})",
        R"({"format":"uri"})", R"({"maxLength":1})", R"({"not":{}})", R"({"anyOf":[false]})"}) {
    for (const std::string& error : Errors(schema, "\"sEcReT\"")) {
      EXPECT_THAT(error, testing::Not(HasSubstr("sEcReT")));
    }
  }
}

absl::StatusOr<Value> Resolve(std::string_view uri) {
  if (uri == "/schemas/queue/v1/status.json") {
    return Parse(R"({"$id": "/schemas/queue/v1/status.json#",
                     "properties": {"run": {"$ref": "run.json#/definitions/run"}}})");
  }
  if (uri == "/schemas/queue/v1/run.json") {
    return Parse(R"({"$id": "/schemas/queue/v1/run.json#",
                     "definitions": {"run": {"$ref": "#/definitions/number"},
                                     "number": {"type": "integer"}}})");
  }
  return absl::NotFoundError(absl::StrCat("no schema ", uri));
}

TEST(SchemaTest, ReferencesToOtherDocumentsStartFromTheDocumentThatHoldsThem) {
  const auto schema =
      Schema::Compile(*Parse(R"({"$id": "/schemas/queue/v1/claim.json#", "$ref": "status.json#"})"),
                      "/schemas/queue/v1/claim.json", Resolve);
  ASSERT_THAT(schema, IsOk());
  EXPECT_THAT(schema->Validate(*Parse(R"({"run": 1})")), IsOk());
  EXPECT_THAT(schema->Validate(*Parse(R"({"run": "1"})")),
              StatusIs(kInvalid,
                       "/run: expected integer, found a string (schema "
                       "/schemas/queue/v1/run.json#/definitions/number/type)"));
}

TEST(SchemaTest, ReferencesThatNameNothingAreErrors) {
  struct Case {
    std::string_view schema;
    std::string_view error;
  };
  const Case kCases[] = {
      {R"({"items": {"$ref": "#/definitions/x"}})",
       "#/items: $ref \"#/definitions/x\" names nothing"},
      {R"({"$ref": "#name"})", "#: $ref \"#name\" names nothing"},
      {R"({"$ref": "#/%zz"})", "#: malformed $ref \"#/%zz\""},
      {R"({"$ref": "other.json"})",
       "#: $ref \"other.json\": the document other.json is not at hand"},
  };
  for (const Case& c : kCases) {
    EXPECT_THAT(Schema::Compile(*Parse(c.schema)), StatusIs(kInvalid, c.error)) << c.schema;
  }
  EXPECT_THAT(Schema::Compile(*Parse(R"({"$ref": "x.json"})"), "/a/b.json", Resolve),
              StatusIs(absl::StatusCode::kNotFound, "#: $ref \"x.json\": no schema /a/x.json"));
}

TEST(SchemaTest, KeywordsWithValuesTheyCannotHaveAreErrors) {
  struct Case {
    std::string_view schema;
    std::string_view error;
  };
  const Case kCases[] = {
      {"1", "#: expected a schema"},
      {R"({"type": "int"})", "#/type: unknown type \"int\""},
      {R"({"type": 1})", "#/type: expected an array of strings"},
      {R"({"required": "a"})", "#/required: expected an array of strings"},
      {R"({"minLength": -1})", "#/minLength: expected an integer that is not negative"},
      {R"({"maxItems": 1.5})", "#/maxItems: expected an integer that is not negative"},
      {R"({"minimum": "1"})", "#/minimum: expected a number"},
      {R"({"multipleOf": 0})", "#/multipleOf: expected a number greater than 0"},
      {R"({"enum": 1})", "#/enum: expected an array"},
      {R"({"uniqueItems": 1})", "#/uniqueItems: expected a boolean"},
      {R"({"properties": []})", "#/properties: expected an object of schemas"},
      {R"({"allOf": {}})", "#/allOf: expected an array of schemas"},
      {R"({"items": 1})", "#/items: expected a schema"},
      {R"({"pattern": 1})", "#/pattern: expected a string"},
  };
  for (const Case& c : kCases) {
    EXPECT_THAT(Schema::Compile(*Parse(c.schema)), StatusIs(kInvalid, c.error)) << c.schema;
  }
  EXPECT_THAT(Schema::Compile(*Parse("{\"pattern\": \"(?=x)\"}")),
              StatusIs(kInvalid, HasSubstr("#/pattern: the regular expression \"(?=x)\" is not")));
}

TEST(SchemaTest, TheDialectDecidesWhatKeywordsMean) {
  const std::string_view kBody = R"("minimum": 1, "exclusiveMinimum": true, "const": 7})";
  const auto draft4 = Schema::Compile(
      *Parse(absl::StrCat(R"({"$schema": "http://json-schema.org/draft-04/schema#",)", kBody)));
  ASSERT_THAT(draft4, IsOk());
  EXPECT_THAT(draft4->Validate(2), IsOk());
  EXPECT_THAT(draft4->Validate(1), StatusIs(kInvalid));
  EXPECT_THAT(Schema::Compile(*Parse(absl::StrCat(
                  R"({"$schema": "http://json-schema.org/draft-07/schema#",)", kBody))),
              StatusIs(kInvalid, "#/exclusiveMinimum: expected a number"));
  EXPECT_THAT(
      Schema::Compile(*Parse(R"({"$schema": "https://json-schema.org/draft/2020-12/schema"})")),
      StatusIs(kInvalid, HasSubstr("2020-12/schema\" is not supported")));
  EXPECT_THAT(Schema::Compile(*Parse(R"({"$schema": "/schemas/common/metaschema.json#"})")),
              IsOk());
}

TEST(SchemaTest, SchemasThatGoRoundInCirclesEnd) {
  EXPECT_THAT(Errors(R"({"$ref":"#"})", "1"),
              ElementsAre(HasSubstr("the schema goes round in circles")));
  EXPECT_THAT(Errors(R"({"properties":{"a":{"$ref":"#"}}})", R"({"a":{"a":{"a":1}}})"),
              ElementsAre());
}

TEST(SchemaTest, LongStringsAreNoDangerToPatterns) {
  const auto schema = Schema::Compile(*Parse(R"({"pattern": "^(a|b)*$"})"));
  EXPECT_THAT(schema->Validate(Value(std::string(1'000'000, 'a'))), IsOk());
}

}  // namespace
}  // namespace scriptworker::json
