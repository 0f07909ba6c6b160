// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/config_keys.h"

#include <cstdint>
#include <limits>
#include <string_view>

#include "absl/types/span.h"

namespace scriptworker::worker {
namespace {

using Kind = ConfigKey::Kind;

constexpr KeyType kString = KeyType::kString;
constexpr KeyType kInteger = KeyType::kInteger;
constexpr KeyType kBoolean = KeyType::kBoolean;
constexpr KeyType kList = KeyType::kList;
constexpr KeyType kMapping = KeyType::kMapping;

// In the order of docs/configuration.md.
constexpr ConfigKey kKeys[] = {
    // The queue, and who asks it.
    {.name = "taskcluster_root_url",
     .type = kString,
     .default_json = R"("https://firefox-ci-tc.services.mozilla.com/")",
     .environment_variable = "TASKCLUSTER_ROOT_URL"},
    {.name = "provisioner_id", .type = kString, .default_json = R"("test-dummy-provisioner")"},
    {.name = "worker_type", .type = kString, .default_json = R"("dummy-worker-myname")"},
    {.name = "worker_group", .type = kString, .default_json = R"("test-dummy-workers")"},
    {.name = "worker_id",
     .type = kString,
     .default_json = R"("dummy-worker-myname1")",
     .environment_variable = "SCRIPTWORKER_WORKER_ID"},
    {.name = "credentials", .type = kMapping, .kind = Kind::kCredentials},
    {.name = "worker_manager_provider",
     .type = kString,
     .default_json = R"("")",
     .extension = true},
    {.name = "worker_manager_secret_path",
     .type = kString,
     .default_json = R"("")",
     .extension = true},
    {.name = "worker_manager_remove_on_shutdown",
     .type = kBoolean,
     .default_json = "false",
     .extension = true},
    {.name = "strict", .type = kBoolean, .default_json = "false", .extension = true},

    // Directories.
    {.name = "work_dir", .type = kString},
    {.name = "artifact_dir", .type = kString},
    {.name = "task_log_dir", .type = kString},
    {.name = "log_dir", .type = kString},
    {.name = "state_dir",
     .type = kString,
     .default_json = "null",
     .may_be_null = true,
     .extension = true},

    // The script.
    {.name = "task_script",
     .type = kList,
     .default_json = R"(["bash", "-c", "echo foo && sleep 19 && exit 1"])"},
    {.name = "task_max_timeout", .type = kInteger, .default_json = "1200"},
    // 0 would report a task that ran out of time as completed.
    {.name = "task_max_timeout_status",
     .type = kInteger,
     .default_json = "1",
     .minimum = 1,
     .maximum = 255},
    {.name = "reversed_statuses",
     .type = kMapping,
     .default_json = R"({"245": "intermittent-task", "241": "intermittent-task"})"},
    {.name = "script_env", .type = kString, .default_json = R"("inherit")", .extension = true},
    {.name = "script_env_allow",
     .type = kList,
     .default_json = R"(["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_*", "TZ", "TMPDIR"])",
     .extension = true},
    {.name = "sandbox", .type = kMapping, .default_json = "{}", .extension = true},

    // Intervals.
    {.name = "poll_interval", .type = kInteger, .default_json = "10"},
    {.name = "reclaim_interval", .type = kInteger, .default_json = "300", .minimum = 1},
    {.name = "invalid_reclaim_status", .type = kInteger, .default_json = "7", .maximum = 255},
    {.name = "artifact_upload_timeout", .type = kInteger, .default_json = "1200", .minimum = 1},
    {.name = "shutdown_grace", .type = kInteger, .default_json = "0", .extension = true},

    // Logging.
    {.name = "verbose", .type = kBoolean, .default_json = "true"},
    {.name = "log_fmt",
     .type = kString,
     .default_json = R"("%(asctime)s %(levelname)8s - %(message)s")"},
    {.name = "log_datefmt", .type = kString, .default_json = R"("%Y-%m-%dT%H:%M:%S")"},
    {.name = "log_max_bytes",
     .type = kInteger,
     .default_json = "0",
     .maximum = std::numeric_limits<int64_t>::max()},
    {.name = "log_max_backups", .type = kInteger, .default_json = "10"},
    {.name = "watch_log_file", .type = kBoolean, .default_json = "false"},
    {.name = "log_format", .type = kString, .default_json = R"("text")", .extension = true},

    // The worker's own link of the chain of trust.
    {.name = "sign_chain_of_trust", .type = kBoolean, .default_json = "true"},
    {.name = "ed25519_private_key_path", .type = kString},
    {.name = "chain_of_trust_hash_algorithm", .type = kString, .default_json = R"("sha256")"},
    {.name = "cot_schema_path", .type = kString, .default_json = R"("")"},

    // Verification of the chain of trust.
    {.name = "verify_chain_of_trust", .type = kBoolean, .default_json = "false"},
    {.name = "verify_cot_signature", .type = kBoolean, .default_json = "false"},
    {.name = "cot_job_type", .type = kString, .default_json = R"("unknown")"},
    {.name = "cot_product", .type = kString, .default_json = "null", .may_be_null = true},
    {.name = "max_chain_length", .type = kInteger, .default_json = "20"},
    {.name = "max_concurrent_downloads",
     .type = kInteger,
     .default_json = "32",
     .minimum = 1,
     .maximum = 1024},
    {.name = "github_oauth_token", .type = kString, .default_json = R"("")"},
    {.name = "cot_policy_path", .type = kString, .default_json = R"("")", .extension = true},

    // Values of the policy.
    {.name = "ed25519_public_keys", .type = kMapping, .kind = Kind::kPolicy},
    {.name = "valid_artifact_rules", .type = kList, .kind = Kind::kPolicy},
    {.name = "scriptworker_provisioners", .type = kList, .kind = Kind::kPolicy},
    {.name = "valid_hash_algorithms", .type = kList, .kind = Kind::kPolicy},
    {.name = "project_configuration_url", .type = kString, .kind = Kind::kPolicy},
    {.name = "pushlog_url", .type = kString, .kind = Kind::kPolicy},
    {.name = "source_hosts", .type = kMapping, .kind = Kind::kPolicy, .extension = true},

    // Values of the product's part of the policy.
    {.name = "cot_product_type", .type = kString, .kind = Kind::kProduct, .may_be_null = true},
    {.name = "official_github_repos_owner",
     .type = kString,
     .kind = Kind::kProduct,
     .may_be_null = true},
    {.name = "source_env_prefix", .type = kString, .kind = Kind::kProduct, .may_be_null = true},
    {.name = "trusted_vcs_rules", .type = kList, .kind = Kind::kProduct, .may_be_null = true},
    {.name = "valid_tasks_for", .type = kList, .kind = Kind::kProduct, .may_be_null = true},
    {.name = "valid_decision_worker_pools",
     .type = kList,
     .kind = Kind::kProduct,
     .may_be_null = true},
    {.name = "valid_docker_image_worker_pools",
     .type = kList,
     .kind = Kind::kProduct,
     .may_be_null = true},
    // `any`, a string, for some products.
    {.name = "prebuilt_docker_image_task_types",
     .type = kList,
     .kind = Kind::kProduct,
     .may_be_null = true},
    {.name = "cot_restricted_scopes",
     .type = kMapping,
     .kind = Kind::kProduct,
     .may_be_null = true},
    {.name = "cot_restricted_trees", .type = kMapping, .kind = Kind::kProduct, .may_be_null = true},

    // Network.
    {.name = "ca_bundle", .type = kString, .default_json = R"("")", .extension = true},
    {.name = "artifact_redirect_hosts", .type = kList, .default_json = "[]", .extension = true},
    {.name = "refuse_private_addresses",
     .type = kBoolean,
     .default_json = "false",
     .extension = true},

    // Being watched.
    {.name = "status_socket", .type = kString, .default_json = R"("")", .extension = true},
    {.name = "health_address", .type = kString, .default_json = R"("")", .extension = true},

    // Read, and without effect, as in the reference.
    {.name = "sign_key_timeout", .type = kInteger, .default_json = "120"},
    {.name = "cot_version", .type = kInteger, .default_json = "3"},
    {.name = "min_cot_version", .type = kInteger, .default_json = "2"},
};

}  // namespace

std::string_view KeyTypeName(KeyType type) {
  switch (type) {
    case KeyType::kString:
      return "a string";
    case KeyType::kInteger:
      return "an integer";
    case KeyType::kBoolean:
      return "true or false";
    case KeyType::kList:
      return "a list";
    case KeyType::kMapping:
      return "a mapping";
  }
  return "";
}

absl::Span<const ConfigKey> ConfigKeys() { return kKeys; }

const ConfigKey* FindConfigKey(std::string_view name) {
  for (const ConfigKey& key : kKeys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

}  // namespace scriptworker::worker
