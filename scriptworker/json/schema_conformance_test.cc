// SPDX-License-Identifier: MPL-2.0
// Runs JSON-Schema-Test-Suite from CORPORA_DIR/jsonschema through Schema.
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_schema.h"

namespace scriptworker::json {
namespace {

constexpr size_t kMaxBytes = 64 << 20;

// Groups that need what is not at hand or not supported, with the reason. All
// else must agree.
struct Exception {
  std::string_view group;  // the description's beginning
  std::string_view reason;
};
constexpr Exception kExceptions[] = {
    {"validate definition against metaschema", "needs the metaschema, which is not fetched"},
    {"remote ref, containing refs itself", "needs the metaschema, which is not fetched"},
    {"validation of A-label (punycode)", "the rules of IDNA are not checked"},
};

class Suite {
 public:
  explicit Suite(std::string folder) : folder_(std::move(folder)) {}

  // "draft7 916/916"
  std::string RunDraft(std::string_view draft, bool optional_formats) {
    const std::string folder =
        absl::StrCat(folder_, "/tests/", draft, optional_formats ? "/optional/format" : "");
    std::set<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".json") files.insert(entry.path().string());
    }
    int passed = 0;
    int total = 0;
    for (const std::string& file : files) {
      if (optional_formats && !IsCheckedFormat(std::filesystem::path(file).stem().string())) {
        continue;
      }
      RunFile(file, draft, &passed, &total);
    }
    return absl::StrCat(draft, optional_formats ? " formats " : " ", passed, "/", total);
  }

  const std::vector<std::string>& exceptions() const { return exceptions_; }

 private:
  static bool IsCheckedFormat(std::string_view name) {
    for (const std::string_view checked : {"date-time", "date", "time", "uri", "uri-reference",
                                           "email", "hostname", "ipv4", "ipv6", "json-pointer"}) {
      if (name == checked) return true;
    }
    return false;
  }

  static std::string DraftUri(std::string_view draft) {
    return absl::StrCat("http://json-schema.org/draft-0", draft.substr(5), "/schema#");
  }

  absl::StatusOr<Value> LoadRemote(std::string_view uri) const {
    constexpr std::string_view kBase = "http://localhost:1234/";
    if (!absl::StartsWith(uri, kBase)) {
      return absl::NotFoundError(absl::StrCat("no such remote: ", uri));
    }
    const absl::StatusOr<std::string> text =
        ReadFile(absl::StrCat(folder_, "/remotes/", uri.substr(kBase.size())), kMaxBytes);
    if (!text.ok()) return text.status();
    return Parse(*text, {.allow_big_integers = true});
  }

  void RunFile(const std::string& file, std::string_view draft, int* passed, int* total) {
    const absl::StatusOr<std::string> text = ReadFile(file, kMaxBytes);
    ASSERT_TRUE(text.ok()) << text.status();
    const absl::StatusOr<Value> groups = Parse(*text, {.source = file, .allow_big_integers = true});
    ASSERT_TRUE(groups.ok()) << groups.status();
    for (const Value& group : groups->array()) RunGroup(file, draft, group, passed, total);
  }

  void RunGroup(const std::string& file, std::string_view draft, const Value& group, int* passed,
                int* total) {
    const std::string_view description = group.Find("description")->string_value();
    for (const Exception& exception : kExceptions) {
      if (absl::StartsWith(description, exception.group)) {
        exceptions_.push_back(absl::StrCat(draft, ": ", description, ": ", exception.reason));
        return;
      }
    }
    Value schema = *group.Find("schema");
    if (schema.is_object() && schema.Find("$schema") == nullptr) {
      schema.mutable_object()->Set("$schema", DraftUri(draft));
    }
    const absl::StatusOr<Schema> compiled =
        Schema::Compile(schema, "", [this](std::string_view uri) { return LoadRemote(uri); });
    EXPECT_TRUE(compiled.ok()) << file << ": " << description << ": " << compiled.status();
    for (const Value& test : group.Find("tests")->array()) {
      ++*total;
      if (!compiled.ok()) continue;
      const absl::Status status = compiled->Validate(*test.Find("data"));
      const bool expected = test.Find("valid")->bool_value();
      EXPECT_EQ(status.ok(), expected)
          << file << ": " << description << ": " << test.Find("description")->string_value() << ": "
          << status;
      if (status.ok() == expected) ++*passed;
    }
  }

  const std::string folder_;
  std::vector<std::string> exceptions_;
};

TEST(SchemaConformanceTest, AgreesWithTheTestSuite) {
  const char* const corpora = std::getenv("CORPORA_DIR");
  if (corpora == nullptr) {
    GTEST_SKIP() << "SKIPPED JSON-Schema-Test-Suite: CORPORA_DIR is not set";
  }
  Suite suite(absl::StrCat(corpora, "/jsonschema"));
  std::string line = "JSON-Schema-Test-Suite";
  for (const std::string_view draft : {"draft4", "draft6", "draft7"}) {
    absl::StrAppend(&line, " ", suite.RunDraft(draft, /*optional_formats=*/false));
  }
  absl::StrAppend(&line, " ", suite.RunDraft("draft7", /*optional_formats=*/true));
  std::cout << line << " (" << suite.exceptions().size() << " groups left out)\n";
  for (const std::string& exception : suite.exceptions()) std::cout << "  " << exception << "\n";
}

}  // namespace
}  // namespace scriptworker::json
