// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/pushlog.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json_reader.h"

namespace scriptworker::vcs {
namespace {

absl::StatusOr<Push> ParsePush(const std::string& id, const json::Reader& reader) {
  Push push;
  push.id = id;
  SW_ASSIGN_OR_RETURN(push.date, reader.Int("date"));
  SW_ASSIGN_OR_RETURN(push.user, reader.String("user"));
  SW_ASSIGN_OR_RETURN(const json::Reader list, reader.Field("changesets"));
  SW_ASSIGN_OR_RETURN(const std::vector<json::Reader> changesets, list.Elements());
  if (changesets.empty()) return list.Error("expected at least one changeset, found none");
  for (const json::Reader& changeset : changesets) {
    SW_ASSIGN_OR_RETURN(std::string node, changeset.StringOr("node", ""));
    if (!node.empty()) push.changesets.push_back(std::move(node));
  }
  SW_ASSIGN_OR_RETURN(push.comment, changesets.back().String("desc"));
  SW_ASSIGN_OR_RETURN(const json::Reader parents, changesets.front().Field("parents"));
  SW_ASSIGN_OR_RETURN(const std::vector<std::string> hashes, parents.AsStrings());
  if (hashes.empty()) return parents.Error("expected at least one parent, found none");
  push.base_revision = hashes.front();
  return push;
}

}  // namespace

absl::StatusOr<std::vector<Push>> ParsePushlog(const json::Value& pushlog,
                                               std::string_view source) {
  SW_ASSIGN_OR_RETURN(const json::Reader field, json::Reader(pushlog, source).Field("pushes"));
  SW_ASSIGN_OR_RETURN(const auto members, field.Members());
  if (members.empty()) return field.Error("expected a push, found none");
  std::vector<Push> pushes;
  for (const auto& [id, reader] : members) {
    SW_ASSIGN_OR_RETURN(Push push, ParsePush(id, reader));
    pushes.push_back(std::move(push));
  }
  return pushes;
}

}  // namespace scriptworker::vcs
