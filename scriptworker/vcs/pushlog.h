// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_VCS_PUSHLOG_H_
#define SCRIPTWORKER_VCS_PUSHLOG_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "scriptworker/json/value.h"

namespace scriptworker::vcs {

// One push to a Mercurial repository.
struct Push {
  std::string id;    // its number, as text
  int64_t date = 0;  // seconds since the epoch
  std::string user;
  std::string comment;                  // description of the last changeset
  std::string base_revision;            // first parent of the first changeset
  std::vector<std::string> changesets;  // hashes, in order; those that are named
};

// The pushes of a pushlog of version 2, `full` and not `tipsonly`, in its order; at
// least one. `source` names it in errors, which are kInvalidArgument.
absl::StatusOr<std::vector<Push>> ParsePushlog(const json::Value& pushlog, std::string_view source);

}  // namespace scriptworker::vcs

#endif  // SCRIPTWORKER_VCS_PUSHLOG_H_
