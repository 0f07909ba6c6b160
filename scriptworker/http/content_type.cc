// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/http/content_type.h"

#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "scriptworker/http/headers.h"

namespace scriptworker::http {

bool IsHtml(const Headers& headers) {
  const std::string_view value = headers.Find("Content-Type").value_or("");
  return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(value.substr(0, value.find(';'))),
                                "text/html");
}

}  // namespace scriptworker::http
