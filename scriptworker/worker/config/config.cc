// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/config.h"

#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "cot/policy/defect_list.h"
#include "cot/policy/document_part.h"
#include "cot/policy/policy.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/http/host_pattern.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/value.h"
#include "scriptworker/json/yaml.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/worker/config/composed_policy.h"
#include "scriptworker/worker/config/config_credentials.h"
#include "scriptworker/worker/config/config_directories.h"
#include "scriptworker/worker/config/config_file.h"
#include "scriptworker/worker/config/config_script.h"
#include "scriptworker/worker/config/config_watching.h"
#include "scriptworker/worker/config/credentials_lookup.h"
#include "scriptworker/worker/config/sandbox_config.h"
#include "scriptworker/worker/config/secret_file.h"
#include "scriptworker/worker/config/settings.h"
#include "scriptworker/worker/log/log_format.h"

namespace scriptworker::worker {
namespace {

using ::cot::DefectList;
using ::cot::DocumentPart;
using ::scriptworker::json::YamlDocument;

// Turns a document into a Config; one object per call of LoadConfig.
class Loader {
 public:
  Loader(const ConfigFile& file, const Environment& environment, Settings::Absent absent)
      : file_(file.path),
        document_(file.document),
        environment_(environment),
        paths_(file.directory),
        defects_(file.name, document_.marks),
        settings_(Settings::Read(document_.value, environment, defects_, absent)) {}

  absl::StatusOr<LoadedConfig> Load() {
    LoadedConfig loaded;
    Config& config = loaded.config;
    config.file = file_;
    ReadQueue(config.queue);
    config.directories = ReadDirectories(settings_, paths_, defects_);
    ReadTimeouts(config.timeouts);
    config.script = ReadScript(settings_, defects_, warnings_);
    ReadLogging(config.logging);
    ReadSigning(config.signing);
    ReadVerification(config.verification);
    ReadNetwork(config.network);
    ReadSandbox(config.sandbox);
    config.watching = ReadWatching(settings_, paths_, defects_);
    config.policy = ReadPolicy();
    config.worker_management = ReadWorkerManagement(settings_, document_.value, paths_, defects_);
    CheckDirectories({{"the configuration file", file_},
                      {"the signing key", config.signing.private_key_path},
                      {"the worker's secret", config.worker_management.secret_path},
                      {"the working directory", paths_.base()}},
                     settings_, config.directories, defects_, warnings_);
    if (!config.worker_management.enabled()) ReadCredentials(loaded.credentials, defects_);
    SW_RETURN_IF_ERROR(AllDefects());
    SW_RETURN_IF_ERROR(CheckFiles(config));
    loaded.warnings = std::move(warnings_);
    return loaded;
  }

  absl::StatusOr<LoadedConfig> LoadForVerification() {
    LoadedConfig loaded;
    Config& config = loaded.config;
    config.file = file_;
    ReadQueue(config.queue);
    config.signing.schema_path = PathOf("cot_schema_path");
    ReadVerification(config.verification);
    ReadNetwork(config.network);
    config.policy = ReadPolicy();
    DefectList absent(file_, document_.marks);  // most tasks have nothing private
    ReadCredentials(loaded.credentials, absent);
    SW_RETURN_IF_ERROR(AllDefects());
    if (HoldsSecrets(config)) {
      Warn(ExposureWarning(file_, "the configuration file", Sensitivity::kSecret));
    }
    absl::c_move(exposures_, std::back_inserter(warnings_));
    loaded.warnings = std::move(warnings_);
    return loaded;
  }

 private:
  std::string PathOf(std::string_view key) const { return paths_.Absolute(settings_.String(key)); }

  absl::Duration SecondsOf(std::string_view key) const { return absl::Seconds(settings_.Int(key)); }

  int IntOf(std::string_view key) const { return static_cast<int>(settings_.Int(key)); }

  void Refuse(std::string_view key, std::string_view sentence) {
    settings_.Refuse(key, "", sentence, defects_);
  }

  // A report function for what lies inside the value of a key.
  auto Inside(std::string_view key) {
    return [this, key](std::string_view pointer, std::string_view sentence) {
      settings_.Refuse(key, pointer, sentence, defects_);
    };
  }

  void ReadQueue(QueueIdentity& queue) {
    queue.root_url = std::string(settings_.String("taskcluster_root_url"));
    if (const auto url = http::Url::Parse(queue.root_url); !url.ok()) {
      Refuse("taskcluster_root_url", url.status().message());
    }
    queue.provisioner_id = std::string(settings_.String("provisioner_id"));
    queue.worker_type = std::string(settings_.String("worker_type"));
    queue.worker_group = std::string(settings_.String("worker_group"));
    queue.worker_id = std::string(settings_.String("worker_id"));
  }

  void ReadTimeouts(Timeouts& timeouts) {
    timeouts.task_max_timeout = SecondsOf("task_max_timeout");
    timeouts.reclaim_interval = SecondsOf("reclaim_interval");
    timeouts.poll_interval = SecondsOf("poll_interval");
    timeouts.artifact_upload_timeout = SecondsOf("artifact_upload_timeout");
    timeouts.shutdown_grace = SecondsOf("shutdown_grace");
    if (timeouts.shutdown_grace == absl::ZeroDuration()) {
      timeouts.shutdown_grace = absl::InfiniteDuration();
    }
  }

  void ReadLogging(Logging& logging) {
    logging.date_format = std::string(settings_.String("log_datefmt"));
    logging.format = std::string(settings_.String("log_fmt"));
    const absl::Status parsed = LogFormat::Create({.format = logging.format}).status();
    if (!parsed.ok()) Refuse("log_fmt", parsed.message());
    const std::string_view form = settings_.String("log_format");
    logging.json = form == "json";
    if (form != "json" && form != "text") {
      Refuse("log_format", absl::StrCat("expected text or json, found \"", form, "\""));
    }
    logging.verbose = settings_.Bool("verbose");
    logging.watch_log_file = settings_.Bool("watch_log_file");
    logging.max_bytes = settings_.Int("log_max_bytes");
    logging.max_backups = IntOf("log_max_backups");
  }

  void ReadSigning(Signing& signing) {
    signing.sign_chain_of_trust = settings_.Bool("sign_chain_of_trust");
    signing.private_key_path = PathOf("ed25519_private_key_path");
    if (signing.private_key_path.empty() && signing.sign_chain_of_trust &&
        settings_.InFile("ed25519_private_key_path") != nullptr) {
      Refuse("ed25519_private_key_path", "must not be empty");
    }
    signing.schema_path = PathOf("cot_schema_path");
    const auto algorithm =
        crypto::ParseHashAlgorithm(settings_.String("chain_of_trust_hash_algorithm"));
    if (algorithm.ok()) {
      signing.hash_algorithm = *algorithm;
    } else {
      Refuse("chain_of_trust_hash_algorithm",
             absl::StrCat("expected sha256 or sha512, found \"",
                          settings_.String("chain_of_trust_hash_algorithm"), "\""));
    }
  }

  void ReadVerification(Verification& verification) {
    verification.verify_chain_of_trust = settings_.Bool("verify_chain_of_trust");
    verification.verify_cot_signature = settings_.Bool("verify_cot_signature");
    verification.cot_job_type = std::string(settings_.String("cot_job_type"));
    verification.cot_product = settings_.cot_product();
    verification.max_chain_length = IntOf("max_chain_length");
    verification.max_concurrent_downloads = IntOf("max_concurrent_downloads");
    verification.github_oauth_token =
        SecretString(std::string(settings_.String("github_oauth_token")));
    if (!verification.verify_chain_of_trust) return;
    if (!verification.cot_product.has_value()) {
      Refuse("verify_chain_of_trust", "cannot be true while cot_product is not set");
    }
  }

  void ReadNetwork(Network& network) {
    network.ca_bundle = PathOf("ca_bundle");
    const auto report = Inside("artifact_redirect_hosts");
    DocumentPart(settings_.Get("artifact_redirect_hosts"), report)
        .ForEachElement("a list", [&](const DocumentPart& element) {
          const std::optional<std::string> host = element.AsString();
          if (!host.has_value()) return;
          const absl::Status checked = http::CheckHostPattern(*host);
          if (!checked.ok()) element.Defect(checked.message());
          network.artifact_redirect_hosts.push_back(*host);
        });
    network.refuse_private_addresses = settings_.Bool("refuse_private_addresses");
  }

  void ReadSandbox(SandboxConfig& sandbox) {
    sandbox = ReadSandboxConfig(DocumentPart(settings_.Get("sandbox"), Inside("sandbox")),
                                [this](std::string_view path) { return paths_.Absolute(path); });
  }

  std::shared_ptr<const cot::Policy> ReadPolicy() {
    absl::StatusOr<ComposedPolicy> composed =
        ComposePolicy(settings_, PathOf("cot_policy_path"), defects_);
    if (!composed.ok()) {
      other_defects_.emplace_back(composed.status().message());
      return nullptr;
    }
    absl::c_move(composed->warnings, std::back_inserter(warnings_));
    return std::move(composed->policy);
  }

  void ReadCredentials(taskcluster::Credentials& credentials, DefectList& defects) {
    ConfiguredCredentials read =
        ReadConfiguredCredentials(settings_, document_, paths_.base(), environment_, defects);
    credentials = std::move(read.credentials);
    has_inline_secrets_ = read.in_file;
    absl::c_move(read.other_defects, std::back_inserter(other_defects_));
    absl::c_move(read.exposures, std::back_inserter(exposures_));
  }

  absl::Status AllDefects() {
    std::vector<std::string> all;
    if (!defects_.empty()) all.emplace_back(defects_.ToStatus().message());
    absl::c_copy(other_defects_, std::back_inserter(all));
    if (all.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrJoin(all, "\n"));
  }

  // Whether the file itself does.
  bool HoldsSecrets(const Config& config) const {
    return has_inline_secrets_ || !config.verification.github_oauth_token.empty();
  }

  absl::Status CheckFiles(Config& config) {
    const bool is_secret = HoldsSecrets(config);
    Warn(ExposureWarning(file_, "the configuration file",
                         is_secret ? Sensitivity::kSecret : Sensitivity::kTrusted));
    if (is_secret) config.secret_files.push_back(file_);
    if (config.sandbox.landlock && !config.directories.state_dir.empty()) {
      config.sandbox.own_folders.push_back(config.directories.state_dir);
    }
    absl::c_move(SecretFiles(paths_.base(), environment_), std::back_inserter(config.secret_files));
    if (const std::string path = PathOf("cot_policy_path"); !path.empty()) {
      Warn(ExposureWarning(path, "the policy", Sensitivity::kTrusted));
    }
    if (config.signing.sign_chain_of_trust) {
      const std::string& path = config.signing.private_key_path;
      Warn(ExposureWarning(path, "the signing key", Sensitivity::kSecret));
      config.secret_files.push_back(path);
    }
    if (const std::string& path = config.worker_management.secret_path; !path.empty()) {
      Warn(ExposureWarning(path, "the worker's secret", Sensitivity::kSecret));
      config.secret_files.push_back(path);
    }
    const auto has_logs =
        IsBeneath(config.directories.task_log_dir, config.directories.artifact_dir);
    if (has_logs.ok() && !*has_logs) {
      warnings_.push_back(absl::StrCat(config.directories.task_log_dir,
                                       " (task_log_dir) is not in ",
                                       config.directories.artifact_dir,
                                       " (artifact_dir): tasks are published without their logs"));
    }
    if (!exposures_.empty() && settings_.Bool("strict")) {
      return absl::InvalidArgumentError(
          absl::StrCat(settings_.PlaceOf("strict").empty() ? "" : document_.marks.Prefix("/strict"),
                       "strict: ", absl::StrJoin(exposures_, "\nstrict: ")));
    }
    absl::c_move(exposures_, std::back_inserter(warnings_));
    return absl::OkStatus();
  }

  void Warn(std::optional<std::string> warning) {
    if (warning.has_value()) exposures_.push_back(*std::move(warning));
  }

  const std::string& file_;  // its absolute path
  const YamlDocument& document_;
  const Environment& environment_;
  const ConfigPaths paths_;
  DefectList defects_;
  const Settings settings_;
  std::vector<std::string> other_defects_;  // of other files, whole lines
  std::vector<std::string> warnings_;
  std::vector<std::string> exposures_;  // warnings that `strict` makes errors
  bool has_inline_secrets_ = false;
};

}  // namespace

absl::StatusOr<LoadedConfig> LoadConfig(std::string_view path, const Environment& environment,
                                        const LoadOptions& options) {
  SW_ASSIGN_OR_RETURN(const ConfigFile file,
                      ReadConfigFile(path, environment, options.working_directory));
  if (options.purpose == LoadOptions::Purpose::kVerification) {
    return Loader(file, environment, Settings::Absent::kIsDefault).LoadForVerification();
  }
  return Loader(file, environment, Settings::Absent::kIsDefect).Load();
}

}  // namespace scriptworker::worker
