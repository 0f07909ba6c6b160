// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/jsone/stable_json.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/member.h"
#include "scriptworker/json/object.h"
#include "scriptworker/jsone/number.h"

namespace scriptworker::jsone {
namespace {

void AppendString(std::string_view text, std::string& out) {
  out.push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"':
        out.append("\\\"");
        break;
      case '\\':
        out.append("\\\\");
        break;
      case '\b':
        out.append("\\b");
        break;
      case '\f':
        out.append("\\f");
        break;
      case '\n':
        out.append("\\n");
        break;
      case '\r':
        out.append("\\r");
        break;
      case '\t':
        out.append("\\t");
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          absl::StrAppend(&out, "\\u00", absl::Hex(c, absl::kZeroPad2));
        } else {
          out.push_back(c);
        }
    }
  }
  out.push_back('"');
}

absl::Status Append(const json::Value& value, Budget& budget, std::string& out) {
  const size_t before = out.size();
  switch (value.type()) {
    case json::Value::Type::kNull:
    case json::Value::Type::kOpaque:  // $json refuses it before
      out.append("null");
      break;
    case json::Value::Type::kBool:
      out.append(value.bool_value() ? "true" : "false");
      break;
    case json::Value::Type::kInt:
    case json::Value::Type::kUint:
    case json::Value::Type::kDouble:
      out.append(NumberText(value));
      break;
    case json::Value::Type::kString:
      AppendString(value.string_value(), out);
      break;
    case json::Value::Type::kArray: {
      std::string_view separator = "[";
      for (const json::Value& element : value.array()) {
        out.append(separator);
        separator = ",";
        SW_RETURN_IF_ERROR(Append(element, budget, out));
      }
      out.append(value.array().empty() ? "[]" : "]");
      return absl::OkStatus();
    }
    case json::Value::Type::kObject: {
      std::vector<const json::Member*> members;
      for (const json::Member& member : value.object()) {
        members.push_back(&member);
      }
      std::sort(members.begin(), members.end(),
                [](const json::Member* a, const json::Member* b) { return a->key() < b->key(); });
      std::string_view separator = "{";
      for (const json::Member* member : members) {
        out.append(separator);
        separator = ",";
        AppendString(member->key(), out);
        out.push_back(':');
        SW_RETURN_IF_ERROR(Append(member->value(), budget, out));
      }
      out.append(members.empty() ? "{}" : "}");
      return absl::OkStatus();
    }
  }
  return budget.AddStringBytes(static_cast<int64_t>(out.size() - before));
}

}  // namespace

absl::StatusOr<std::string> StableJson(const json::Value& value, Budget& budget) {
  std::string text;
  SW_RETURN_IF_ERROR(Append(value, budget, text));
  return text;
}

}  // namespace scriptworker::jsone
