// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/signer/signer_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/worker/signer/signer_isolation.h"
#include "scriptworker/worker/signer/signer_protocol.h"
#include "scriptworker/worker/signer/signer_service.h"

namespace scriptworker::worker {
namespace {

using Kind = SignerFrame::Kind;

// Signing 64 MiB takes a second; a process that has been stopped, for ever.
constexpr timeval kPatience = {.tv_sec = 60, .tv_usec = 0};

// A copy of this process, as by fork(), but one whose end sends no signal and
// which waitid(P_ALL) does not see: process_tree.h takes every child that can be
// waited for as the script's. 0 in the copy.
pid_t Split() { return static_cast<pid_t>(::syscall(SYS_clone, 0UL, 0UL, 0UL, 0UL, 0UL)); }

[[noreturn]] void BeSigner(int socket, pid_t worker) {
  if (!IsolateSigner(socket, worker)) ::_exit(1);
  ServeSigner(kSignerSocket);
  ::_exit(0);
}

std::string HowItEnded(pid_t pid) {
  int status = 0;
  ::kill(pid, SIGKILL);  // if it only has stopped to answer
  while (::waitpid(pid, &status, __WALL) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return absl::StrCat("by signal ", WTERMSIG(status));
  return absl::StrCat("with status ", WEXITSTATUS(status));
}

}  // namespace

absl::StatusOr<std::unique_ptr<SignerProcess>> SignerProcess::Start() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return absl::ErrnoToStatus(errno, "cannot make a socket for the signer process");
  }
  UniqueFd mine(ends[0]);
  const UniqueFd its(ends[1]);
  UniqueFd abandoning(::fcntl(mine.get(), F_DUPFD_CLOEXEC, 0));
  if (!abandoning.valid()) {
    return absl::ErrnoToStatus(errno, "cannot make a socket for the signer process");
  }
  ::setsockopt(mine.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  ::setsockopt(mine.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof(kPatience));
  const pid_t worker = ::getpid();
  const pid_t pid = Split();
  if (pid < 0) return absl::ErrnoToStatus(errno, "cannot start the signer process");
  if (pid == 0) BeSigner(its.get(), worker);
  return absl::WrapUnique(new SignerProcess(pid, std::move(mine), std::move(abandoning)));
}

SignerProcess::~SignerProcess() {
  absl::MutexLock lock(&mutex_);
  if (socket_.valid()) HowItEnded(pid_);
}

void SignerProcess::Abandon() { ::shutdown(abandoning_.get(), SHUT_RDWR); }

absl::Status SignerProcess::GiveUp(std::string_view why) {
  socket_.reset();
  gone_ = absl::InternalError(absl::StrCat("the signer process has ended (", HowItEnded(pid_), "; ",
                                           why, "): the worker has to be started again"));
  return gone_;
}

absl::StatusOr<std::string> SignerProcess::Ask(const SignerFrame& request, Kind wanted) {
  if (!socket_.valid()) return gone_;
  if (const absl::Status sent = SendSignerFrame(socket_.get(), request); !sent.ok()) {
    return absl::IsInvalidArgument(sent) ? absl::FailedPreconditionError(sent.message())
                                         : GiveUp(sent.message());
  }
  absl::StatusOr<SignerFrame> answer = ReceiveSignerFrame(socket_.get());
  if (!answer.ok()) return GiveUp(answer.status().message());
  if (answer->kind == Kind::kError) {
    return absl::FailedPreconditionError(
        absl::StrCat("the signing key cannot be used: ", answer->payload));
  }
  if (answer->kind != wanted) return GiveUp("it gave a wrong answer");
  return std::move(answer->payload);
}

absl::StatusOr<std::string> SignerProcess::AskForKey() {
  SW_ASSIGN_OR_RETURN(std::string key,
                      Ask({.kind = Kind::kLoad, .payload = path_}, Kind::kPublicKey));
  loaded_ = true;
  return key;
}

absl::StatusOr<crypto::Ed25519PublicKey> SignerProcess::Load(std::string path) {
  absl::MutexLock lock(&mutex_);
  path_ = std::move(path);
  SW_ASSIGN_OR_RETURN(const std::string key, AskForKey());
  return crypto::Ed25519PublicKey::FromRaw(key);
}

absl::StatusOr<std::string> SignerProcess::Sign(std::string_view message) {
  absl::MutexLock lock(&mutex_);
  if (!loaded_) {
    SW_RETURN_IF_ERROR(AskForKey().status());
  }
  return Ask({.kind = Kind::kSign, .payload = std::string(message)}, Kind::kSignature);
}

absl::Status SignerProcess::Check() {
  absl::MutexLock lock(&mutex_);
  if (!socket_.valid()) return gone_;
  pollfd polled = {.fd = socket_.get(), .events = POLLIN | POLLRDHUP, .revents = 0};
  if (::poll(&polled, 1, 0) <= 0) return absl::OkStatus();
  return GiveUp("it closed its socket");  // it never speaks unasked
}

}  // namespace scriptworker::worker
