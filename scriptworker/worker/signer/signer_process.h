// SPDX-License-Identifier: MPL-2.0
//
// The signing key in a process of its own, which does nothing but sign: what
// reads the worker's memory does not find it there.

#ifndef SCRIPTWORKER_WORKER_SIGNER_SIGNER_PROCESS_H_
#define SCRIPTWORKER_WORKER_SIGNER_SIGNER_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cot/signer.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/worker/signer/signer_protocol.h"

namespace scriptworker::worker {

// The process is not dumpable (no other process of the same user can trace it,
// read its memory or list its descriptors; the superuser and CAP_SYS_PTRACE can),
// writes no core, ignores the signals that end the worker in order, and ends
// with the worker, however that ends. Its socket is closed in every program that
// the worker starts. wait() and waitid() without __WALL do not see it.
//
// It is not started again: when it is gone, Sign is kInternal and Check says so.
// Linux only. Thread-safe.
class SignerProcess final : public cot::Signer {
 public:
  // Splits the process off. REQUIRES: this process has no other thread yet. Call
  // it before there are secrets or large data in memory; a key is loaded later.
  static absl::StatusOr<std::unique_ptr<SignerProcess>> Start();

  // Ends the process.
  ~SignerProcess() override;
  SignerProcess(const SignerProcess&) = delete;
  SignerProcess& operator=(const SignerProcess&) = delete;

  // Has the key file (an absolute path) read, once: the key stays the same until
  // the worker ends. kFailedPrecondition: it cannot be used, with path and
  // reason; each later Sign tries again then. kInternal: the process is gone.
  absl::StatusOr<crypto::Ed25519PublicKey> Load(std::string path);

  // Up to 64 MiB. kFailedPrecondition: see Load.
  absl::StatusOr<std::string> Sign(std::string_view message) override;
  absl::Status Check() override;

  // The process is not asked any more; who waits for its answer, on another thread, gets
  // kInternal at once rather than after a minute. Does not block.
  void Abandon();

  pid_t pid() const { return pid_; }

 private:
  SignerProcess(pid_t pid, UniqueFd socket, UniqueFd abandoning)
      : pid_(pid), abandoning_(std::move(abandoning)), socket_(std::move(socket)) {}

  absl::StatusOr<std::string> Ask(const SignerFrame& request, SignerFrame::Kind wanted)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::string> AskForKey() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status GiveUp(std::string_view why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const pid_t pid_;
  const UniqueFd abandoning_;  // the same socket, without the lock that its users hold
  absl::Mutex mutex_;
  UniqueFd socket_ ABSL_GUARDED_BY(mutex_);  // invalid: the process is gone
  absl::Status gone_ ABSL_GUARDED_BY(mutex_);
  std::string path_ ABSL_GUARDED_BY(mutex_);
  bool loaded_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_SIGNER_SIGNER_PROCESS_H_
