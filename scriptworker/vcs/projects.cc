// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/projects.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/yaml.h"

namespace scriptworker::vcs {
namespace {

// The text of a member; empty if it is absent or no string.
std::string_view TextOf(const json::Value& object, std::string_view key) {
  const json::Value* const value = object.Find(key);
  return value != nullptr && value->is_string() ? value->string_value() : "";
}

// A level as text; empty if it is none.
std::string LevelText(const json::Value* level) {
  if (level == nullptr) return "";
  if (level->is_string()) return std::string(level->string_value());
  return level->is_int() && level->int_value() > 0 ? absl::StrCat(level->int_value()) : "";
}

std::string LevelOfHg(const json::Value& project) {
  return std::string(absl::StripPrefix(TextOf(project, "access"), "scm_level_"));
}

std::string LevelOfGit(const json::Value& project) {
  const std::string_view default_branch =
      project.Find("default_branch") == nullptr ? "main" : TextOf(project, "default_branch");
  const json::Value* const branches = project.Find("branches");
  if (branches == nullptr || !branches->is_array()) return "";
  for (const json::Value& branch : branches->array()) {
    const json::Value* const name = branch.Find("name");
    if (name != nullptr && name->is_string() && name->string_value() == default_branch) {
      return LevelText(branch.Find("level"));
    }
  }
  return "";
}

bool LiesIn(std::string_view url, std::string_view repo) {
  return absl::ConsumePrefix(&url, repo) && (url.empty() || url.front() == '/');
}

}  // namespace

Projects::Projects(json::Value document, std::string_view source)
    : document_(std::move(document)), source_(source) {}

absl::StatusOr<Projects> Projects::Parse(std::string_view yaml, std::string_view source) {
  SW_ASSIGN_OR_RETURN(json::Value document, json::ParseYaml(yaml, {.source = source}));
  SW_ASSIGN_OR_RETURN(const auto projects, json::Reader(document, source).Members());
  for (const auto& project : projects) SW_RETURN_IF_ERROR(project.second.CheckObject());
  return Projects(std::move(document), source);
}

absl::StatusOr<std::string> Projects::FindProject(const SourceUrl& url) const {
  SW_ASSIGN_OR_RETURN(const auto projects, json::Reader(document_, source_).Members());
  for (const auto& [name, project] : projects) {
    SW_ASSIGN_OR_RETURN(const std::string repo, project.String("repo"));
    if (LiesIn(url.text(), repo)) return name;
  }
  return absl::NotFoundError(absl::StrCat("Unknown repo for source url ", url.text(), "!"));
}

absl::StatusOr<std::string> Projects::ScmLevel(std::string_view project) const {
  const json::Value* const found = document_.Find(project);
  if (found == nullptr) {
    return absl::NotFoundError(absl::StrCat(source_, ": there is no project \"", project, "\""));
  }
  const std::string_view type = TextOf(*found, "repo_type");
  const std::string level = type == "hg"    ? LevelOfHg(*found)
                            : type == "git" ? LevelOfGit(*found)
                                            : "";
  if (!level.empty()) return level;
  return absl::NotFoundError(absl::StrCat("Can't find level for project ", project, " (", source_,
                                          ", repo_type \"", type, "\")"));
}

}  // namespace scriptworker::vcs
