// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/indented_json.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"

namespace scriptworker::taskcluster::fake {
namespace {

void Append(const json::Value& value, const std::string& line, std::string& out) {
  const std::string inner = line + "  ";
  std::string_view separator = inner;
  if (value.is_object() && !value.object().empty()) {
    out += "{";
    for (const auto& [key, member] : value.object()) {
      absl::StrAppend(&out, separator, json::FormatString(key), ": ");
      Append(member, inner, out);
      separator = "";
      out += "," + inner;
    }
    out.resize(out.size() - 1 - inner.size());
    absl::StrAppend(&out, line, "}");
  } else if (value.is_array() && !value.array().empty()) {
    out += "[";
    for (const json::Value& element : value.array()) {
      out += separator;
      Append(element, inner, out);
      separator = "";
      out += "," + inner;
    }
    out.resize(out.size() - 1 - inner.size());
    absl::StrAppend(&out, line, "]");
  } else {
    out += json::FormatCompact(value);
  }
}

}  // namespace

std::string IndentedJson(const json::Value& value) {
  std::string out;
  Append(value, "\n", out);
  return out;
}

}  // namespace scriptworker::taskcluster::fake
