// SPDX-License-Identifier: MPL-2.0

#include "tools/quickstart/workplace.h"

#include <stdlib.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/credentials.h"
#include "tools/quickstart/plan.h"

namespace scriptworker::tools {
namespace {

constexpr mode_t kOwnerOnly = 0600;

}  // namespace

absl::StatusOr<Workplace> Workplace::Make(std::string folder) {
  if (folder.empty()) {
    folder = "/tmp/scriptworker-quickstart-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) return absl::ErrnoToStatus(errno, folder);
  }
  SW_RETURN_IF_ERROR(MakeDirs(folder));
  SW_ASSIGN_OR_RETURN(const FileListing listing, ListFiles(folder));
  if (!listing.files.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(folder, " is not empty"));
  }
  const crypto::Ed25519PrivateKey key = crypto::Ed25519PrivateKey::Generate();
  SW_RETURN_IF_ERROR(WriteFile(folder + "/worker.key", key.SeedToBase64().reveal(), kOwnerOnly));
  SW_RETURN_IF_ERROR(WriteFile(folder + "/worker.pub", key.public_key().ToBase64() + "\n"));
  return Workplace(std::move(folder), key.public_key());
}

absl::Status Workplace::WriteConfig(const Plan& plan, std::string_view root_url,
                                    const taskcluster::Credentials& credentials,
                                    const std::string& task_script) const {
  const std::string work_dir = folder_ + "/work";
  const std::string artifact_dir = folder_ + "/artifacts";
  const json::Object config{
      {"taskcluster_root_url", root_url},
      {"provisioner_id", plan.provisioner_id},
      {"worker_type", plan.worker_type},
      {"worker_group", "quickstart"},
      {"worker_id", "quickstart-1"},
      {"credentials", json::Object{{"clientId", credentials.client_id},
                                   {"accessToken", credentials.access_token.reveal()}}},
      {"task_script", json::Array{"bash", task_script, work_dir, artifact_dir}},
      {"task_max_timeout", 60},
      {"artifact_upload_timeout", 60},
      {"reclaim_interval", absl::ToInt64Seconds(kReclaimInterval)},
      {"poll_interval", 1},
      {"verbose", true},
      {"sign_chain_of_trust", true},
      {"verify_chain_of_trust", false},
      {"cot_job_type", "signing"},
      {"cot_product", "firefox"},
      {"work_dir", work_dir},
      {"artifact_dir", artifact_dir},
      {"task_log_dir", artifact_dir + "/public/logs"},
      {"log_dir", folder_ + "/log"},
      {"ed25519_private_key_path", folder_ + "/worker.key"},
  };
  // JSON is YAML, too, but a member a line with its value as JSON reads better.
  std::string yaml = "# The worker's configuration, made by the quickstart.\n";
  for (const auto& [key, value] : config) {
    absl::StrAppend(&yaml, key, ": ", json::FormatCompact(value), "\n");
  }
  return WriteFile(config_path(), yaml, kOwnerOnly);
}

}  // namespace scriptworker::tools
