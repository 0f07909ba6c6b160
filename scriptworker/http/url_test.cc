// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/url.h"

#include <string>
#include <string_view>

#include "absl/hash/hash_testing.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

Url Parsed(std::string_view text) {
  absl::StatusOr<Url> url = Url::Parse(text);
  EXPECT_THAT(url, IsOk()) << text;
  return url.value_or(Url());
}

TEST(UrlTest, PartsAreAsGiven) {
  const Url url = Parsed("https://queue.example:8443/api/a%2Fb%2fc?token=x%3D&y=%28");
  EXPECT_EQ(url.scheme(), "https");
  EXPECT_TRUE(url.is_https());
  EXPECT_EQ(url.host(), "queue.example");
  EXPECT_EQ(url.port(), 8443);
  EXPECT_EQ(url.authority(), "queue.example:8443");
  EXPECT_EQ(url.origin(), "https://queue.example:8443");
  EXPECT_EQ(url.path(), "/api/a%2Fb%2fc");
  EXPECT_EQ(url.query(), "token=x%3D&y=%28");
  EXPECT_EQ(url.target(), "/api/a%2Fb%2fc?token=x%3D&y=%28");
}

TEST(UrlTest, WithoutPathTheTargetIsASlash) {
  const Url url = Parsed("http://localhost");
  EXPECT_EQ(url.ToString(), "http://localhost");
  EXPECT_EQ(url.path(), "/");
  EXPECT_EQ(url.query(), "");
  EXPECT_EQ(url.target(), "/");
  EXPECT_EQ(url.authority(), "localhost");
  EXPECT_EQ(url.port(), 80);
  EXPECT_FALSE(url.is_https());
}

TEST(UrlTest, AnEmptyQueryIsKept) {
  EXPECT_EQ(Parsed("https://a.example/x?").target(), "/x?");
  EXPECT_EQ(Parsed("https://a.example/x?").query(), "");
}

TEST(UrlTest, ADefaultUrlIsEmpty) {
  const Url url;
  EXPECT_TRUE(url.empty());
  EXPECT_EQ(url.target(), "");
  EXPECT_EQ(url.path(), "");
  EXPECT_EQ(url.query(), "");
  EXPECT_EQ(url.host(), "");
  EXPECT_THAT(url.Resolve("https://a.example/"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(url.WithTarget("/"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(UrlTest, HashesAsItCompares) {
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(
      {Url(), Parsed("http://a"), Parsed("http://a/"), Parsed("https://a")}));
}

struct AcceptedCase {
  std::string_view name;
  std::string_view text;
};

class AcceptedUrlTest : public TestWithParam<AcceptedCase> {};

TEST_P(AcceptedUrlTest, IsKeptByteForByte) {
  EXPECT_EQ(Parsed(GetParam().text).ToString(), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, AcceptedUrlTest,
    ValuesIn<AcceptedCase>({
        {.name = "DottedQuad", .text = "http://127.0.0.1:8180/api"},
        {.name = "Ipv6", .text = "http://[::1]:80/"},
        {.name = "ExplicitDefaultPort", .text = "https://a.example:443/"},
        {.name = "SingleLabelThatBeginsWithADigit", .text = "http://4c01db0b/"},
        {.name = "Punycode", .text = "https://xn--bcher-kva.example/"},
        {.name = "Underscore", .text = "http://tc_web_1:8080/"},
        {.name = "EscapedSlash", .text = "https://a.example/x%2Fy%2f"},
        {.name = "DoubleEscape", .text = "https://a.example/foo%2541"},
        {.name = "EmptySegments", .text = "https://a.example//x//"},
        {.name = "DotsWithinSegments", .text = "https://a.example/..a/.b/c.."},
        {.name = "DotsInTheQuery", .text = "https://a.example/?p=/../x"},
        {.name = "EscapedDotDotWithinASegment", .text = "https://a.example/public%2F..%2Fx"},
        {.name = "SubDelimiters", .text = "https://a.example/!$&'()*+,;=:@"},
        {.name = "WhatTheQueueLeavesRaw", .text = "https://a.example/a|b^[c]"},
        {.name = "Presigned",
         .text = "https://b.s3.example/k?X-Amz-Credential=AK%2F20261122&"
                 "X-Amz-Signature=e94&x-id=PutObject"},
    }),
    [](const auto& info) { return std::string(info.param.name); });

struct RefusedCase {
  std::string_view name;
  std::string_view text;
  std::string_view reason;
};

class RefusedUrlTest : public TestWithParam<RefusedCase> {};

TEST_P(RefusedUrlTest, IsRefusedForTheReason) {
  EXPECT_THAT(Url::Parse(GetParam().text),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().reason)));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, RefusedUrlTest,
    ValuesIn<RefusedCase>({
        {.name = "Empty", .text = "", .reason = "expected to begin with"},
        {.name = "NoScheme", .text = "//a.example/", .reason = "expected to begin with"},
        {.name = "UpperCaseScheme",
         .text = "HTTPS://a.example/",
         .reason = "expected to begin with"},
        {.name = "BlankBeforeTheScheme",
         .text = " https://a.example/",
         .reason = "expected to begin with"},
        {.name = "TabInTheScheme",
         .text = "ht\ttps://a.example/",
         .reason = "expected to begin with"},
        {.name = "OtherScheme", .text = "ftp://a.example/", .reason = "expected to begin with"},
        {.name = "SshScheme", .text = "ssh://github.com/a/b", .reason = "expected to begin with"},
        {.name = "ScpLike", .text = "git@github.com:a/b", .reason = "expected to begin with"},
        {.name = "OneSlash", .text = "https:/a.example/", .reason = "expected to begin with"},
        {.name = "ThreeSlashes", .text = "https:///a.example/", .reason = "no host"},
        {.name = "NoHost", .text = "https://", .reason = "no host"},
        {.name = "OnlyAPort", .text = "https://:80/", .reason = "no host"},
        {.name = "User", .text = "https://github.com@evil.example/", .reason = "user info"},
        {.name = "UserAndPassword",
         .text = "https://user:hunter2@a.example/",
         .reason = "user info"},
        {.name = "BackslashInTheAuthority",
         .text = "https://a.example\\@evil.example/",
         .reason = "user info"},
        {.name = "BackslashAsSlash",
         .text = "https://a.example\\x",
         .reason = "'\\\\' in the host"},
        {.name = "BackslashInThePath",
         .text = "https://a.example/x\\y",
         .reason = "'\\\\' in path"},
        {.name = "UpperCaseHost", .text = "https://A.example/", .reason = "not in lower case"},
        {.name = "NonAsciiHost",
         .text = "https://b\xc3\xbc"
                 "cher.example/",
         .reason = "in the host"},
        {.name = "EscapeInTheHost", .text = "https://a%2eexample/", .reason = "'%' in the host"},
        {.name = "TrailingDot", .text = "https://a.example./", .reason = "an empty host label"},
        {.name = "EmptyLabel", .text = "https://a..example/", .reason = "an empty host label"},
        {.name = "LeadingHyphen", .text = "https://-a.example/", .reason = "hyphen"},
        {.name = "ShortIpv4", .text = "http://127.1/", .reason = "no dotted quad"},
        {.name = "DecimalIpv4", .text = "http://2130706433/", .reason = "no dotted quad"},
        {.name = "HexadecimalIpv4", .text = "http://0x7f000001/", .reason = "no dotted quad"},
        {.name = "HexadecimalLastPart", .text = "http://127.0.0.0x1/", .reason = "no dotted quad"},
        {.name = "OctalIpv4", .text = "http://0177.0.0.1/", .reason = "no dotted quad"},
        {.name = "Ipv4OutOfRange", .text = "http://127.0.0.256/", .reason = "no dotted quad"},
        {.name = "UnclosedBracket", .text = "http://[::1/", .reason = "brackets"},
        {.name = "NoAddressInBrackets", .text = "http://[a.example]/", .reason = "brackets"},
        {.name = "ZoneInBrackets", .text = "http://[fe80::1%25eth0]/", .reason = "brackets"},
        {.name = "NulInBrackets",
         .text = std::string_view("http://[::\0x]/", 14),
         .reason = "brackets"},
        {.name = "UpperCaseIpv6", .text = "http://[::A]/", .reason = "brackets"},
        {.name = "TextAfterTheBracket", .text = "http://[::1]x:80/", .reason = "brackets"},
        {.name = "EmptyPort", .text = "http://a.example:/", .reason = "a port"},
        {.name = "PortZero", .text = "http://a.example:0/", .reason = "a port"},
        {.name = "PortWithZero", .text = "http://a.example:080/", .reason = "a port"},
        {.name = "PortTooLarge", .text = "http://a.example:65536/", .reason = "a port"},
        {.name = "PortWithSign", .text = "http://a.example:+80/", .reason = "a port"},
        {.name = "TwoPorts", .text = "http://a.example:80:81/", .reason = "a port"},
        {.name = "Fragment", .text = "https://a.example/x#y", .reason = "a fragment"},
        {.name = "FragmentAfterTheHost",
         .text = "https://a.example#@evil.example/",
         .reason = "a fragment"},
        {.name = "QueryAfterTheHost",
         .text = "https://a.example?@evil.example/",
         .reason = "without a path"},
        {.name = "Blank", .text = "https://a.example/a b", .reason = "' ' in"},
        {.name = "Newline", .text = "https://a.example/a\n", .reason = "'\\n' in path"},
        {.name = "Nul",
         .text = std::string_view("https://a.example/\0", 19),
         .reason = "'\\x00' in path"},
        {.name = "NonAsciiPath", .text = "https://a.example/\xc3\xbc", .reason = "in path"},
        {.name = "Braces", .text = "https://a.example/{x}", .reason = "'{' in"},
        {.name = "CutEscape", .text = "https://a.example/x%4", .reason = "starts no escape"},
        {.name = "NoEscape", .text = "https://a.example/100%", .reason = "starts no escape"},
        {.name = "NoEscapeInTheQuery",
         .text = "https://a.example/?x=%zz",
         .reason = "starts no escape"},
        {.name = "DotSegment", .text = "https://a.example/./x", .reason = "'.' or '..'"},
        {.name = "DotDotSegment",
         .text = "https://a.example/repo/../other",
         .reason = "'.' or '..'"},
        {.name = "DotDotAtTheEnd", .text = "https://a.example/repo/..", .reason = "'.' or '..'"},
        {.name = "EscapedDotDot",
         .text = "https://a.example/repo/%2e%2E/other",
         .reason = "'.' or '..'"},
        {.name = "HalfEscapedDotDot",
         .text = "https://a.example/repo/.%2e/other",
         .reason = "'.' or '..'"},
    }),
    [](const auto& info) { return std::string(info.param.name); });

TEST(UrlTest, TooLongIsRefused) {
  const std::string longest = "https://a.example/" + std::string(Url::kMaxLength - 18, 'x');
  EXPECT_THAT(Url::Parse(longest), IsOk());
  EXPECT_THAT(Url::Parse(longest + "x"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Url::Parse("https://" + std::string(64, 'x') + ".example/"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(UrlTest, ErrorsHoldNoSecrets) {
  EXPECT_THAT(Url::Parse("https://user:hunter2@a.example/"),
              StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("hunter2"))));
  EXPECT_THAT(Url::Parse("https://a.example/x y?bewit=c2VjcmV0"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("a.example"), Not(HasSubstr("c2VjcmV0")))));
}

struct ResolveCase {
  std::string_view name;
  std::string_view reference;
  std::string_view expected;
};

class ResolveTest : public TestWithParam<ResolveCase> {};

TEST_P(ResolveTest, FollowsRfc3986) {
  const Url base = Parsed("https://a.example:8443/b/c/d?q=1");
  absl::StatusOr<Url> url = base.Resolve(GetParam().reference);
  ASSERT_THAT(url, IsOk());
  EXPECT_EQ(url->ToString(), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    References, ResolveTest,
    ValuesIn<ResolveCase>({
        {.name = "Absolute",
         .reference = "http://x.example/y?z",
         .expected = "http://x.example/y?z"},
        {.name = "SchemeRelative", .reference = "//x.example/y", .expected = "https://x.example/y"},
        {.name = "AbsolutePath", .reference = "/y?z", .expected = "https://a.example:8443/y?z"},
        {.name = "RelativePath", .reference = "y", .expected = "https://a.example:8443/b/c/y"},
        {.name = "Parent", .reference = "../y", .expected = "https://a.example:8443/b/y"},
        {.name = "BeyondTheRoot",
         .reference = "../../../../y",
         .expected = "https://a.example:8443/y"},
        {.name = "ParentFolder", .reference = "..", .expected = "https://a.example:8443/b/"},
        {.name = "ThisFolder", .reference = "./", .expected = "https://a.example:8443/b/c/"},
        {.name = "Query", .reference = "?z", .expected = "https://a.example:8443/b/c/d?z"},
        {.name = "Fragment", .reference = "#z", .expected = "https://a.example:8443/b/c/d?q=1"},
        {.name = "FragmentIsDropped",
         .reference = "https://x.example/y#z",
         .expected = "https://x.example/y"},
        {.name = "ColonInTheQuery",
         .reference = "y?a:b",
         .expected = "https://a.example:8443/b/c/y?a:b"},
    }),
    [](const auto& info) { return std::string(info.param.name); });

TEST(UrlTest, ResolveIsAsStrictAsParse) {
  const Url base = Parsed("https://a.example/b");
  for (std::string_view reference :
       {"https://user@x.example/", "ftp://x.example/", "javascript:alert(1)", "//x.example:99999/",
        "/a b", "\\\\x.example", "%2e%2e/x", "HTTPS://x.example/"}) {
    EXPECT_THAT(base.Resolve(reference), StatusIs(absl::StatusCode::kInvalidArgument)) << reference;
  }
}

TEST(UrlTest, WithTargetKeepsTheOrigin) {
  const Url base = Parsed("https://a.example:8443/b?c");
  EXPECT_THAT(base.WithTarget("/x%2Fy?z"),
              IsOkAndHolds(Eq(Parsed("https://a.example:8443/x%2Fy?z"))));
  EXPECT_THAT(base.WithTarget("x"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(base.WithTarget("@evil.example/"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(UrlTest, SameOriginComparesSchemeHostAndPort) {
  const Url url = Parsed("https://a.example/x");
  EXPECT_TRUE(url.IsSameOrigin(Parsed("https://a.example:443/y")));
  EXPECT_FALSE(url.IsSameOrigin(Parsed("http://a.example:443/x")));
  EXPECT_FALSE(url.IsSameOrigin(Parsed("https://b.example/x")));
  EXPECT_FALSE(url.IsSameOrigin(Parsed("https://a.example:444/x")));
}

struct RedactCase {
  std::string_view name;
  std::string_view text;
  std::string_view expected;
};

class RedactUrlTest : public TestWithParam<RedactCase> {};

TEST_P(RedactUrlTest, CutsBeforeTheFirstSecret) {
  EXPECT_EQ(RedactUrl(GetParam().text), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, RedactUrlTest,
    ValuesIn<RedactCase>({
        {.name = "NothingSecret", .text = "https://foo/bar?x=1", .expected = "https://foo/bar?x=1"},
        {.name = "Bewit",
         .text = "https://foo/bar?bewit=abc&x",
         .expected = "https://foo/bar?<snip>"},
        {.name = "AwsAccessKeyId",
         .text = "https://foo/bar?AWSAccessKeyId=abc",
         .expected = "https://foo/bar?<snip>"},
        {.name = "Token",
         .text = "https://raw.example/a?x=1&token=abc",
         .expected = "https://raw.example/a?x=1&<snip>"},
        {.name = "ContinuationToken",
         .text = "https://foo/bar?continuationToken=abc",
         .expected = "https://foo/bar?continuationToken=abc"},
        {.name = "AccessToken",
         .text = "https://foo/bar?access_token=abc",
         .expected = "https://foo/bar?<snip>"},
        {.name = "Credential",
         .text = "https://foo/bar?Credential=abc",
         .expected = "https://foo/bar?<snip>"},
        {.name = "AmzCredential",
         .text = "https://foo/bar?X-Amz-Credential=abc",
         .expected = "https://foo/bar?X-Amz-<snip>"},
        {.name = "FirstOfSeveral",
         .text = "https://foo/bar?Credential=a&bewit=b",
         .expected = "https://foo/bar?<snip>"},
        {.name = "AmzSignatureAlone",
         .text = "https://foo/bar?X-Amz-Signature=abc",
         .expected = "https://foo/bar?X-Amz-<snip>"},
        {.name = "AmzSecurityToken",
         .text = "https://foo/bar?X-Amz-Security-Token=abc",
         .expected = "https://foo/bar?X-Amz-<snip>"},
        {.name = "GoogleSignature",
         .text = "https://foo/bar?a=b&GoogleAccessId=x&Signature=y",
         .expected = "https://foo/bar?a=b&<snip>"},
        {.name = "SharedAccessSignature",
         .text = "https://foo/bar?se=1&sig=abc",
         .expected = "https://foo/bar?se=1&<snip>"},
        {.name = "OtherCase",
         .text = "https://foo/bar?BEWIT=abc",
         .expected = "https://foo/bar?<snip>"},
        {.name = "ContinuationTokenIsNoSecret",
         .text = "https://foo/bar?continuationToken=abc",
         .expected = "https://foo/bar?continuationToken=abc"},
        {.name = "UserInfo",
         .text = "https://user:pass@foo/bar@baz",
         .expected = "https://<snip>@foo/bar@baz"},
        {.name = "Empty", .text = "", .expected = ""},
    }),
    [](const auto& info) { return std::string(info.param.name); });

TEST(PercentEncodeTest, LeavesUnreservedCharactersAlone) {
  EXPECT_EQ(PercentEncode("AZaz09_.-~"), "AZaz09_.-~");
  EXPECT_EQ(PercentEncode("public/build (1),%\n\xc3\xbc"),
            "public%2Fbuild%20%281%29%2C%25%0A%C3%BC");
  EXPECT_EQ(PercentEncode(std::string_view("\0", 1)), "%00");
}

TEST(PercentDecodeTest, DecodesOnce) {
  EXPECT_THAT(PercentDecode("foo%2541%2f+"), IsOkAndHolds(Eq("foo%41/+")));
  EXPECT_THAT(PercentDecode("%c3%BC"), IsOkAndHolds(Eq("\xc3\xbc")));
  for (std::string_view text : {"%", "%4", "a%zz", "%%41"}) {
    EXPECT_THAT(PercentDecode(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

TEST(PercentDecodeTest, UndoesPercentEncode) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_THAT(PercentDecode(PercentEncode(all)), IsOkAndHolds(Eq(all)));
}

}  // namespace
}  // namespace scriptworker::http
