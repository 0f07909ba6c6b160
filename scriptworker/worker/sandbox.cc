// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/sandbox.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/worker/process/exec_clone.h"
#include "scriptworker/worker/process/landlock.h"
#include "scriptworker/worker/process/restrictions.h"

namespace scriptworker::worker {
namespace {

// What a process under the restrictions found, sent to the one that asked.
struct Report {
  char step[64] = {};  // empty: all restrictions were applied
  int error = 0;
  uint64_t readable = 0;  // bit i: file i
};

constexpr size_t kMostFiles = 64;

struct Trial {
  const Restrictions& restrictions;
  const std::vector<std::string>& files;
  int writer = -1;
};

// In a process of its own: makes nothing but system calls.
[[noreturn]] void Try(const Trial& trial) {
  Report report;
  const RestrictionFailure failure = ApplyRestrictions(trial.restrictions);
  report.error = failure.error;
  if (failure.error != 0) failure.step.copy(report.step, sizeof(report.step) - 1);
  for (size_t i = 0; i < trial.files.size() && i < kMostFiles; ++i) {
    const long fd = ::syscall(SYS_openat, AT_FDCWD, trial.files[i].c_str(),
                              O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd >= 0) report.readable |= uint64_t{1} << i;
  }
  ::syscall(SYS_write, trial.writer, &report, sizeof(report));
  ::_exit(0);
}

absl::StatusOr<Report> TryIn(const Restrictions& restrictions,
                             const std::vector<std::string>& files) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "cannot make a pipe");
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  const Trial trial = {.restrictions = restrictions, .files = files, .writer = writer.get()};
  const pid_t pid =
      ExecClone([](const void* argument) { Try(*static_cast<const Trial*>(argument)); }, &trial,
                /*cgroup_fd=*/-1);
  if (pid < 0) return absl::ErrnoToStatus(errno, "cannot start a process");
  writer.reset();
  Report report;
  const ssize_t got = ::read(reader.get(), &report, sizeof(report));
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (got != static_cast<ssize_t>(sizeof(report))) {
    return absl::InternalError("the process that tries the sandbox out gave no answer");
  }
  return report;
}

}  // namespace

absl::StatusOr<Sandbox> Sandbox::Create(SandboxConfig config, std::vector<std::string> secrets,
                                        std::vector<std::string>& warnings) {
  if (config.landlock && LandlockAbi() == 0) {
    const std::string_view lack =
        "sandbox: landlock: this kernel has no Landlock, or it is not switched on";
    if (config.required) return absl::FailedPreconditionError(lack);
    warnings.push_back(absl::StrCat(lack, "; scripts run without it"));
    config.landlock = false;
  }
  for (const std::string& path : config.hidden) {
    struct stat info = {};
    if (::lstat(path.c_str(), &info) == 0 || (errno != ENOENT && errno != ENOTDIR)) continue;
    std::string text = absl::StrCat("sandbox: hidden: there is no ", path);
    if (config.required) return absl::FailedPreconditionError(text);
    warnings.push_back(absl::StrCat(text, ", so nothing is hidden"));
  }
  Sandbox sandbox(std::move(config), std::move(secrets));
  if (!sandbox.config_.script_user.empty()) {
    SW_ASSIGN_OR_RETURN(sandbox.user_, FindUser(sandbox.config_.script_user));
  }
  SW_RETURN_IF_ERROR(sandbox.TryOut(warnings));
  return sandbox;
}

absl::StatusOr<Sandbox::User> Sandbox::FindUser(const std::string& name_or_number) {
  uint32_t uid = 0;
  errno = 0;
  const passwd* entry =
      absl::SimpleAtoi(name_or_number, &uid) ? ::getpwuid(uid) : ::getpwnam(name_or_number.c_str());
  if (entry == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat("sandbox: script_user: this machine has no user ", name_or_number));
  }
  if (entry->pw_uid == 0) {
    return absl::FailedPreconditionError(
        "sandbox: script_user: the superuser can read everything; name an ordinary user");
  }
  User user{.ids = {.uid = entry->pw_uid, .gid = entry->pw_gid},
            .name = entry->pw_name,
            .home = entry->pw_dir};
  int count = 0;
  ::getgrouplist(user.name.c_str(), user.ids.gid, nullptr, &count);
  user.ids.groups.resize(static_cast<size_t>(count));
  if (::getgrouplist(user.name.c_str(), user.ids.gid, user.ids.groups.data(), &count) < 0) {
    return absl::InternalError(
        absl::StrCat("sandbox: script_user: cannot list the groups of ", user.name));
  }
  user.ids.groups.resize(static_cast<size_t>(count));
  return user;
}

absl::StatusOr<Restrictions> Sandbox::MakeRestrictions(std::vector<std::string> writable) const {
  Restrictions restrictions;
  restrictions.limits = config_.rlimits;
  restrictions.no_new_privs = config_.no_new_privs || config_.landlock;
  if (user_.has_value()) restrictions.user = user_->ids;
  if (config_.landlock) {
    LandlockPaths paths{.writable = std::move(writable), .hidden = config_.hidden};
    paths.writable.insert(paths.writable.end(), config_.writable.begin(), config_.writable.end());
    paths.hidden.insert(paths.hidden.end(), config_.own_folders.begin(), config_.own_folders.end());
    paths.hidden.insert(paths.hidden.end(), secrets_.begin(), secrets_.end());
    SW_ASSIGN_OR_RETURN(restrictions.landlock, MakeLandlockRuleset(paths),
                        _.SetPrepend() << "sandbox: landlock: ");
  }
  return restrictions;
}

absl::Status Sandbox::TryOut(std::vector<std::string>& warnings) const {
  SW_ASSIGN_OR_RETURN(const Restrictions restrictions, MakeRestrictions({}));
  SW_ASSIGN_OR_RETURN(const Report report, TryIn(restrictions, secrets_));
  if (report.error != 0) {
    return absl::FailedPreconditionError(
        absl::ErrnoToStatus(report.error, absl::StrCat("sandbox: ", report.step)).message());
  }
  std::vector<std::string_view> readable;
  for (size_t i = 0; i < secrets_.size() && i < kMostFiles; ++i) {
    if ((report.readable >> i & 1U) != 0) readable.push_back(secrets_[i]);
  }
  if (!readable.empty()) {
    const std::string text =
        absl::StrCat("scripts can read the worker's secrets (", absl::StrJoin(readable, ", "),
                     "): set sandbox.landlock, or sandbox.script_user");
    if (config_.required) return absl::FailedPreconditionError(text);
    warnings.push_back(text);
  } else if (config_.landlock && !user_.has_value() && ::geteuid() == 0) {
    warnings.push_back(
        "scripts run as the superuser, whom Landlock does not keep from raw devices: run the "
        "worker as a user of its own, or set sandbox.script_user");
  }
  return absl::OkStatus();
}

absl::Status Sandbox::GiveFolders(const WorkDir& dirs) const {
  // Nothing of the script runs yet: what lies here is the worker's.
  for (const std::string& top : {dirs.work_dir(), dirs.artifact_dir()}) {
    std::error_code error;
    std::filesystem::recursive_directory_iterator entry(top, error);
    std::vector<std::string> all = {top};
    for (const auto end = std::filesystem::end(entry); !error && entry != end;
         entry.increment(error)) {
      if (entry->path() == dirs.task_log_dir()) {
        entry.disable_recursion_pending();
      } else {
        all.push_back(entry->path());
      }
    }
    if (error) return absl::InternalError(absl::StrCat(top, ": ", error.message()));
    for (const std::string& path : all) {
      if (::lchown(path.c_str(), user_->ids.uid, user_->ids.gid) != 0) {
        return absl::ErrnoToStatus(errno, absl::StrCat("cannot give ", path, " to ", user_->name));
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Restrictions> Sandbox::Prepare(const WorkDir& dirs) const {
  if (user_.has_value()) {
    SW_RETURN_IF_ERROR(GiveFolders(dirs));
  }
  return MakeRestrictions({dirs.work_dir(), dirs.artifact_dir()});
}

void Sandbox::AdaptEnvironment(Environment& environment) const {
  if (!user_.has_value()) return;
  environment.Set("HOME", user_->home);
  environment.Set("USER", user_->name);
  environment.Set("LOGNAME", user_->name);
}

}  // namespace scriptworker::worker
