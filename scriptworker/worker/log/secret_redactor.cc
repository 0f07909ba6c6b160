// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/log/secret_redactor.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/secret_string.h"

namespace scriptworker::worker {
namespace {

constexpr std::string_view kReplacement = "[redacted]";

}  // namespace

struct SecretRedactor::Registration::Secrets {
  mutable absl::Mutex mutex;
  int64_t next_id ABSL_GUARDED_BY(mutex) = 1;
  std::map<int64_t, SecretString> by_id ABSL_GUARDED_BY(mutex);
};

SecretRedactor::Registration::Registration(std::shared_ptr<Secrets> secrets, int64_t id)
    : secrets_(std::move(secrets)), id_(id) {}

SecretRedactor::Registration::Registration(Registration&& other) noexcept
    : secrets_(std::move(other.secrets_)), id_(other.id_) {}

SecretRedactor::Registration& SecretRedactor::Registration::operator=(
    Registration&& other) noexcept {
  std::swap(secrets_, other.secrets_);
  std::swap(id_, other.id_);
  return *this;
}

SecretRedactor::Registration::~Registration() {
  if (secrets_ == nullptr) return;
  absl::MutexLock lock(&secrets_->mutex);
  secrets_->by_id.erase(id_);
}

SecretRedactor::SecretRedactor() : secrets_(std::make_shared<Registration::Secrets>()) {}

SecretRedactor::Registration SecretRedactor::Add(SecretString secret) {
  if (secret.reveal().size() < kMinimumLength) return Registration();
  absl::MutexLock lock(&secrets_->mutex);
  const int64_t id = secrets_->next_id++;
  secrets_->by_id.emplace(id, std::move(secret));
  return Registration(secrets_, id);
}

void SecretRedactor::Redact(std::string& text) const {
  absl::ReaderMutexLock lock(&secrets_->mutex);
  for (const auto& [id, secret] : secrets_->by_id) {
    const std::string_view bytes = secret.reveal();
    size_t at = text.find(bytes);
    while (at != std::string::npos) {
      text.replace(at, bytes.size(), kReplacement);
      at = text.find(bytes, at + kReplacement.size());
    }
  }
}

size_t SecretRedactor::longest() const {
  absl::ReaderMutexLock lock(&secrets_->mutex);
  size_t longest = 0;
  for (const auto& [id, secret] : secrets_->by_id) {
    longest = std::max(longest, secret.reveal().size());
  }
  return longest;
}

}  // namespace scriptworker::worker
