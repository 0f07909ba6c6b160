// SPDX-License-Identifier: MPL-2.0
//
// The worker's configuration, checked and typed. docs/configuration.md lists
// every key; config_keys.h is the table behind it.
#ifndef SCRIPTWORKER_WORKER_CONFIG_CONFIG_H_
#define SCRIPTWORKER_WORKER_CONFIG_CONFIG_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cot/policy/policy.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/worker/config/config_credentials.h"
#include "scriptworker/worker/config/config_directories.h"
#include "scriptworker/worker/config/config_script.h"
#include "scriptworker/worker/config/config_watching.h"
#include "scriptworker/worker/config/sandbox_config.h"

namespace scriptworker::worker {

// Which queue is asked for work, and as whom.
struct QueueIdentity {
  std::string root_url;  // as written, also what the script gets to see
  std::string provisioner_id;
  std::string worker_type;
  std::string worker_group;
  std::string worker_id;

  std::string task_queue_id() const { return provisioner_id + "/" + worker_type; }
};

struct Timeouts {
  absl::Duration task_max_timeout;
  absl::Duration reclaim_interval;
  absl::Duration poll_interval;
  absl::Duration artifact_upload_timeout;
  absl::Duration shutdown_grace;  // infinite: no limit
};

struct Logging {
  std::string date_format;  // log_datefmt, strftime
  std::string format;       // log_fmt, Python's %-style
  bool json = false;        // log_format: JSON instead of `format`
  bool verbose = true;
  bool watch_log_file = false;
  int64_t max_bytes = 0;  // rotation is on when this and max_backups are not 0
  int max_backups = 10;
};

// The worker's own link of the chain of trust.
struct Signing {
  bool sign_chain_of_trust = true;
  std::string private_key_path;  // absolute
  crypto::HashAlgorithm hash_algorithm = crypto::HashAlgorithm::kSha256;
  std::string schema_path;  // absolute, or empty: the built-in schema
};

// What is asked of the tasks this one depends on.
struct Verification {
  bool verify_chain_of_trust = false;
  bool verify_cot_signature = false;
  std::string cot_job_type;
  std::optional<std::string> cot_product;
  int max_chain_length = 20;
  int max_concurrent_downloads = 32;
  SecretString github_oauth_token;  // may be empty
};

struct Network {
  std::string ca_bundle;  // absolute path, or empty: the system's bundle
  // Hosts that an artifact may redirect to; empty: any https host.
  std::vector<std::string> artifact_redirect_hosts;
  bool refuse_private_addresses = false;
};

// Never changed after loading; pass it as const&.
struct Config {
  std::string file;  // where it came from, for messages
  QueueIdentity queue;
  WorkerManagement worker_management;
  Directories directories;
  Timeouts timeouts;
  Script script;
  Logging logging;
  Signing signing;
  Verification verification;
  Network network;
  SandboxConfig sandbox;
  // Files that hold, or may hold, the worker's own secrets; absolute. Some need
  // not be there.
  std::vector<std::string> secret_files;
  Watching watching;
  std::shared_ptr<const cot::Policy> policy;  // never null
};

struct LoadedConfig {
  Config config;
  taskcluster::Credentials credentials;  // empty if worker-manager gives them out
  // For the log: secrets readable by others, overlapping restricted scopes.
  std::vector<std::string> warnings;
};

struct LoadOptions {
  enum class Purpose {
    kWorker,
    // verify_cot: read are the root URL and the task queue, what `verification`, `network`,
    // `policy` and signing.schema_path hold, and the credentials, if there are any. Keys that a
    // worker must have may be missing. The only warnings: secrets that others can read, and the
    // policy's.
    kVerification,
  };
  Purpose purpose = Purpose::kWorker;
  // The process's working directory, absolute. Relative paths are taken from
  // BUILD_WORKING_DIRECTORY if the environment has it, else from here.
  std::string working_directory;
};

inline constexpr std::string_view kDefaultConfigFile = "scriptworker.yaml";

// Reads the file at `path` over the defaults, then the credentials. All
// defects are reported at once: the message has one `FILE:LINE: KEY: …` per
// line, kNotFound when the file is missing, else kInvalidArgument. The program
// prints it, then `Exiting...`, and ends with status 1. No secret is ever part
// of a message. Reads files, writes nothing.
absl::StatusOr<LoadedConfig> LoadConfig(std::string_view path, const Environment& environment,
                                        const LoadOptions& options);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CONFIG_CONFIG_H_
