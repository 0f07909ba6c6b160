// SPDX-License-Identifier: MPL-2.0
//
// Takes the secrets that the worker knows out of texts before they reach a log.

#ifndef SCRIPTWORKER_WORKER_LOG_SECRET_REDACTOR_H_
#define SCRIPTWORKER_WORKER_LOG_SECRET_REDACTOR_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/secret_string.h"

namespace scriptworker::worker {

// A secret is found where its very bytes occur; a script that prints it in
// another coding (base64, reversed) is not stopped. Thread-safe.
class SecretRedactor {
 public:
  // Shorter values are no secrets and would make logs unreadable.
  static constexpr size_t kMinimumLength = 6;

  // Forgets the secret when it dies. Movable; may outlive the redactor.
  class Registration {
   public:
    Registration() = default;
    Registration(Registration&& other) noexcept;
    Registration& operator=(Registration&& other) noexcept;
    ~Registration();

   private:
    friend class SecretRedactor;
    struct Secrets;
    Registration(std::shared_ptr<Secrets> secrets, int64_t id);

    std::shared_ptr<Secrets> secrets_;
    int64_t id_ = 0;
  };

  SecretRedactor();

  [[nodiscard]] Registration Add(SecretString secret);

  // Replaces each occurrence of each secret by "[redacted]".
  void Redact(std::string& text) const;

  // The length of the longest secret, 0 without any: who cuts a text in pieces
  // keeps that much less one byte back, so that no secret is cut in two.
  size_t longest() const;

 private:
  std::shared_ptr<Registration::Secrets> secrets_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_LOG_SECRET_REDACTOR_H_
