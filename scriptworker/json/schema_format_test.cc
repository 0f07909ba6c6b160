// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/schema_format.h"

#include <string_view>

#include "gtest/gtest.h"

namespace scriptworker::json {
namespace {

struct Case {
  std::string_view format;
  std::string_view text;
  bool valid;
};

class SchemaFormatTest : public testing::TestWithParam<Case> {};

TEST_P(SchemaFormatTest, Agrees) {
  const Case& c = GetParam();
  const FormatChecker checker = FindFormatChecker(c.format);
  ASSERT_NE(checker, nullptr);
  EXPECT_EQ(checker(c.text), c.valid) << c.format << " " << c.text;
}

INSTANTIATE_TEST_SUITE_P(
    DateTime, SchemaFormatTest,
    testing::Values(Case{"date-time", "1963-06-19T08:30:06.283185Z", true},
                    Case{"date-time", "2016-04-16T03:46:24.958Z", true},
                    Case{"date-time", "1963-06-19t08:30:06z", true},
                    Case{"date-time", "1990-12-31T15:59:50.123-08:00", true},
                    Case{"date-time", "1998-12-31T23:59:60Z", true},
                    Case{"date-time", "1998-12-31T15:59:60-08:00", true},
                    Case{"date-time", "1998-12-31T23:58:60Z", false},
                    Case{"date-time", "1990-02-31T15:59:59Z", false},
                    Case{"date-time", "2000-02-29T00:00:00Z", true},
                    Case{"date-time", "1900-02-29T00:00:00Z", false},
                    Case{"date-time", "1990-12-31T24:00:00Z", false},
                    Case{"date-time", "1990-12-31T10:00:60Z", false},
                    Case{"date-time", "1990-12-31T10:00:00", false},
                    Case{"date-time", "1990-12-31T10:00:00.Z", false},
                    Case{"date-time", "1990-12-31 10:00:00Z", false},
                    Case{"date-time", "1990-12-31T10:00:00+24:00", false},
                    Case{"date-time", "1990-12-31T10:00:00Z ", false}, Case{"date-time", "", false},
                    Case{"date", "2020-02-29", true}, Case{"date", "2021-02-29", false},
                    Case{"date", "2020-2-29", false}, Case{"time", "08:30:06.283185Z", true},
                    Case{"time", "08:30:06", false}));

INSTANTIATE_TEST_SUITE_P(
    Names, SchemaFormatTest,
    testing::Values(Case{"uri", "https://example.com/a?b#c", true}, Case{"uri", "/relative", false},
                    Case{"uri-reference", "/relative", true},
                    Case{"email", "joe.bloggs@example.com", true}, Case{"email", "2962", false},
                    Case{"email", ".a@example.com", false}, Case{"email", "a@", false},
                    Case{"hostname", "www.example.com", true}, Case{"hostname", "-a.b", false},
                    Case{"hostname", "a..b", false}, Case{"hostname", "a_b", false},
                    Case{"ipv4", "192.168.0.1", true}, Case{"ipv4", "256.1.1.1", false},
                    Case{"ipv4", "1.2.3", false}, Case{"ipv4", "01.2.3.4", false},
                    Case{"ipv6", "::1", true}, Case{"ipv6", "1::2::3", false},
                    Case{"ipv6", "::ffff:192.0.2.1", true}, Case{"ipv6", "fe80::1%eth0", false},
                    Case{"json-pointer", "/a~0b", true}, Case{"json-pointer", "a", false},
                    Case{"json-pointer", "/a~2", false}, Case{"regex", "^a[bc]+$", true},
                    Case{"regex", "(", false}));

TEST(FindFormatCheckerTest, OtherFormatsAreNotChecked) {
  EXPECT_EQ(FindFormatChecker("idn-email"), nullptr);
  EXPECT_EQ(FindFormatChecker(""), nullptr);
}

}  // namespace
}  // namespace scriptworker::json
