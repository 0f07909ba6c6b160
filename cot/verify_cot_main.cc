// SPDX-License-Identifier: MPL-2.0
// The command line tool: verifies the chain of trust of a task.

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/policy.h"
#include "cot/verify_cot_command.h"
#include "cot/verify_cot_options.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/version.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/worker/config.h"
#include "scriptworker/worker/credentials_lookup.h"

namespace {

using scriptworker::Environment;
using scriptworker::SecretString;
using scriptworker::http::CurlOptions;
using scriptworker::http::CurlTransport;

constexpr char kDefaultRootUrl[] = "https://firefox-ci-tc.services.mozilla.com/";

// Fills in what a configuration file says.
absl::Status ReadConfig(const std::string& path, const Environment& environment,
                        const std::string& working_directory, cot::VerifyCotSetup& setup,
                        CurlOptions& network) {
  SW_ASSIGN_OR_RETURN(scriptworker::worker::LoadedConfig loaded,
                      scriptworker::worker::LoadConfig(path, environment,
                                                       {.working_directory = working_directory}));
  for (const std::string& warning : loaded.warnings) std::cerr << warning << "\n";
  const scriptworker::worker::Config& config = loaded.config;
  setup.root_url = config.queue.root_url;
  setup.policy = config.policy;
  setup.credentials = std::move(loaded.credentials);
  setup.github_token = config.verification.github_oauth_token;
  setup.cot_product = config.verification.cot_product;
  setup.cot_job_type = config.verification.cot_job_type;
  setup.task_queue_id = config.queue.task_queue_id();
  setup.schema_path = config.signing.schema_path;
  setup.max_chain_length = config.verification.max_chain_length;
  setup.max_concurrent_downloads = config.verification.max_concurrent_downloads;
  setup.redirect_limits.allowed_hosts = config.network.artifact_redirect_hosts;
  network.ca_bundle = config.network.ca_bundle;
  network.refuse_private_addresses = config.network.refuse_private_addresses;
  return absl::OkStatus();
}

absl::Status UseDefaults(const Environment& environment, const std::string& working_directory,
                         cot::VerifyCotSetup& setup) {
  setup.root_url = environment.GetOr("TASKCLUSTER_ROOT_URL", kDefaultRootUrl);
  SW_ASSIGN_OR_RETURN(cot::LoadedPolicy policy,
                      cot::LoadPolicy(cot::DefaultPolicyText(), cot::kDefaultPolicyName));
  setup.policy = std::make_shared<const cot::Policy>(std::move(policy.policy));
  std::vector<std::string> warnings;
  SW_ASSIGN_OR_RETURN(
      const auto found,
      scriptworker::worker::LookUpSecret("credentials", working_directory, environment, warnings));
  for (const std::string& warning : warnings) std::cerr << warning << "\n";
  if (found.has_value()) {
    SW_ASSIGN_OR_RETURN(setup.credentials, scriptworker::worker::ReadPermanentCredentials(
                                               found->value, found->source));
  }
  return absl::OkStatus();
}

int Run(const cot::VerifyCotOptions& options, const Environment& environment,
        const std::string& working_directory) {
  cot::VerifyCotSetup setup;
  setup.temp_dir = environment.GetOr("TMPDIR", "/tmp");
  CurlOptions network{.user_agent = absl::StrCat("scriptworker ", scriptworker::kVersion),
                      .environment = environment};
  const absl::Status read =
      options.config.empty()
          ? UseDefaults(environment, working_directory, setup)
          : ReadConfig(options.config, environment, working_directory, setup, network);
  if (!read.ok()) {
    std::cerr << read.message() << "\n";
    return 2;
  }
  const std::string token = environment.GetOr("SCRIPTWORKER_GITHUB_OAUTH_TOKEN", "");
  if (!token.empty()) setup.github_token = SecretString(token);
  network.redirect_limits = setup.redirect_limits;
  const absl::StatusOr<std::unique_ptr<CurlTransport>> transport =
      CurlTransport::Create(std::move(network));
  if (!transport.ok()) {
    std::cerr << transport.status().message() << "\n";
    return 5;
  }
  scriptworker::SystemClock clock;
  const bool shows_progress = ::isatty(STDERR_FILENO) == 1 && !options.verbose;
  return cot::VerifyCot(options, setup, **transport, clock, {std::cout, std::cerr, shows_progress},
                        scriptworker::CancellationToken());
}

}  // namespace

int main(int argc, char** argv) {
  const Environment environment = Environment::FromProcess();
  const std::string working_directory =
      environment.GetOr("BUILD_WORKING_DIRECTORY", std::filesystem::current_path().string());
  const auto parsed = cot::ParseVerifyCotOptions(std::vector<std::string>(argv + 1, argv + argc),
                                                 working_directory);
  if (const auto* answer = std::get_if<cot::UsageAnswer>(&parsed)) {
    (answer->exit_status == 0 ? std::cout : std::cerr) << answer->text;
    return answer->exit_status;
  }
  return Run(std::get<cot::VerifyCotOptions>(parsed), environment, working_directory);
}
