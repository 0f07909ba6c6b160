// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/route.h"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"
#include "scriptworker/http/url.h"

namespace scriptworker::taskcluster::fake {
namespace {

constexpr char kSlugId[] =
    "^[A-Za-z0-9_-]{8}[Q-T][A-Za-z0-9_-][CGKOSWaeimquy26-][A-Za-z0-9_-]{10}"
    "[AQgw]$";
constexpr char kGenericId[] = "^[a-zA-Z0-9-_]{1,38}$";

struct ParamForm {
  explicit ParamForm(std::string_view pattern) : text(pattern), regexp(text) {}
  std::string text;  // as the services print it
  RE2 regexp;
};

const ParamForm* FormOf(std::string_view name) {
  static const auto* const kForms = [] {
    auto* forms = new std::map<std::string, std::unique_ptr<ParamForm>, std::less<>>();
    const std::pair<std::string_view, std::string_view> patterns[] = {
        {"taskId", kSlugId},
        {"taskGroupId", kSlugId},
        {"taskQueueId", "^[A-Za-z0-9_-]{1,38}\\/[A-Za-z0-9_-]{1,38}$"},
        {"workerGroup", kGenericId},
        {"workerId", kGenericId},
        {"runId", "^[1-9]*[0-9]+$"},
        {"name", "^[\\x20-\\x7e]+$"},
    };
    for (const auto& [param, pattern] : patterns) {
      forms->emplace(param, std::make_unique<ParamForm>(pattern));
    }
    return forms;
  }();
  const auto found = kForms->find(name);
  return found == kForms->end() ? nullptr : found->second.get();
}

// The name in "<name>"; "" for a literal.
std::string_view ParamName(std::string_view segment) {
  if (!absl::ConsumePrefix(&segment, "<")) return "";
  absl::ConsumeSuffix(&segment, ">");
  return segment;
}

}  // namespace

std::optional<RouteParams> MatchRoute(std::string_view route, std::string_view path) {
  RouteParams params;
  while (!route.empty()) {
    if (!absl::ConsumePrefix(&route, "/") || !absl::ConsumePrefix(&path, "/")) {
      return std::nullopt;
    }
    const std::string_view wanted = route.substr(0, route.find('/'));
    route.remove_prefix(wanted.size());
    std::string_view name = ParamName(wanted);
    const bool rest = absl::ConsumeSuffix(&name, "...");
    const std::string_view given = rest ? path : path.substr(0, path.find('/'));
    path.remove_prefix(given.size());
    if (name.empty()) {
      if (given != wanted) return std::nullopt;
      continue;
    }
    if (given.empty() && !rest) return std::nullopt;
    absl::StatusOr<std::string> decoded = http::PercentDecode(given);
    if (!decoded.ok()) return std::nullopt;
    params.emplace_back(name, *std::move(decoded));
  }
  if (!path.empty() && path != "/") return std::nullopt;
  return params;
}

std::string CheckRouteParams(const RouteParams& params) {
  std::string errors;
  for (const auto& [name, value] : params) {
    const ParamForm* form = FormOf(name);
    if (form == nullptr || RE2::PartialMatch(value, form->regexp)) continue;
    absl::StrAppend(&errors, "\nURL parameter '", name, "' given as '", value,
                    "' must match regular expression: '/", form->text, "/'");
  }
  if (errors.empty()) return "";
  return absl::StrCat("Invalid URL patterns:", errors);
}

std::string FillIn(std::string_view text, const RouteParams& params) {
  std::vector<std::pair<std::string, std::string>> replacements;
  for (const auto& [name, value] : params) {
    replacements.emplace_back(absl::StrCat("<", name, ">"), value);
  }
  return absl::StrReplaceAll(text, replacements);
}

}  // namespace scriptworker::taskcluster::fake
