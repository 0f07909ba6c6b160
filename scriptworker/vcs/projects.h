// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_VCS_PROJECTS_H_
#define SCRIPTWORKER_VCS_PROJECTS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/json/value.h"
#include "scriptworker/vcs/source_url.h"

namespace scriptworker::vcs {

// projects.yml of the CI configuration: which repository is which project, and how
// far it is trusted. Immutable; thread-compatible.
class Projects {
 public:
  // kInvalidArgument: no YAML, or no mapping of names to mappings. Members of the
  // projects are only read when they are needed. `source` names the document in errors.
  static absl::StatusOr<Projects> Parse(std::string_view yaml, std::string_view source);

  // The name of the first project in which `url` lies: its `repo` is the URL's text, or
  // that text begins with it and a slash. kNotFound: "Unknown repo for source url
  // {url}!". kInvalidArgument: a project before it has no `repo`.
  absl::StatusOr<std::string> FindProject(const SourceUrl& url) const;

  // "1", "2", "3" or another name of a level. `access` without "scm_level_" for
  // repositories of type hg, the level of the branch `default_branch` (absent: main) for
  // type git. kNotFound: no such project, or nothing there says its level ("Can't find
  // level for project {project}").
  absl::StatusOr<std::string> ScmLevel(std::string_view project) const;

 private:
  Projects(json::Value document, std::string_view source);

  json::Value document_;
  std::string source_;
};

}  // namespace scriptworker::vcs

#endif  // SCRIPTWORKER_VCS_PROJECTS_H_
