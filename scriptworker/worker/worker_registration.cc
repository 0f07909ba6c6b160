// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/worker_registration.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/start_thread.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/taskcluster/credential_secrets.h"
#include "scriptworker/taskcluster/queue_error.h"
#include "scriptworker/taskcluster/worker_manager_client.h"
#include "scriptworker/worker/log/secret_redactor.h"

namespace scriptworker::worker {
namespace {

constexpr int64_t kMaxSecretFile = 1024;
constexpr absl::Duration kMinPause = absl::Seconds(10);
constexpr absl::Duration kMaxPause = absl::Minutes(5);
constexpr absl::Duration kAskInterval = absl::Minutes(5);

// Whether the service answered that it does not want what was sent: the secret,
// or the credentials. Another try with the same is no use.
bool IsRefusal(const absl::Status& error) {
  const auto answer = taskcluster::GetQueueError(error);
  return answer.has_value() && answer->http_status < 500 && answer->http_status != 429;
}

}  // namespace

absl::StatusOr<SecretString> ReadStaticSecret(const std::string& path) {
  SW_ASSIGN_OR_RETURN(std::string text, ReadFile(path, kMaxSecretFile));
  SecretString secret{std::string(absl::StripAsciiWhitespace(text))};
  Wipe(text);
  if (!taskcluster::IsWorkerSecret(secret)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": expected a worker's secret, 44 of the characters a-z A-Z 0-9 - _"));
  }
  return secret;
}

WorkerRegistration::WorkerRegistration(taskcluster::ManagedWorker worker,
                                       SecretString static_secret,
                                       const Collaborators& collaborators)
    : worker_(std::move(worker)),
      static_secret_(std::move(static_secret)),
      with_(collaborators),
      static_secret_redaction_(with_.redactor.Add(static_secret_)) {}

absl::Status WorkerRegistration::Register(const CancellationToken& cancellation) {
  return Take(with_.manager.Register(worker_, static_secret_, cancellation));
}

absl::Status WorkerRegistration::Renew(const CancellationToken& cancellation) {
  absl::Status renewed = Take(with_.manager.Reregister(worker_, grant_, cancellation));
  if (IsRefusal(renewed)) {
    with_.logger.Warning(absl::StrCat("registering once more, since ", renewed.message()));
    renewed = Register(cancellation);
  }
  if (!renewed.ok()) {
    const absl::Duration now = with_.clock.Monotonic();
    renew_at_ = now + std::clamp((ends_at_ - now) / 4, kMinPause, kMaxPause);
  }
  return renewed;
}

absl::Status WorkerRegistration::Take(absl::StatusOr<taskcluster::WorkerGrant> grant) {
  SW_RETURN_IF_ERROR(grant.status());
  former_redactions_ = std::exchange(redactions_, {});  // they stay good for a while
  redactions_.push_back(with_.redactor.Add(grant->secret));
  for (SecretString& secret : taskcluster::SecretsOf(grant->credentials)) {
    redactions_.push_back(with_.redactor.Add(std::move(secret)));
  }
  grant_ = *std::move(grant);
  const absl::Duration now = with_.clock.Monotonic();
  const absl::Duration life = grant_.expires - grant_.server_time.value_or(with_.clock.Now());
  ends_at_ = now + life;
  renew_at_ = now + std::max(life / 2, kMinPause);
  with_.logger.Info(absl::StrCat("Registered with worker-manager as ", grant_.credentials.client_id,
                                 ", good for ",
                                 absl::FormatDuration(absl::Trunc(life, absl::Seconds(1)))));
  return absl::OkStatus();
}

absl::Duration WorkerRegistration::UntilRenewal() const {
  return std::max(renew_at_ - with_.clock.Monotonic(), absl::ZeroDuration());
}

absl::StatusOr<std::optional<std::string>> WorkerRegistration::ReasonToTerminate(
    const CancellationToken& cancellation) const {
  return with_.manager.ReasonToTerminate(worker_, grant_.credentials, cancellation);
}

absl::Status WorkerRegistration::Remove(const CancellationToken& cancellation) const {
  return with_.manager.Remove(worker_, grant_.credentials, cancellation);
}

RegistrationKeeper::RegistrationKeeper(WorkerRegistration& registration, Clock& clock,
                                       Logger& logger, Receivers receivers)
    : registration_(registration),
      clock_(clock),
      logger_(logger),
      receivers_(std::move(receivers)),
      ask_at_(clock.Monotonic()) {}

absl::StatusOr<std::unique_ptr<RegistrationKeeper>> RegistrationKeeper::Start(
    WorkerRegistration& registration, Clock& clock, Logger& logger, Receivers receivers) {
  std::unique_ptr<RegistrationKeeper> keeper =
      absl::WrapUnique(new RegistrationKeeper(registration, clock, logger, std::move(receivers)));
  SW_ASSIGN_OR_RETURN(keeper->thread_, StartThread([&keeper = *keeper] { keeper.Keep(); }));
  return keeper;
}

RegistrationKeeper::~RegistrationKeeper() {
  end_.Cancel(absl::CancelledError("the worker has ended"));
  if (thread_.joinable()) thread_.join();
}

void RegistrationKeeper::Keep() {
  while (!end_.token().cancelled()) {
    if (registration_.UntilRenewal() <= absl::ZeroDuration()) Renew();
    if (clock_.Monotonic() >= ask_at_) AskWhetherWanted();
    SleepUnlessCancelled(
        clock_, std::min(registration_.UntilRenewal(), ask_at_ - clock_.Monotonic()), end_.token());
  }
}

void RegistrationKeeper::Renew() {
  const absl::Status renewed = registration_.Renew(end_.token());
  if (renewed.ok()) {
    receivers_.credentials(registration_.credentials());
  } else if (!end_.token().cancelled()) {
    logger_.Warning(absl::StrCat("the worker's credentials were not renewed: ", renewed.message()));
  }
}

void RegistrationKeeper::AskWhetherWanted() {
  const absl::StatusOr<std::optional<std::string>> reason =
      registration_.ReasonToTerminate(end_.token());
  ask_at_ = clock_.Monotonic() + kAskInterval;
  if (!reason.ok()) {
    if (!unanswered_ && !end_.token().cancelled()) {
      logger_.Warning(absl::StrCat("worker-manager does not say whether the worker is wanted: ",
                                   reason.status().message()));
    }
    unanswered_ = true;
  } else if (reason->has_value()) {
    ask_at_ = absl::InfiniteDuration();
    receivers_.terminate(**reason);
  }
}

}  // namespace scriptworker::worker
