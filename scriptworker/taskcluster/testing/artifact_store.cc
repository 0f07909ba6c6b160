// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/artifact_store.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster::fake {
namespace {

bool MayReplace(const ArtifactRecord& old, const ArtifactRecord& fresh) {
  if (fresh.storage_type != "link" && old.content_type != fresh.content_type) {
    return false;
  }
  if (fresh.expires < old.expires) return false;
  if (old.storage_type != fresh.storage_type) {
    return old.storage_type == "reference" && fresh.storage_type == "link";
  }
  return fresh.storage_type == "reference" ||
         (old.link_to == fresh.link_to && old.reason == fresh.reason &&
          old.message == fresh.message && old.upload_id == fresh.upload_id);
}

}  // namespace

json::Value ArtifactRecord::ToJson() const {
  json::Object object{{"storageType", storage_type},
                      {"name", name},
                      {"expires", FormatTimestamp(expires)},
                      {"contentType", content_type}};
  if (content_length.has_value()) object.Set("contentLength", *content_length);
  return object;
}

ArtifactRecord* ArtifactStore::Find(std::string_view task_id, int run_id, std::string_view name) {
  const auto found = artifacts_.find(Key(std::string(task_id), run_id, std::string(name)));
  return found == artifacts_.end() ? nullptr : &found->second;
}

const ArtifactRecord* ArtifactStore::Create(std::string_view task_id, int run_id,
                                            ArtifactRecord artifact) {
  const auto [place, added] =
      artifacts_.try_emplace(Key(std::string(task_id), run_id, artifact.name), artifact);
  if (!added) {
    if (!MayReplace(place->second, artifact)) return nullptr;
    place->second = std::move(artifact);
  }
  return &place->second;
}

std::vector<const ArtifactRecord*> ArtifactStore::List(std::string_view task_id, int run_id) const {
  std::vector<const ArtifactRecord*> list;
  const std::string task(task_id);
  for (auto it = artifacts_.lower_bound(Key(task, run_id, ""));
       it != artifacts_.end() && std::get<0>(it->first) == task && std::get<1>(it->first) == run_id;
       ++it) {
    list.push_back(&it->second);
  }
  return list;
}

std::string StorageKey(std::string_view task_id, int run_id, std::string_view name) {
  return absl::StrCat(task_id, "/", run_id, "/", name);
}

std::string ObjectName(std::string_view task_id, int run_id, std::string_view name) {
  return absl::StrCat("t/", StorageKey(task_id, run_id, name));
}

bool IsPublicArtifact(std::string_view name) { return absl::StartsWith(name, "public/"); }

}  // namespace scriptworker::taskcluster::fake
