// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/verify_cot_program.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cot/policy/policy.h"
#include "cot/verify_cot_command.h"
#include "cot/verify_cot_options.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/deployment.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/http/user_agent.h"
#include "scriptworker/worker/config/config.h"

namespace scriptworker {
namespace {

// Fills in what a configuration file says.
absl::Status ReadConfig(const std::string& path, const Invocation& invocation,
                        cot::VerifyCotSetup& setup, http::CurlOptions& network) {
  SW_ASSIGN_OR_RETURN(worker::LoadedConfig loaded,
                      worker::LoadConfig(path, invocation.environment,
                                         {.purpose = worker::LoadOptions::Purpose::kVerification,
                                          .working_directory = invocation.working_directory}));
  for (const std::string& warning : loaded.warnings) invocation.err << warning << "\n";
  const worker::Config& config = loaded.config;
  setup.root_url = config.queue.root_url;
  setup.policy = config.policy;
  if (!loaded.credentials.client_id.empty()) setup.credentials = std::move(loaded.credentials);
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

absl::Status UseDefaults(const Invocation& invocation, cot::VerifyCotSetup& setup) {
  SW_ASSIGN_OR_RETURN(cot::LoadedPolicy policy, cot::LoadDefaultPolicy());
  setup.policy = std::make_shared<const cot::Policy>(std::move(policy.policy));
  SW_ASSIGN_OR_RETURN(Deployment deployment,
                      FindDeployment(invocation.environment, invocation.working_directory));
  for (const std::string& warning : deployment.warnings) invocation.err << warning << "\n";
  setup.root_url = std::move(deployment.root_url);
  setup.credentials = std::move(deployment.credentials);
  return absl::OkStatus();
}

}  // namespace

int VerifyCotProgram(const Invocation& invocation) {
  const auto parsed =
      cot::ParseVerifyCotOptions(invocation.arguments, invocation.working_directory);
  if (const auto* answer = std::get_if<cot::UsageAnswer>(&parsed)) {
    (answer->exit_status == 0 ? invocation.out : invocation.err) << answer->text;
    return answer->exit_status;
  }
  const auto& options = std::get<cot::VerifyCotOptions>(parsed);
  cot::VerifyCotSetup setup;
  setup.temp_dir = invocation.environment.GetOr("TMPDIR", "/tmp");
  http::CurlOptions network{.user_agent = http::UserAgent(), .environment = invocation.environment};
  const absl::Status read = options.config.empty()
                                ? UseDefaults(invocation, setup)
                                : ReadConfig(options.config, invocation, setup, network);
  if (!read.ok()) {
    invocation.err << read.message() << "\n";
    return 2;
  }
  const std::string token = invocation.environment.GetOr("SCRIPTWORKER_GITHUB_OAUTH_TOKEN", "");
  if (!token.empty()) setup.github_token = SecretString(token);
  network.redirect_limits = setup.redirect_limits;
  const absl::StatusOr<std::unique_ptr<http::CurlTransport>> transport =
      http::CurlTransport::Create(std::move(network));
  if (!transport.ok()) {
    invocation.err << transport.status().message() << "\n";
    return 5;
  }
  SystemClock clock;
  return cot::VerifyCot(
      options, setup, **transport, clock,
      {invocation.out, invocation.err, invocation.err_is_terminal && !options.verbose},
      CancellationToken());
}

}  // namespace scriptworker
