// SPDX-License-Identifier: MPL-2.0
#include "cot/parent/relative_date.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/no_destructor.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/member.h"
#include "scriptworker/json/object.h"
#include "scriptworker/jsone/from_now.h"

namespace cot {
namespace {

using scriptworker::json::Array;
using scriptworker::json::Member;
using scriptworker::json::Object;
using scriptworker::json::Value;

constexpr std::string_view kKey = "relative-datestamp";

std::optional<absl::Duration> UnitLength(std::string_view unit) {
  struct Unit {
    std::string_view singular;
    std::string_view plural;
    std::string_view short_name;
    absl::Duration length;
  };
  static const std::array<Unit, 6> units = {{
      {"second", "seconds", "s", absl::Seconds(1)},
      {"minute", "minutes", "min", absl::Minutes(1)},
      {"hour", "hours", "h", absl::Hours(1)},
      {"day", "days", "d", absl::Hours(24)},
      {"month", "months", "mo", 30 * absl::Hours(24)},
      {"year", "years", "y", 365 * absl::Hours(24)},
  }};
  for (const Unit& candidate : units) {
    if (unit == candidate.singular || unit == candidate.plural || unit == candidate.short_name) {
      return candidate.length;
    }
  }
  return std::nullopt;
}

// Far enough for any task, near enough for four-digit years.
constexpr int64_t kMaxCount = 100'000'000'000;

absl::StatusOr<std::string> Resolve(std::string_view offset, absl::Time created) {
  // The first number and unit anywhere in the text: a sign before it, and all
  // else, does not count.
  static const absl::NoDestructor<RE2> pattern("([0-9]*\\.?[0-9]+) *([a-z]+)");
  std::string number;
  std::string unit;
  int64_t count = 0;
  std::optional<absl::Duration> length;
  if (RE2::PartialMatch(offset, *pattern, &number, &unit)) {
    length = UnitLength(unit);
  }
  if (!length.has_value() || !absl::SimpleAtoi(number, &count) || count > kMaxCount) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", offset, "\" is no time span of a whole number and a unit"));
  }
  const absl::Time time = created + count * *length;
  const int64_t year = absl::ToCivilYear(time, absl::UTCTimeZone()).year();
  if (year > 9999) {
    return absl::InvalidArgumentError(absl::StrCat("\"", offset, "\" leads behind the year 9999"));
  }
  return scriptworker::jsone::FormatTimestamp(time);
}

// What stands under the key: a text, or an object whose keys are texts.
absl::StatusOr<Value> ResolveStamp(const Value& stamp, absl::Time created) {
  if (stamp.is_string()) {
    SW_ASSIGN_OR_RETURN(const std::string time, Resolve(stamp.string_value(), created));
    return Value(time);
  }
  if (!stamp.is_object()) {
    return absl::InvalidArgumentError("relative-datestamp is no text");
  }
  Object result;
  for (const Member& member : stamp.object()) {
    SW_ASSIGN_OR_RETURN(const std::string time, Resolve(member.key(), created));
    result.Set(time, member.value());
  }
  return Value(std::move(result));
}

}  // namespace

absl::StatusOr<Value> ResolveRelativeDates(const Value& definition, absl::Time created) {
  if (definition.is_array()) {
    Array result;
    result.reserve(definition.array().size());
    for (const Value& element : definition.array()) {
      SW_ASSIGN_OR_RETURN(Value value, ResolveRelativeDates(element, created));
      result.push_back(std::move(value));
    }
    return Value(std::move(result));
  }
  if (!definition.is_object()) return definition;
  const Value* stamp = definition.Find(kKey);
  if (stamp != nullptr && definition.object().size() == 1) {
    return ResolveStamp(*stamp, created);
  }
  Object result;
  for (const Member& member : definition.object()) {
    SW_ASSIGN_OR_RETURN(Value value, ResolveRelativeDates(member.value(), created));
    result.Set(member.key_as_value(), std::move(value));
  }
  return Value(std::move(result));
}

}  // namespace cot
