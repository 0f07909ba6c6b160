// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/answer_diff.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "re2/re2.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_pointer.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster::fake {
namespace {

constexpr absl::Duration kTolerance = absl::Minutes(2);

// Members whose value is made anew each time.
constexpr std::string_view kFresh[] = {"accessToken", "continuationToken",
                                       "putUrl",      "seed",
                                       "signature",   "uploadId",
                                       "uptime",      "url",
                                       "start",       "expiry"};

bool IsFresh(std::string_view key) { return absl::c_linear_search(kFresh, key); }

// Whether both are times, printed alike and near each other, or very far off.
bool AreNearTimes(std::string_view a, std::string_view b) {
  const absl::StatusOr<absl::Time> first = ParseTimestamp(a);
  const absl::StatusOr<absl::Time> second = ParseTimestamp(b);
  if (!first.ok() || !second.ok()) return false;
  const absl::Time never = absl::FromCivil(absl::CivilYear(3000), absl::UTCTimeZone());
  if (*first > never && *second > never) return true;
  return a.back() == b.back() && absl::AbsDuration(*first - *second) <= kTolerance;
}

// The elements, sorted by their names if they have any.
std::vector<json::Value> ByName(const json::Array& array) {
  std::vector<json::Value> elements(array.begin(), array.end());
  for (const json::Value& element : elements) {
    const json::Value* name = element.Find("name");
    if (name == nullptr || !name->is_string()) return elements;
  }
  std::sort(elements.begin(), elements.end(), [](const json::Value& a, const json::Value& b) {
    return a.Find("name")->string_value() < b.Find("name")->string_value();
  });
  return elements;
}

class Differ {
 public:
  void Compare(std::string_view key, const json::Value& recorded, const json::Value& actual,
               const std::string& pointer) {
    const bool numbers = recorded.is_number() && actual.is_number();
    if (recorded.type() != actual.type() && !numbers) {
      Add(pointer, json::TypeName(recorded.type()), json::TypeName(actual.type()));
    } else if (recorded.is_object()) {
      CompareObjects(recorded.object(), actual.object(), pointer);
    } else if (recorded.is_array()) {
      CompareArrays(recorded.array(), actual.array(), pointer);
    } else if (recorded.is_string()) {
      CompareStrings(key, recorded.string_value(), actual.string_value(), pointer);
    } else if (!IsFresh(key) && !(recorded == actual)) {
      Add(pointer, json::FormatCompact(recorded), json::FormatCompact(actual));
    }
  }

  std::vector<std::string> Take() && { return std::move(differences_); }

 private:
  void Add(const std::string& pointer, std::string_view recorded, std::string_view actual) {
    differences_.push_back(
        absl::StrCat(pointer.empty() ? "/" : pointer, ": recorded ", recorded, ", got ", actual));
  }

  void CompareObjects(const json::Object& recorded, const json::Object& actual,
                      const std::string& pointer) {
    for (const auto& [key, value] : recorded) {
      std::string inner = pointer;
      json::AppendPointerToken(key, &inner);
      const json::Value* other = actual.Find(key);
      if (other == nullptr) {
        Add(inner, json::TypeName(value.type()), "nothing");
      } else {
        Compare(key, value, *other, inner);
      }
    }
    for (const auto& [key, value] : actual) {
      if (recorded.contains(key)) continue;
      std::string inner = pointer;
      json::AppendPointerToken(key, &inner);
      Add(inner, "nothing", json::TypeName(value.type()));
    }
  }

  void CompareArrays(const json::Array& recorded, const json::Array& actual,
                     const std::string& pointer) {
    if (recorded.size() != actual.size()) {
      Add(pointer, absl::StrCat(recorded.size(), " elements"), absl::StrCat(actual.size()));
      return;
    }
    const std::vector<json::Value> expected = ByName(recorded);
    const std::vector<json::Value> got = ByName(actual);
    for (size_t i = 0; i < expected.size(); ++i) {
      Compare("", expected[i], got[i], absl::StrCat(pointer, "/", i));
    }
  }

  void CompareStrings(std::string_view key, std::string_view recorded, std::string_view actual,
                      const std::string& pointer) {
    if (recorded == actual || IsFresh(key) || AreNearTimes(recorded, actual)) return;
    if (key == "certificate") {
      const absl::StatusOr<json::Value> first = json::Parse(recorded);
      const absl::StatusOr<json::Value> second = json::Parse(actual);
      if (first.ok() && second.ok()) {
        Compare("", *first, *second, pointer);
        return;
      }
    }
    const std::string a = Normalize(recorded);
    const std::string b = Normalize(actual);
    if (a != b) Add(pointer, json::FormatString(a), json::FormatString(b));
  }

  std::vector<std::string> differences_;
};

}  // namespace

std::vector<std::string> DiffAnswers(const json::Value& recorded, const json::Value& actual) {
  Differ differ;
  differ.Compare("", recorded, actual, "");
  return std::move(differ).Take();
}

std::string Normalize(std::string_view message) {
  static const LazyRE2 kTime = {R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"};
  static const LazyRE2 kIncident = {"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"};
  static const LazyRE2 kUntil = {R"(/until/[0-9.]+[0-9])"};
  static const LazyRE2 kParser = {R"((Failed to parse JSON: )[^\n]+)"};
  std::string text(message);
  RE2::GlobalReplace(&text, *kTime, "<time>");
  RE2::GlobalReplace(&text, *kIncident, "<incident>");
  RE2::GlobalReplace(&text, *kUntil, "/until/<time>");
  if (text.find("Must be an object or array") == std::string::npos) {
    RE2::GlobalReplace(&text, *kParser, "\\1<words>");
  }
  return text;
}

}  // namespace scriptworker::taskcluster::fake
