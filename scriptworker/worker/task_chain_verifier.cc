// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/task_chain_verifier.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cot/chain/violation.h"
#include "cot/verdict.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/worker/log/audit_log.h"

namespace scriptworker::worker {

TaskChainVerifier::TaskChainVerifier(const Config& config, LogFormat log_format,
                                     const Collaborators& with)
    : config_(config),
      log_format_(std::move(log_format)),
      with_(with),
      transport_(with.transport) {}

absl::Status TaskChainVerifier::Verify(const taskcluster::ClaimedTask& task,
                                       const CancellationToken& cancellation) {
  SW_RETURN_IF_ERROR(task.task.status());
  absl::StatusOr<std::unique_ptr<AuditLog>> opened =
      AuditLog::Create({.path = with_.dirs.chain_of_trust_log(), .format = log_format_},
                       with_.clock, with_.redactor, with_.logger);
  // The machine's fault, not the chain's.
  if (!opened.ok()) return absl::InternalError(opened.status().message());
  const std::unique_ptr<AuditLog> log = *std::move(opened);
  const Verification& asked = config_.verification;
  const cot::VerifyRequest request{.task_id = task.task_id,
                                   .task = *task.task,
                                   .name = asked.cot_job_type,
                                   .product = asked.cot_product.value_or(""),
                                   .verify_signatures = asked.verify_cot_signature,
                                   .work_dir = config_.directories.work_dir,
                                   .schema_path = config_.signing.schema_path,
                                   .max_chain_length = asked.max_chain_length,
                                   .max_concurrent_downloads = asked.max_concurrent_downloads};
  SW_ASSIGN_OR_RETURN(
      const cot::Verdict verdict,
      cot::Verify(request, *config_.policy,
                  {.queue = with_.queue,
                   .transport = transport_,
                   .clock = with_.clock,
                   .github_token = SecretString(std::string(asked.github_oauth_token.reveal()))},
                  *log, cancellation));
  for (const std::string& left_out : verdict.not_checked) {
    log->Warning(absl::StrCat("Not checked: ", left_out));
  }
  return cot::ToStatus(verdict);
}

}  // namespace scriptworker::worker
