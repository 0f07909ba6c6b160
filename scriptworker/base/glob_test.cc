// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/glob.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace scriptworker {
namespace {

struct Case {
  std::string_view pattern, name;
  bool matches;
};

constexpr Case kCases[] = {
    // The forms that tasks use for upstream artifacts.
    {"*", "foo", true},
    {"*", "", true},
    {"*", "public/logs/live.log", true},
    {"*.log", "live.log", true},
    {"*.log", "public/live.log", true},
    {"*.log", "live.log.gz", false},
    {"public/*", "public/foo", true},
    {"public/*", "public/", true},
    {"public/*", "publicfoo", false},
    {"public/*.log", "public/a/b.log", true},
    {"public/foo", "public/foo", true},
    {"public/foo", "public/Foo", false},
    {"public/foo", "public/foo\n", false},
    // One character is one code point; a wrong byte counts as one.
    {"?", "a", true},
    {"?", "/", true},
    {"?", "", false},
    {"?", "ab", false},
    {"?", "\303\251", true},
    {"?", "\360\237\246\212", true},
    {"?", "\377", true},
    {"?", "\303", true},
    {"?\?", "\355\240", true},
    {"\377", "\377", true},
    {"\377", "\376", false},
    {"[\303\240-\303\277]", "\303\251", true},
    {"[a-z]", "\303\251", false},
    {"[!a-z]", "\303\251", true},
    // Sets, ranges and brackets that are never closed.
    {"[abc]", "b", true},
    {"[!abc]", "b", false},
    {"[!abc]", "", false},
    {"[a-c]x", "bx", true},
    {"[c-a]", "b", false},
    {"[!c-a]", "b", true},
    {"[a-c-e]", "-", true},
    {"[a-c-e]", "d", false},
    {"[]]", "]", true},
    {"[!]]", "]", false},
    {"[]", "[]", true},
    {"[!]", "[!]", true},
    {"[a", "[a", true},
    {"[[]", "[", true},
    {"\\*", "\\x", true},
    {"\\*", "*", false},
    {"[\\]", "\\", true},
    {"a*b*c", "axbxbxc", true},
    {"a*b*c", "axbxbx", false},
    {"**a**", "bab", true},
    {"", "", true},
    {"", "a", false},
    // Random ones; the answers are Python 3.11's.
    {"[-c\\?[*]", "\\", true},
    {"[![]", "a", true},
    {"[a[!]", "[", true},
    {"c[!-[]*", "c!!", true},
    {"[b]*?", "b\n", true},
    {"[ac[-]*", "--[\\", true},
    {"*[[ba]", "b-!b", true},
    {"^[ba*]", "^b", true},
    {"?[c*]*", "]cc!", true},
    {"[![]?", "][", true},
    {"[[-]?[]", "-\n[]", true},
    {"[b]", "b", true},
    {"*[*[[[^]", "^", true},
    {"[!\\^!-[]", "]", true},
    {"[^?!-^]", "!", true},
    {"[[]", "[", true},
    {"[[^ac]*", "^^", true},
    {"[]^!]", "!", true},
    {"b[!\\?\\\\]", "b]", true},
    {"[\\[b*]", "\\", true},
    {"[*-^*^]", "-", true},
    {"*[!^-!]b", "^acb", true},
    {"[*b?c[a]", "b", true},
    {"[\\[*[]*", "[-", true},
    {"[--?]", "-", true},
    {"[?-c\\!]", "!", true},
    {"[-[-!*b]", "-", true},
    {"*a[a-]", "\na-", true},
    {"[^b-^[]", "^", true},
    {"[][?b]", "[", true},
    {"![-^?]", "!-", true},
    {"[[-^]?**", "\\[", true},
    {"[ac]", "c", true},
    {"[?*\\[c]", "[", true},
    {"[*ba]*", "a^\n", true},
    {"[*-[]", "[", true},
    {"[b*\\-^]", "\\", true},
    {"[^!-\\?-]", "!", true},
    {"[c?b]", "b", true},
    {"*[?!-[[]", "b\\[", true},
    {"!\\a[?]]", "b\n!\\", false},
    {"][*-]?[", "!a", false},
    {"[[-?\\b]", "b]\na", false},
    {"?[-*][\\\\", "b-a", false},
    {"[[-]?*[-", "-]", false},
    {"*[!c]", "", false},
    {"[]a?]?\?", "bbc", false},
    {"[\\]b!]", "!", false},
    {"*![a]", "\\", false},
    {"][-]\\c", "", false},
    {"?[a\\-?]\\", "", false},
    {"]][[*\\b]", "^[", false},
    {"-[*\\]c]b", "a[", false},
    {"[a^]]-!", "\303\251", false},
    {"!][]b]^", "!", false},
    {"a[-]?c[", "", false},
    {"[[ac][^", "-", false},
    {"[--?![-]", "-b!", false},
    {"!][-]", "b]\n", false},
    {"[-a[-\\]\\", "[", false},
    {"^[*]", "\na-c", false},
    {"\\?\?[*]", "^[\n", false},
    {"[c[!!]^\\", "", false},
    {"]b[^]a", "\n\303\251", false},
    {"[]]?[c-", "!b", false},
    {"[?b]*", "!]-[", false},
    {"[^]][", "\\!!", false},
    {"*[\\]", "]-", false},
    {"c[-\\?]*^", "^[^-", false},
    {"a[[][]", "ab-", false},
    {"a^[?c]b-", "\303\251", false},
    {"[]--[]c[", "]", false},
    {"[!]?", "\n\n\303\251", false},
    {"[]]", "\303\251-c!", false},
    {"^[c-c[]*", "\\!", false},
    {"^[*-\\-!]", "\303\251-\303\251-", false},
    {"[-cb]\\-b", "[", false},
    {"*[\\bb]", "a", false},
    {"ca[\\]]", "\n]", false},
    {"]^[][!-]", "", false},
};

TEST(GlobMatchTest, AgreesWithFnmatchcase) {
  for (const Case& c : kCases) {
    EXPECT_EQ(GlobMatch(c.pattern, c.name), c.matches)
        << "pattern: " << c.pattern << " name: " << c.name;
  }
}

TEST(GlobMatchTest, TakesPolynomialTimeOnHostilePatterns) {
  std::string stars, brackets;
  for (int i = 0; i < 500; ++i) {
    stars += "*a";
    brackets += "*[";
  }
  const std::string name(2000, 'a');
  EXPECT_FALSE(GlobMatch(stars + "b", name));
  EXPECT_FALSE(GlobMatch(brackets, name));
  EXPECT_FALSE(GlobMatch("*" + std::string(1000, '['), name));
}

}  // namespace
}  // namespace scriptworker
