// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/journal/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/worker/journal/journal_entry.h"
#include "scriptworker/worker/process/process_stat.h"

namespace scriptworker::worker {
namespace {

// Credentials of a run are sent in a header, which is far smaller.
constexpr size_t kSlotSize = size_t{64} << 10;

absl::Status WriteAt(int fd, std::string_view bytes, off_t offset, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), offset);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path));
    bytes.remove_prefix(static_cast<size_t>(n));
    offset += n;
  }
  return absl::OkStatus();
}

// Up to the file's end, if that is nearer.
absl::Status ReadAt(int fd, std::string& bytes, off_t offset, const std::string& path) {
  size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t n =
        ::pread(fd, bytes.data() + size, bytes.size() - size, offset + static_cast<off_t>(size));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
    if (n == 0) break;
    size += static_cast<size_t>(n);
  }
  bytes.resize(size);
  return absl::OkStatus();
}

absl::Status CheckOwnPlainFile(int fd, const std::string& path) {
  struct stat info;
  if (::fstat(fd, &info) != 0) return absl::ErrnoToStatus(errno, path);
  if (!S_ISREG(info.st_mode) || info.st_uid != ::geteuid() || info.st_nlink != 1) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": expected a plain file of this user's with one name"));
  }
  if ((info.st_mode & 0077) != 0 && ::fchmod(fd, 0600) != 0) {
    return absl::ErrnoToStatus(errno, path);
  }
  return absl::OkStatus();
}

// Space for all slots, so that a later write cannot fail for want of it. A file that has it is
// good on a full disk, too: it may hold a run. One that does not get it stays without content.
absl::Status Reserve(int fd, off_t size, const std::string& path) {
  constexpr off_t kBlock = 512;  // in st_blocks, whatever the file system's is
  struct stat info;
  if (::fstat(fd, &info) != 0) return absl::ErrnoToStatus(errno, path);
  if (info.st_size < size || info.st_blocks < (size + kBlock - 1) / kBlock) {
    if (const int error = ::posix_fallocate(fd, 0, size); error != 0) {
      if (info.st_size == 0 && ::ftruncate(fd, 0) != 0) {
        return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path));
      }
      return absl::ErrnoToStatus(error, absl::StrCat("cannot write ", path));
    }
  }
  if (::fsync(fd) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot sync ", path));
  return absl::OkStatus();
}

}  // namespace

FileJournal::FileJournal(std::string path, UniqueFd file)
    : path_(std::move(path)),
      file_(std::move(file)),
      boot_id_(BootId()),
      pid_namespace_(PidNamespace()) {
  used_.fill(kSlotSize);  // by a worker before this one
}

bool FileJournal::MayHoldRun(const std::string& state_dir) {
  struct stat info;
  if (::lstat(JoinPath(state_dir, kFileName).c_str(), &info) != 0) {
    return errno != ENOENT && errno != ENOTDIR;
  }
  return !S_ISREG(info.st_mode) || info.st_size > 0;
}

absl::StatusOr<std::unique_ptr<FileJournal>> FileJournal::Open(const std::string& state_dir) {
  SW_RETURN_IF_ERROR(MakeDirs(state_dir, 0700));
  const std::string path = JoinPath(state_dir, kFileName);
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
  if (!file.valid()) {
    if (errno == ELOOP) {
      return absl::FailedPreconditionError(absl::StrCat(path, " is a symbolic link"));
    }
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  }
  SW_RETURN_IF_ERROR(CheckOwnPlainFile(file.get(), path));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return absl::AbortedError(absl::StrCat(path, ": another worker uses it"));
  }
  SW_RETURN_IF_ERROR(Reserve(file.get(), static_cast<off_t>(kSlots * kSlotSize), path));
  return std::unique_ptr<FileJournal>(new FileJournal(path, std::move(file)));
}

absl::StatusOr<std::optional<JournalEntry>> FileJournal::Read() const {
  std::optional<JournalSlot> newest;
  absl::Status defect = absl::OkStatus();
  for (size_t i = 0; i < kSlots; ++i) {
    std::string bytes(kSlotSize, '\0');
    SW_RETURN_IF_ERROR(ReadAt(file_.get(), bytes, static_cast<off_t>(i * kSlotSize), path_));
    absl::StatusOr<std::optional<JournalSlot>> slot = ParseJournalSlot(bytes);
    scriptworker::Wipe(bytes);
    if (!slot.ok()) {
      defect.Update(slot.status());
    } else if (slot->has_value() && (!newest.has_value() || (*slot)->sequence > newest->sequence)) {
      newest = *std::move(slot);
    }
  }
  // The slot that was being written when the worker died says nothing; the one
  // before does.
  if (newest.has_value() && (defect.ok() || absl::IsDataLoss(defect))) {
    return std::move(newest->entry);
  }
  if (!defect.ok()) return absl::Status(defect.code(), absl::StrCat(path_, ": ", defect.message()));
  return std::nullopt;
}

absl::Status FileJournal::Save() {
  const SecretString text = FormatJournalSlot(*entry_, ++sequence_);
  if (text.reveal().size() > kSlotSize) {
    return absl::ResourceExhaustedError(absl::StrCat(
        path_, ": the run's credentials are longer than the ", kSlotSize, " bytes of a slot"));
  }
  const size_t slot = sequence_ % kSlots;
  used_[slot] = std::max(used_[slot], text.reveal().size());
  SW_RETURN_IF_ERROR(
      WriteAt(file_.get(), text.reveal(), static_cast<off_t>(slot * kSlotSize), path_));
  return Sync();
}

absl::Status FileJournal::Sync() const {
  if (::fdatasync(file_.get()) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot sync ", path_));
}

absl::Status FileJournal::Claimed(const taskcluster::ClaimedTask& task, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  entry_ = JournalEntry{.step = JournalStep::kClaimed,
                        .task_id = task.task_id,
                        .run_id = task.run_id,
                        .taken_until = task.taken_until,
                        .queue_ahead = task.server_time.value_or(now) - now,
                        .credentials = task.credentials};
  return Save();
}

absl::Status FileJournal::Advance(JournalStep step) {
  if (!entry_.has_value()) return absl::OkStatus();  // the claim could not be noted
  entry_->step = step;
  return Save();
}

absl::Status FileJournal::ScriptStarted(const ProcessStat& leader) {
  ProcessMark mark{.pid = leader.pid,
                   .start_time = leader.start_time,
                   .boot = boot_id_,
                   .pid_ns = pid_namespace_};
  absl::MutexLock lock(&mutex_);
  if (entry_.has_value()) entry_->script = std::move(mark);
  return Advance(JournalStep::kScriptStarted);
}

absl::Status FileJournal::ScriptEnded() {
  absl::MutexLock lock(&mutex_);
  return Advance(JournalStep::kScriptEnded);
}

absl::Status FileJournal::Uploading(int status) {
  absl::MutexLock lock(&mutex_);
  if (entry_.has_value()) entry_->status = status;
  return Advance(JournalStep::kUploading);
}

absl::Status FileJournal::Reporting(int status) {
  absl::MutexLock lock(&mutex_);
  if (entry_.has_value()) entry_->status = status;
  return Advance(JournalStep::kReporting);
}

absl::Status FileJournal::Renewed(const taskcluster::Reclaim& claim) {
  absl::MutexLock lock(&mutex_);
  if (!entry_.has_value()) return absl::OkStatus();
  entry_->taken_until = claim.taken_until;
  entry_->credentials = claim.credentials;
  return Save();
}

absl::Status FileJournal::Wipe() {
  absl::MutexLock lock(&mutex_);
  entry_.reset();
  for (size_t slot = 0; slot < kSlots; ++slot) {
    SW_RETURN_IF_ERROR(WriteAt(file_.get(), std::string(used_[slot], '\0'),
                               static_cast<off_t>(slot * kSlotSize), path_));
  }
  SW_RETURN_IF_ERROR(Sync());
  // Not before: a slot that has stayed must not be newer than those of the next run.
  sequence_ = 0;
  used_.fill(0);
  return absl::OkStatus();
}

}  // namespace scriptworker::worker
