// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/uri_reference.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace scriptworker::json {
namespace {

std::string Resolve(std::string_view base, std::string_view reference) {
  return ResolveUri(UriReference::Split(base), UriReference::Split(reference)).ToString();
}

// RFC 3986, sections 5.4.1 and 5.4.2.
TEST(UriReferenceTest, ResolvesTheExamplesOfTheRfc) {
  struct Case {
    std::string_view reference;
    std::string_view target;
  };
  const Case kCases[] = {
      {"g:h", "g:h"},
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q#s"},
      {"g#s", "http://a/b/c/g#s"},
      {"g?y#s", "http://a/b/c/g?y#s"},
      {";x", "http://a/b/c/;x"},
      {"g;x?y#s", "http://a/b/c/g;x?y#s"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"./", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../g", "http://a/g"},
      {"../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {"..g", "http://a/b/c/..g"},
      {"./../g", "http://a/b/g"},
      {"./g/.", "http://a/b/c/g/"},
      {"g/./h", "http://a/b/c/g/h"},
      {"g/../h", "http://a/b/c/h"},
      {"g;x=1/../y", "http://a/b/c/y"},
      {"g?y/../x", "http://a/b/c/g?y/../x"},
      {"g#s/../x", "http://a/b/c/g#s/../x"},
  };
  for (const Case& c : kCases) EXPECT_EQ(Resolve("http://a/b/c/d;p?q", c.reference), c.target);
}

TEST(UriReferenceTest, ABaseMayBeRelativeOrAName) {
  EXPECT_EQ(Resolve("/schemas/queue/v1/task.json#", "status.json#/x"),
            "/schemas/queue/v1/status.json#/x");
  EXPECT_EQ(Resolve("urn:uuid:1", "#/a"), "urn:uuid:1#/a");
  EXPECT_EQ(Resolve("", "x.json"), "x.json");
  EXPECT_EQ(Resolve("http://a", "x"), "http://a/x");
}

TEST(UriReferenceTest, TellsUrisFromReferencesAndFromNeither) {
  for (const std::string_view uri :
       {"http://example.com", "https://u:p@h.example:80/a/b?c=d#e", "urn:x:y", "mailto:a@b.c",
        "http://[::1]:8080/", "http://1.2.3.4", "file:///etc/hosts", "x:", "http://a/%C3%A9"}) {
    EXPECT_TRUE(IsUri(uri)) << uri;
    EXPECT_TRUE(IsUriReference(uri)) << uri;
  }
  for (const std::string_view reference : {"", "/a", "a/b", "?q", "#f", "//h/p", "./a:b"}) {
    EXPECT_FALSE(IsUri(reference)) << reference;
    EXPECT_TRUE(IsUriReference(reference)) << reference;
  }
  for (const std::string_view neither :
       {"http://exa mple.com", "http://a/b c", "http://a/%zz", "http://a/%2", "http://a/\\b",
        "http://a/<b>", "http://[::1", "http://[zz]/", "http://a:b/", ":a", "1a:b", "http://\x7f",
        "http://é.example", "a\n"}) {
    EXPECT_FALSE(IsUri(neither)) << neither;
    EXPECT_FALSE(IsUriReference(neither)) << neither;
  }
}

}  // namespace
}  // namespace scriptworker::json
