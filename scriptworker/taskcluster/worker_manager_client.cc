// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/worker_manager_client.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/api_caller.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/temporary_credentials.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster {
namespace {

constexpr size_t kSecretLength = 44;

absl::StatusOr<WorkerGrant> ParseGrant(const json::Reader& reader) {
  WorkerGrant grant;
  SW_ASSIGN_OR_RETURN(const json::Reader credentials, reader.Field("credentials"));
  SW_ASSIGN_OR_RETURN(grant.credentials, Credentials::FromJson(credentials));
  SW_ASSIGN_OR_RETURN(const json::Reader expires, reader.Field("expires"));
  SW_ASSIGN_OR_RETURN(const std::string expires_text, expires.AsString());
  const absl::StatusOr<absl::Time> time = ParseTimestamp(expires_text);
  if (!time.ok()) return expires.Error(time.status().message());
  grant.expires = *time;
  SW_ASSIGN_OR_RETURN(std::string secret, reader.String("secret"));
  grant.secret = SecretString(std::move(secret));
  if (grant.credentials.certificate.has_value()) {
    SW_ASSIGN_OR_RETURN(const CertificateFields fields,
                        CertificateFields::FromJson(json::Reader(
                            grant.credentials.certificate->value(), "the certificate")));
    grant.expires = std::min(grant.expires, absl::FromUnixMillis(fields.expiry_ms));
  }
  return grant;
}

absl::StatusOr<WorkerGrant> ReadGrant(const ApiCaller::Answer& answer) {
  absl::StatusOr<WorkerGrant> grant = ParseGrant(json::Reader(answer.body, answer.url.Redacted()));
  if (!grant.ok()) return answer.WrongShape(grant.status());
  grant->server_time = answer.server_time;
  return grant;
}

}  // namespace

absl::StatusOr<WorkerManagerClient> WorkerManagerClient::Create(std::string_view root_url,
                                                                http::Transport& transport,
                                                                Clock& clock, ApiOptions options) {
  SW_ASSIGN_OR_RETURN(ApiCaller api, ApiCaller::Create(root_url, "worker-manager/v1", transport,
                                                       clock, std::move(options)));
  return WorkerManagerClient(std::move(api));
}

absl::StatusOr<WorkerGrant> WorkerManagerClient::Register(
    const ManagedWorker& worker, const SecretString& static_secret,
    const CancellationToken& cancellation) const {
  const json::Value body(json::Object{
      {"workerPoolId", worker.worker_pool_id},
      {"providerId", worker.provider_id},
      {"workerGroup", worker.worker_group},
      {"workerId", worker.worker_id},
      {"workerIdentityProof", json::Object{{"staticSecret", static_secret.reveal()}}}});
  SW_ASSIGN_OR_RETURN(const ApiCaller::Answer answer, api_.Send({.name = "registerWorker",
                                                                 .method = http::Method::kPost,
                                                                 .route = "/worker/register",
                                                                 .body = &body,
                                                                 .cancellation = cancellation}));
  return ReadGrant(answer);
}

absl::StatusOr<WorkerGrant> WorkerManagerClient::Reregister(
    const ManagedWorker& worker, const WorkerGrant& last,
    const CancellationToken& cancellation) const {
  const json::Value body(json::Object{{"workerPoolId", worker.worker_pool_id},
                                      {"workerGroup", worker.worker_group},
                                      {"workerId", worker.worker_id},
                                      {"secret", last.secret.reveal()}});
  SW_ASSIGN_OR_RETURN(const ApiCaller::Answer answer, api_.Send({.name = "reregisterWorker",
                                                                 .method = http::Method::kPost,
                                                                 .route = "/worker/reregister",
                                                                 .body = &body,
                                                                 .credentials = &last.credentials,
                                                                 .cancellation = cancellation}));
  return ReadGrant(answer);
}

absl::StatusOr<std::optional<std::string>> WorkerManagerClient::ReasonToTerminate(
    const ManagedWorker& worker, const Credentials& credentials,
    const CancellationToken& cancellation) const {
  SW_ASSIGN_OR_RETURN(
      const ApiCaller::Answer answer,
      api_.Send({.name = "shouldWorkerTerminate",
                 .route = Route("/workers/{}/{}/{}/should-terminate",
                                {worker.worker_pool_id, worker.worker_group, worker.worker_id}),
                 .credentials = &credentials,
                 .cancellation = cancellation}));
  const json::Reader reader(answer.body, answer.url.Redacted());
  const absl::StatusOr<bool> terminate = reader.Bool("terminate");
  if (!terminate.ok()) return answer.WrongShape(terminate.status());
  absl::StatusOr<std::string> reason = reader.String("reason");
  if (!reason.ok()) return answer.WrongShape(reason.status());
  return *terminate ? std::make_optional(*std::move(reason)) : std::nullopt;
}

absl::Status WorkerManagerClient::Remove(const ManagedWorker& worker,
                                         const Credentials& credentials,
                                         const CancellationToken& cancellation) const {
  return api_
      .Send({.name = "removeWorker",
             .method = http::Method::kDelete,
             .route = Route("/workers/{}/{}/{}",
                            {worker.worker_pool_id, worker.worker_group, worker.worker_id}),
             .credentials = &credentials,
             .cancellation = cancellation})
      .status();
}

bool IsWorkerSecret(const SecretString& secret) {
  const std::string_view text = secret.reveal();
  return text.size() == kSecretLength && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == '_';
         });
}

}  // namespace scriptworker::taskcluster
