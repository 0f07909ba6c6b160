// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/check/check.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "scriptworker/base/visible_text.h"

namespace scriptworker::worker {
namespace {

std::string_view Name(Check::Outcome outcome) {
  switch (outcome) {
    case Check::Outcome::kOk:
      return "ok";
    case Check::Outcome::kWarning:
      return "warning";
    case Check::Outcome::kFailed:
      return "failed";
  }
  return "";
}

}  // namespace

std::string FormatCheck(const Check& check) {
  // It may quote a server or a file.
  const std::string text = VisibleText(check.text, TextLayout::kLines);
  return absl::StrFormat("%-7s  %s: %s\n", Name(check.outcome), check.subject,
                         absl::StrReplaceAll(text, {{"\n", "\n         "}}));
}

bool AnyFailed(const std::vector<Check>& checks) {
  return std::any_of(checks.begin(), checks.end(),
                     [](const Check& check) { return check.outcome == Check::Outcome::kFailed; });
}

}  // namespace scriptworker::worker
