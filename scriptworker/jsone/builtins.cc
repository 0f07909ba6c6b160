// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/builtins.h"

#include <array>
#include <cmath>
#include <compare>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/from_now.h"
#include "scriptworker/jsone/function.h"
#include "scriptworker/jsone/number.h"
#include "scriptworker/jsone/template_error.h"
#include "scriptworker/jsone/text.h"
#include "scriptworker/jsone/whitespace.h"

namespace scriptworker::jsone {
namespace {

using json::Value;
using Call = Function::Call;
using Result = absl::StatusOr<Value>;

// The kinds of values that a parameter takes, as a set of bits.
using Kinds = uint8_t;
constexpr Kinds kString = 1;
constexpr Kinds kNumber = 2;
constexpr Kinds kInteger = 4;
constexpr Kinds kBoolean = 8;
constexpr Kinds kArray = 16;
constexpr Kinds kNull = 32;
constexpr Kinds kAnything = 64;

bool IsOneOf(Kinds kinds, const Value& value) {
  return (kinds & kAnything) != 0 || ((kinds & kString) != 0 && value.is_string()) ||
         ((kinds & kNumber) != 0 && value.is_number()) ||
         ((kinds & kInteger) != 0 && AsInteger(value).has_value()) ||
         ((kinds & kBoolean) != 0 && value.is_bool()) ||
         ((kinds & kArray) != 0 && value.is_array()) || ((kinds & kNull) != 0 && value.is_null());
}

constexpr size_t kUnlimited = std::numeric_limits<size_t>::max();

struct Signature {
  std::string_view name;
  // Of the parameters in order; the last one goes for all further arguments.
  std::array<Kinds, 3> parameters;
  size_t min_arguments;
  size_t max_arguments;
  // Whether too few arguments get a message of their own.
  bool counts_in_message;
  Result (*body)(const Call& call);
};

std::string_view Text(const Call& call, size_t i) { return call.arguments[i].string_value(); }

Result CheckedCall(const Signature& signature, const Call& call) {
  const size_t count = call.arguments.size();
  if (count < signature.min_arguments && signature.counts_in_message) {
    return TemplateError(ErrorClass::kBuiltin, absl::StrCat("invalid arguments to builtin: ",
                                                            signature.name, ": expected at least ",
                                                            signature.min_arguments, " arguments"));
  }
  bool fits = count >= signature.min_arguments && count <= signature.max_arguments;
  for (size_t i = 0; fits && i < count; ++i) {
    const size_t last = signature.parameters.size() - 1;
    fits = IsOneOf(signature.parameters[i < last ? i : last], call.arguments[i]);
    if (call.arguments[i].is_string()) {
      SW_RETURN_IF_ERROR(call.budget.ReadText(Text(call, i).size()));
    }
  }
  if (!fits) {
    return TemplateError(ErrorClass::kBuiltin,
                         absl::StrCat("invalid arguments to builtin: ", signature.name));
  }
  return signature.body(call);
}

absl::Status InvalidArguments(std::string_view name) {
  return TemplateError(ErrorClass::kBuiltin, absl::StrCat("invalid arguments to builtin: ", name));
}

Result NewText(std::string_view text, const Call& call) {
  SW_RETURN_IF_ERROR(call.budget.AddStringBytes(static_cast<int64_t>(text.size())));
  return Value(text);
}

Result Extreme(const Call& call, bool (*better)(const Value&, const Value&)) {
  const Value* best = &call.arguments[0];
  for (const Value& candidate : call.arguments) {
    if (better(candidate, *best)) best = &candidate;
  }
  return *best;
}

Result Min(const Call& call) {
  return Extreme(call, [](const Value& a, const Value& b) { return std::is_lt(Compare(a, b)); });
}

Result Max(const Call& call) {
  return Extreme(call, [](const Value& a, const Value& b) { return std::is_gt(Compare(a, b)); });
}

Result Sqrt(const Call& call) { return FromDouble(std::sqrt(call.arguments[0].double_value())); }

Result Ceil(const Call& call) {
  if (call.arguments[0].is_int()) return call.arguments[0];
  return FromDouble(std::ceil(call.arguments[0].double_value()));
}

Result Floor(const Call& call) {
  if (call.arguments[0].is_int()) return call.arguments[0];
  return FromDouble(std::floor(call.arguments[0].double_value()));
}

Result Abs(const Call& call) {
  const Value& value = call.arguments[0];
  if (std::is_lt(Compare(value, Value(0)))) return Negated(value);
  return value;
}

Result Range(const Call& call) {
  const auto argument = [&](size_t i) { return AsInteger(call.arguments[i]); };
  const int64_t start = argument(0).value_or(0);
  const int64_t stop = argument(1).value_or(0);
  const int64_t step = call.arguments.size() > 2 ? argument(2).value_or(0) : 1;
  if (step == 0) return InvalidArguments("range");
  int64_t span = 0;
  if (__builtin_sub_overflow(stop, start, &span)) {
    return InvalidArguments("range");
  }
  // span / step, rounded up, without leaving 64 bit for step = -1.
  uint64_t count = 0;
  if ((span > 0) == (step > 0) && span != 0) {
    const uint64_t distance =
        span > 0 ? static_cast<uint64_t>(span) : 0 - static_cast<uint64_t>(span);
    const uint64_t stride =
        step > 0 ? static_cast<uint64_t>(step) : 0 - static_cast<uint64_t>(step);
    count = (distance - 1) / stride + 1;
  }
  SW_RETURN_IF_ERROR(call.budget.CheckRange(count));
  const auto size = static_cast<int64_t>(count);  // within max_range
  SW_RETURN_IF_ERROR(call.budget.AddNodes(size));
  json::Array result;
  result.reserve(count);
  for (int64_t i = 0; i < size; ++i) {
    result.push_back(Value(start + i * step));
  }
  return Value(std::move(result));
}

Result LowercaseOf(const Call& call) { return NewText(Lowercase(Text(call, 0)), call); }

Result UppercaseOf(const Call& call) { return NewText(Uppercase(Text(call, 0)), call); }

Result Str(const Call& call) {
  const Value& value = call.arguments[0];
  if (value.is_null()) return Value("null");
  if (value.is_string()) return value;
  return NewText(InterpolatedText(value).value_or(""), call);
}

Result Number(const Call& call) {
  std::optional<Value> number = ParseNumber(Text(call, 0));
  if (!number.has_value()) return InvalidArguments("number");
  return *std::move(number);
}

Result Len(const Call& call) {
  const Value& value = call.arguments[0];
  return Value(value.is_array() ? value.array().size() : CodePointCount(value.string_value()));
}

Result Strip(const Call& call) {
  return NewText(std::string(StripTrailing(StripLeading(Text(call, 0)))), call);
}

Result LeftStrip(const Call& call) {
  return NewText(std::string(StripLeading(Text(call, 0))), call);
}

Result RightStrip(const Call& call) {
  return NewText(std::string(StripTrailing(Text(call, 0))), call);
}

Result Split(const Call& call) {
  const std::string_view text = Text(call, 0);
  const std::string delimiter = InterpolatedText(call.arguments[1]).value_or("");
  json::Array parts;
  if (delimiter.empty()) {
    const size_t count = CodePointCount(text);
    SW_RETURN_IF_ERROR(call.budget.AddNodes(static_cast<int64_t>(count)));
    SW_RETURN_IF_ERROR(call.budget.AddStringBytes(static_cast<int64_t>(text.size())));
    for (std::string_view rest = text; !rest.empty();) {
      const std::string_view character = CodePointSlice(rest, 0, 1);
      parts.push_back(Value(character));
      rest.remove_prefix(character.size());
    }
    return Value(std::move(parts));
  }
  SW_RETURN_IF_ERROR(call.budget.AddStringBytes(static_cast<int64_t>(text.size())));
  for (std::string_view rest = text;;) {
    SW_RETURN_IF_ERROR(call.budget.AddNodes(1));
    const size_t end = FindText(rest, delimiter);
    parts.push_back(Value(rest.substr(0, end)));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + delimiter.size());
  }
  return Value(std::move(parts));
}

// An array within the list is joined with commas, as the implementations in
// scripting languages turn one to text; an object or function has no text.
absl::Status AppendJoined(const json::Array& list, std::string_view separator, int depth,
                          const Call& call, std::string& out) {
  if (depth > call.budget.limits().max_depth) return InvalidArguments("join");
  for (size_t i = 0; i < list.size(); ++i) {
    SW_RETURN_IF_ERROR(call.budget.Step());
    const size_t before = out.size();
    if (i > 0) out.append(separator);
    if (list[i].is_array()) {
      SW_RETURN_IF_ERROR(call.budget.AddStringBytes(static_cast<int64_t>(out.size() - before)));
      SW_RETURN_IF_ERROR(AppendJoined(list[i].array(), ",", depth + 1, call, out));
    } else if (std::optional<std::string> text = InterpolatedText(list[i])) {
      out.append(*text);
      SW_RETURN_IF_ERROR(call.budget.AddStringBytes(static_cast<int64_t>(out.size() - before)));
    } else {
      return InvalidArguments("join");
    }
  }
  return absl::OkStatus();
}

Result Join(const Call& call) {
  const std::string separator = InterpolatedText(call.arguments[1]).value_or("");
  std::string text;
  SW_RETURN_IF_ERROR(AppendJoined(call.arguments[0].array(), separator, 0, call, text));
  return Value(text);
}

Result FromNowOf(const Call& call) {
  if (call.arguments.size() > 1 && !Text(call, 1).empty()) {
    SW_ASSIGN_OR_RETURN(std::string time, FromNow(Text(call, 0), Text(call, 1)));
    return Value(time);
  }
  const Value* now = call.scope.Find("now");
  if (now == nullptr || !now->is_string()) return InvalidArguments("fromNow");
  SW_ASSIGN_OR_RETURN(std::string time, FromNow(Text(call, 0), now->string_value()));
  return Value(time);
}

Result TypeOf(const Call& call) {
  switch (call.arguments[0].type()) {
    case Value::Type::kNull:
      return Value("null");
    case Value::Type::kBool:
      return Value("boolean");
    case Value::Type::kInt:
    case Value::Type::kUint:
    case Value::Type::kDouble:
      return Value("number");
    case Value::Type::kString:
      return Value("string");
    case Value::Type::kArray:
      return Value("array");
    case Value::Type::kObject:
      return Value("object");
    case Value::Type::kOpaque:
      return Value("function");
  }
  return InvalidArguments("typeof");
}

Result Defined(const Call& call) { return Value(call.scope.Find(Text(call, 0)) != nullptr); }

constexpr Signature kSignatures[] = {
    {"min", {kNumber, kNumber, kNumber}, 1, kUnlimited, true, Min},
    {"max", {kNumber, kNumber, kNumber}, 1, kUnlimited, true, Max},
    {"sqrt", {kNumber}, 1, 1, false, Sqrt},
    {"ceil", {kNumber}, 1, 1, false, Ceil},
    {"floor", {kNumber}, 1, 1, false, Floor},
    {"abs", {kNumber}, 1, 1, false, Abs},
    {"range", {kInteger, kInteger, kInteger}, 2, 3, true, Range},
    {"lowercase", {kString}, 1, 1, false, LowercaseOf},
    {"uppercase", {kString}, 1, 1, false, UppercaseOf},
    {"str", {kString | kNumber | kBoolean | kNull}, 1, 1, false, Str},
    {"number", {kString}, 1, 1, false, Number},
    {"len", {kString | kArray}, 1, 1, false, Len},
    {"strip", {kString}, 1, 1, false, Strip},
    {"lstrip", {kString}, 1, 1, false, LeftStrip},
    {"rstrip", {kString}, 1, 1, false, RightStrip},
    {"split", {kString, kString | kNumber}, 2, 2, false, Split},
    {"join", {kArray, kString | kNumber}, 2, 2, false, Join},
    {"fromNow", {kString, kString}, 1, 2, true, FromNowOf},
    {"typeof", {kAnything}, 1, 1, false, TypeOf},
    {"defined", {kString}, 1, 1, false, Defined},
};

}  // namespace

json::Object MakeBuiltins() {
  json::Object builtins;
  for (const Signature& signature : kSignatures) {
    builtins.Set(signature.name, Value(std::make_unique<Function>(
                                     std::string(signature.name), [&signature](const Call& call) {
                                       return CheckedCall(signature, call);
                                     })));
  }
  return builtins;
}

}  // namespace scriptworker::jsone
