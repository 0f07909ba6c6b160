// SPDX-License-Identifier: MPL-2.0
// The expectations were compared with PyYAML 6.0.3.
#include "scriptworker/json/testing/reference_yaml.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "scriptworker/json/testing/event_dump.h"

namespace scriptworker::json {
namespace {

std::string DumpAsReference(std::string_view text) {
  return DumpYamlEvents(text, ParseYamlEventsAsReference);
}

struct Case {
  std::string_view text;
  std::string_view events;
};

void ExpectEvents(const Case& c) { EXPECT_EQ(DumpAsReference(c.text), c.events) << c.text; }

TEST(ReferenceYamlTest, BlockCollections) {
  for (const Case& c : {
           Case{"", ""},
           Case{"# only a comment\n", ""},
           Case{"a", "doc =a"},
           Case{"- a\n- b\n", "doc [ =a =b ]"},
           Case{"-\n- \n", "doc [ = = ]"},
           Case{"- - a\n  - b\n- c", "doc [ [ =a =b ] =c ]"},
           Case{"a: 1\nb:\n  c: 2\n", "doc { =a =1 =b { =c =2 } }"},
           Case{"a:\n- 1\n- 2\nb: 3", "doc { =a [ =1 =2 ] =b =3 }"},
           Case{"a:\n  - 1\nb:", "doc { =a [ =1 ] =b = }"},
           Case{"- a: 1\n  b: 2\n- c: 3", "doc [ { =a =1 =b =2 } { =c =3 } ]"},
           Case{"? a\n: b\n? c\n", "doc { =a =b =c = }"},
           Case{"? - a\n: - b\n", "doc { [ =a ] [ =b ] }"},
           Case{": a", "error 1:1: expected a key or the end of the mapping, found ':'"},
           Case{"a :  b # c", "doc { =a =b }"},
           Case{"'a': \"b\"", "doc { ='a' ='b' }"},
           Case{"a:b", "doc =a:b"},
           Case{"a: b:c", "doc { =a =b:c }"},
           Case{"http://x: y", "doc { =http://x =y }"},
       }) {
    ExpectEvents(c);
  }
}

TEST(ReferenceYamlTest, FlowCollections) {
  for (const Case& c : {
           Case{"[]", "doc [ ]"},
           Case{"{}", "doc { }"},
           Case{"[a, b, ]", "doc [ =a =b ]"},
           Case{"{a: 1, b: 2, }", "doc { =a =1 =b =2 }"},
           Case{"{\"a\":1,\"b\":[true,null]}", "doc { ='a' =1 ='b' [ =true = ] }"},
           Case{"{a, b: , c: 1}", "doc { =a = =b = =c =1 }"},
           Case{"[a: 1, b]", "doc [ { =a =1 } =b ]"},
           Case{"[? a : b]", "doc [ { =a =b } ]"},
           Case{"{? a : b, ? c}", "doc { =a =b =c = }"},
           Case{"[[a],\n{b: [c]}]", "doc [ [ =a ] { =b [ =c ] } ]"},
           Case{"a: {\n}\n", "doc { =a { } }"},
           Case{"[a, [b", "error 1:7: expected ',' or ']', found the end of the text"},
           Case{"{a: 1", "error 1:6: expected ',' or '}', found the end of the text"},
           Case{"[,]", "error 1:2: expected a value, found ','"},
           Case{"[a]]", "error 1:4: expected a node, found ']'"},
           Case{"[a}", "error 1:3: expected ',' or ']', found '}'"},
       }) {
    ExpectEvents(c);
  }
}

TEST(ReferenceYamlTest, PlainScalars) {
  for (const Case& c : {
           Case{"a b  c", "doc =a b  c"},
           Case{"a\nb\n\nc", "doc =a b\\nc"},
           Case{"k: a\n  b\n  c\nl: d", "doc { =k =a b c =l =d }"},
           Case{"a#b #c", "doc =a#b"},
           Case{"-a", "doc =-a"},
           Case{"?a", "doc =?a"},
           Case{":a", "doc =:a"},
           Case{"é: ü", "doc { =\\u00e9 =\\u00fc }"},
           Case{"a\u2028b", "doc =a\\u2028b"},
           Case{"a\r\nb\rc\u0085"
                "d",
                "doc =a b c d"},
           Case{"\xef\xbb\xbf"
                "a: b",
                "doc { =a =b }"},
           Case{"a\n---\nb", "doc =a doc =b"},
           Case{"a: 'b'\n c: d",
                "error 2:2: expected a key or the end of the mapping, found a mapping"},
           Case{"@a", "error 1:1: expected a node, found '@'"},
           Case{"`a", "error 1:1: expected a node, found '`'"},
           Case{"%a", "error 1:3: expected '---', found the end of the text"},
           Case{"\ta", "error 1:1: a tab is not allowed here"},
           Case{"a:\tb", "error 1:3: a tab is not allowed here"},
       }) {
    ExpectEvents(c);
  }
}

TEST(ReferenceYamlTest, QuotedScalars) {
  for (const Case& c : {
           Case{"'a''b'", "doc ='a'b'"},
           Case{"'a\\n\"'", "doc ='a\\\\n\\\"'"},
           Case{"'a\n  b\n\n  c '", "doc ='a b\\nc '"},
           Case{"\"a\\\n  b\"", "doc ='ab'"},
           Case{"\"a  \n  b\"", "doc ='a b'"},
           Case{R"("\0\a\b\t\n\v\f\r\e\ \"\/\\\N\_\L\P")",
                R"(doc ='\u0000\u0007\b\t\n\u000b\f\r\u001b \"/\\\u0085\u00a0\u2028\u2029')"},
           Case{R"("\x41\u00e9\U0001f600\ud83d\ude00")",
                R"(doc ='A\u00e9\ud83d\ude00\ud83d\ude00')"},
           Case{"\"a", "error 1:1: this quoted text does not end"},
           Case{"'a\n---\n'", "error 2:1: a document marker within a quoted text"},
           Case{"\"\\q\"", "error 1:3: expected a known escape after '\\', found 'q'"},
           Case{"\"\\x4\"", "error 1:3: this escape needs 2 hexadecimal digits"},
           Case{"\"\\ud800\"", "error 1:3: this escape names no character"},
           Case{"\"\\U00110000\"", "error 1:3: this escape names no character"},
           Case{"'a' b", "error 1:5: expected '---', found a scalar"},
       }) {
    ExpectEvents(c);
  }
}

TEST(ReferenceYamlTest, BlockScalars) {
  for (const Case& c : {
           Case{"|\n a\n  b\n\n c\n", "doc ='a\\n b\\n\\nc\\n'"},
           Case{">\n a\n b\n\n c\n", "doc ='a b\\nc\\n'"},
           Case{">\n a\n  b\n c\n", "doc ='a\\n b\\nc\\n'"},
           Case{"|-\n a\n\n", "doc ='a'"},
           Case{"|+\n a\n\n", "doc ='a\\n\\n'"},
           Case{"|2-\n   a\n", "doc =' a'"},
           Case{"|-2\n   a\n", "doc =' a'"},
           Case{"a: |\n  x\n  y\nb: 1", "doc { =a ='x\\ny\\n' =b =1 }"},
           Case{"- |\n  x\n- >-\n  y", "doc [ ='x\\n' ='y' ]"},
           Case{"| # comment\n a", "doc ='a'"},
           Case{"|\n", "doc =''"},
           Case{"|0\n a", "error 1:2: expected an indentation from 1 to 9, found '0'"},
           Case{"|x\n a",
                "error 1:2: expected a line break after the block's indicators, found 'x'"},
           Case{"|1 x\n a", "error 1:4: expected a comment or a line break, found 'x'"},
       }) {
    ExpectEvents(c);
  }
}

TEST(ReferenceYamlTest, AnchorsAndTags) {
  for (const Case& c : {
           Case{"- &a b\n- *a", "doc [ &a =b *a ]"},
           Case{"&a {b: c}", "doc &a { =b =c }"},
           Case{"&a [b]", "doc &a [ =b ]"},
           Case{"&a\n- b", "doc &a [ =b ]"},
           Case{"!!str 1", "doc <tag:yaml.org,2002:str> =1"},
           Case{"&a !x b", "doc &a <!x> =b"},
           Case{"!x &a b", "doc &a <!x> =b"},
           Case{"! a", "doc <!> =a"},
           Case{"!<tag:a%21> b", "doc <tag:a!> =b"},
           Case{"[!!str , &a ]", "doc [ <tag:yaml.org,2002:str> = &a = ]"},
           Case{"%TAG !e! tag:e,2000:\n---\n!e!x a", "doc <tag:e,2000:x> =a"},
           Case{"!e!x a", "error 1:1: the tag handle !e! is not defined"},
           Case{"*", "error 1:2: expected a letter or digit, found the end of the text"},
           Case{"&a&b c", "error 1:3: expected a letter or digit, found '&'"},
           Case{"&a *b", "error 1:4: expected '---', found an alias"},
           Case{"!a%zz b", "error 1:4: expected two hexadecimal digits, found 'z'"},
           Case{"!a%ff b", "error 1:3: these escapes are no UTF-8"},
           Case{"!<a b", "error 1:4: expected '>', found ' '"},
       }) {
    ExpectEvents(c);
  }
}

TEST(ReferenceYamlTest, Documents) {
  for (const Case& c : {
           Case{"---\na\n...\n", "doc =a"},
           Case{"---\n", "doc ="},
           Case{"---\n---\na", "doc = doc =a"},
           Case{"a\n...\nb", "error 3:1: expected '---', found a scalar"},
           Case{"%YAML 1.1\n---\na", "doc =a"},
           Case{"%YAML 2.0\n---\na", "error 1:1: only YAML 1.x can be read"},
           Case{"%YAML 1.1\n%YAML 1.1\n---\na", "error 2:1: the YAML version is stated twice"},
           Case{"%YAML 1\n---\n",
                "error 1:8: expected a version such as 1.1, found the end of the line"},
           Case{"%TAG ! a\n%TAG ! b\n---\n", "error 2:1: the tag handle ! is defined twice"},
           Case{"%FOO bar\n---\na", "doc =a"},
           Case{"%YAML 1.1\na", "error 2:1: expected '---', found a scalar"},
       }) {
    ExpectEvents(c);
  }
}

TEST(ReferenceYamlTest, IndentationAndKeys) {
  for (const Case& c : {
           Case{"a: b: c", "error 1:5: a mapping value is not allowed here"},
           Case{"a: - b", "error 1:4: a sequence entry is not allowed here"},
           Case{"- a\nb: c", "error 2:1: expected '-' or the end of the sequence, found a key"},
           Case{"a: 1\n b: 2", "error 2:3: a mapping value is not allowed here"},
           Case{"a:\n  b: 1\n c: 2",
                "error 3:2: expected a key or the end of the mapping, found a mapping"},
           Case{"a: 1\nb\nc: 2", "error 2:1: this key has no ':' on its line"},
           Case{"'a\nb': c", "error 2:3: a mapping value is not allowed here"},
           Case{"{'a\nb': c}", "error 2:3: expected ',' or '}', found ':'"},
       }) {
    ExpectEvents(c);
  }
  // A key has at most 1024 characters.
  EXPECT_EQ(DumpAsReference(absl::StrCat(std::string(1024, 'x'), ": y")).substr(0, 8), "doc { =x");
  EXPECT_EQ(DumpAsReference(absl::StrCat(std::string(1025, 'x'), ": y")),
            "error 1:1026: a mapping value is not allowed here");
}

TEST(ReferenceYamlTest, CharactersThatYamlDoesNotAllow) {
  for (const Case& c : {
           Case{"a: \xff", "error 1:4: the byte 0xff is no UTF-8"},
           Case{"é\n\u2028\xed\xa0\x80", "error 3:1: the byte 0xed is no UTF-8"},
           Case{"\"\x01\"", "error 1:2: the character U+0001 is not allowed"},
           Case{std::string_view("a\0b", 3), "error 1:2: the character U+0000 is not allowed"},
           Case{"a\x7f", "error 1:2: the character U+007F is not allowed"},
           Case{"\u0080", "error 1:1: the character U+0080 is not allowed"},
           Case{"\uffff", "error 1:1: the character U+FFFF is not allowed"},
       }) {
    ExpectEvents(c);
  }
}

TEST(ReferenceYamlTest, DeepNestingIsTheHandlersBusiness) {
  const std::string deep = std::string(200000, '[') + std::string(200000, ']');
  EXPECT_EQ(DumpAsReference(deep).substr(0, 7), "doc [ [");
}

}  // namespace
}  // namespace scriptworker::json
