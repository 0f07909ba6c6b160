// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/proxy.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/http/url.h"

namespace scriptworker::http {
namespace {

using ::testing::TestWithParam;
using ::testing::ValuesIn;

Url Parsed(std::string_view text) {
  absl::StatusOr<Url> url = Url::Parse(text);
  EXPECT_TRUE(url.ok()) << text;
  return url.value_or(Url());
}

TEST(ProxyRulesTest, NoVariableNoProxy) {
  const ProxyRules rules{Environment()};
  EXPECT_EQ(rules.ProxyFor(Parsed("http://a.example/")), "");
  EXPECT_EQ(rules.ProxyFor(Parsed("https://a.example/")), "");
}

TEST(ProxyRulesTest, EachSchemeHasItsVariable) {
  const ProxyRules rules{
      Environment({{"http_proxy", "http://h:1"}, {"HTTPS_PROXY", "http://s:2"}})};
  EXPECT_EQ(rules.ProxyFor(Parsed("http://a.example/")), "http://h:1");
  EXPECT_EQ(rules.ProxyFor(Parsed("https://a.example/")), "http://s:2");
}

TEST(ProxyRulesTest, AllProxyFillsIn) {
  const ProxyRules rules{Environment({{"ALL_PROXY", "socks5h://a:1"}, {"https_proxy", ""}})};
  EXPECT_EQ(rules.ProxyFor(Parsed("http://a.example/")), "socks5h://a:1");
  EXPECT_EQ(rules.ProxyFor(Parsed("https://a.example/")), "");
}

TEST(ProxyRulesTest, UpperCaseHttpProxyIsAClientsToSet) {
  const ProxyRules rules{Environment(Environment::Variables{{"HTTP_PROXY", "http://evil:1"}})};
  EXPECT_EQ(rules.ProxyFor(Parsed("http://a.example/")), "");
}

TEST(ProxyRulesTest, KnowsWhichProxiesSpeakHttp) {
  EXPECT_TRUE(ProxyRules::IsHttpProxy("proxy:3128"));
  EXPECT_TRUE(ProxyRules::IsHttpProxy("HTTP://proxy:3128"));
  EXPECT_TRUE(ProxyRules::IsHttpProxy("https://proxy"));
  EXPECT_FALSE(ProxyRules::IsHttpProxy("socks5://proxy"));
}

struct ExemptCase {
  std::string_view name;
  std::string_view no_proxy;
  std::string_view url;
  bool exempt;
};

class NoProxyTest : public TestWithParam<ExemptCase> {};

TEST_P(NoProxyTest, DecidesByHost) {
  const ProxyRules rules{
      Environment({{"all_proxy", "p:1"}, {"no_proxy", std::string(GetParam().no_proxy)}})};
  EXPECT_EQ(rules.ProxyFor(Parsed(GetParam().url)).empty(), GetParam().exempt);
}

INSTANTIATE_TEST_SUITE_P(Entries, NoProxyTest,
                         ValuesIn<ExemptCase>({
                             {"Star", "*", "https://a.example/", true},
                             {"Name", "a.example", "https://a.example/", true},
                             {"NameInUpperCase", "A.Example", "https://a.example/", true},
                             {"NameBeneath", "example", "https://a.example/", true},
                             {"NameAfterDot", ".a.example", "https://a.example/", true},
                             {"NameAfterStar", "*.example", "https://a.example/", true},
                             {"OtherNameWithThatEnd", "a.example", "https://ba.example/", false},
                             {"NameAbove", "a.example", "https://example/", false},
                             {"SecondOfAList", "x, a.example", "https://a.example/", true},
                             {"BlanksOnly", " , ", "https://a.example/", false},
                             {"Port", "a.example:443", "https://a.example/", true},
                             {"OtherPort", "a.example:80", "https://a.example/", false},
                             {"Address", "10.0.0.1", "http://10.0.0.1/", true},
                             {"OtherAddress", "10.0.0.1", "http://10.0.0.2/", false},
                             {"AddressAndPort", "10.0.0.1:8080", "http://10.0.0.1:8080/", true},
                             {"Range", "10.0.0.0/8", "http://10.1.2.3/", true},
                             {"OddRange", "10.0.0.0/9", "http://10.128.0.1/", false},
                             {"EverythingRange", "0.0.0.0/0", "http://10.128.0.1/", true},
                             {"BadRange", "10.0.0.0/33", "http://10.0.0.0/", false},
                             {"RangeOfOtherFamily", "::/0", "http://10.0.0.0/", false},
                             {"Ipv6", "[::1]", "http://[::1]/", true},
                             {"Ipv6WithoutBrackets", "0:0:0:0:0:0:0:1", "http://[::1]/", true},
                             {"Ipv6Range", "fd00::/8", "http://[fd12::1]/", true},
                             {"SuffixOfAnAddress", "0.1", "http://10.0.0.1/", false},
                             {"Dot", ".", "https://a.example/", false},
                         }),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace scriptworker::http
