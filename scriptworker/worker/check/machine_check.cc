// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/check/machine_check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "cot/chain/task_type.h"
#include "cot/evidence/cot_schema.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/worker/check/check.h"
#include "scriptworker/worker/check/removal_check.h"
#include "scriptworker/worker/check/watching_check.h"
#include "scriptworker/worker/config/config.h"
#include "scriptworker/worker/journal/journal.h"
#include "scriptworker/worker/log/worker_log.h"
#include "scriptworker/worker/sandbox.h"
#include "scriptworker/worker/script_program.h"
#include "scriptworker/worker/temp_folder.h"
#include "scriptworker/worker/worker_registration.h"

namespace scriptworker::worker {
namespace {

using Outcome = Check::Outcome;

constexpr int64_t kMiB = int64_t{1} << 20;
constexpr int64_t kLittleSpace = 1024 * kMiB;
constexpr int64_t kNoSpace = kMiB;

std::string Reason() { return std::strerror(errno); }

// What a message says behind the subject of its check, with which it may begin.
std::string Behind(std::string_view subject, std::string_view message) {
  if (absl::ConsumePrefix(&message, subject)) absl::ConsumePrefix(&message, ": ");
  return std::string(message);
}

// How the folders are used, which decides what may be there.
enum class Use { kEmptied, kKept };

// A file that the worker opens in a folder that is kept.
struct KeptFile {
  std::string_view name = {};
  int flags = 0;        // of open()
  bool is_own = false;  // it has to be this user's, with one name
};

constexpr KeptFile kLog = {.name = WorkerLog::kFileName, .flags = O_WRONLY | O_APPEND};
constexpr KeptFile kJournal = {
    .name = FileJournal::kFileName, .flags = O_RDWR | O_NOFOLLOW, .is_own = true};

// The check of a folder, and what of it was seen to exist.
class FolderCheck {
 public:
  FolderCheck(std::string_view key, const std::string& path)
      : key_(key), path_(path), use_(Use::kEmptied) {}
  FolderCheck(std::string_view key, const std::string& path, const KeptFile& file)
      : key_(key), path_(path), use_(Use::kKept), file_(file) {}

  Check Run() {
    struct stat info = {};
    if (::lstat(path_.c_str(), &info) == 0) return Existing(info);
    if (errno != ENOENT) return Failed(Reason());
    std::string parent = path_;
    while (::stat(parent.c_str(), &info) != 0) {
      const std::string above(Dirname(parent));
      if (errno != ENOENT || above == parent || above.empty()) return Failed(Reason());
      parent = above;
    }
    if (!S_ISDIR(info.st_mode)) return Failed(absl::StrCat(parent, " is no folder"));
    if (!CanMakeIn(parent)) {
      return Failed(absl::StrCat("cannot be made in ", parent, ": ", Reason()));
    }
    return Space(parent, /*is_missing=*/true);
  }

 private:
  Check Existing(struct stat info) {
    if (S_ISLNK(info.st_mode)) {
      if (use_ == Use::kEmptied) return Failed("is a symbolic link, and is not emptied");
      if (::stat(path_.c_str(), &info) != 0) return Failed(Reason());
    }
    if (!S_ISDIR(info.st_mode)) return Failed("is no folder");
    if (!Accessible(path_, R_OK | W_OK | X_OK)) {
      return Failed(absl::StrCat("user ", ::geteuid(), " cannot use it: ", Reason()));
    }
    // The others may be those of a worker that runs.
    if (use_ == Use::kKept && !CanMakeIn(path_)) {
      return Failed(absl::StrCat("nothing can be made in it: ", Reason()));
    }
    const std::string objection =
        use_ == Use::kKept ? ObjectionToFile() : ObjectionToEmptying(path_);
    if (!objection.empty()) return {Outcome::kFailed, std::string(key_), objection};
    return Space(path_, /*is_missing=*/false);
  }

  // Empty if the worker could open its file, or make it.
  std::string ObjectionToFile() const {
    const std::string path = JoinPath(path_, file_.name);
    const UniqueFd fd(::open(path.c_str(), file_.flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd.valid() && errno == ENOENT) return "";
    struct stat info = {};
    if (!fd.valid() || ::fstat(fd.get(), &info) != 0) {
      return absl::StrCat(path, ": user ", ::geteuid(), " cannot open it: ", Reason());
    }
    if (file_.is_own &&
        (!S_ISREG(info.st_mode) || info.st_uid != ::geteuid() || info.st_nlink != 1)) {
      return absl::StrCat(path, ": expected a plain file of this user's with one name");
    }
    return "";
  }

  Check Space(const std::string& existing, bool is_missing) {
    struct statvfs info = {};
    if (::statvfs(existing.c_str(), &info) != 0) return Failed(Reason());
    if (info.f_files > 0 && info.f_favail == 0) return Failed("no inode is free");
    Check check{Outcome::kOk, std::string(key_), path_};
    if (info.f_blocks > 0) {
      check = JudgeFreeSpace(
          key_, path_, static_cast<int64_t>(info.f_bavail) * static_cast<int64_t>(info.f_frsize));
    }
    if (is_missing) absl::StrAppend(&check.text, "; it will be made");
    return check;
  }

  Check Failed(std::string_view why) const {
    return {Outcome::kFailed, std::string(key_), absl::StrCat(path_, ": ", why)};
  }

  // The permissions alone do not tell: think of /proc, and of the superuser.
  static bool CanMakeIn(const std::string& folder) {
    std::string name = JoinPath(folder, ".check.XXXXXX");
    return ::mkdtemp(name.data()) != nullptr && ::rmdir(name.c_str()) == 0;
  }

  static bool Accessible(const std::string& path, int mode) {
    return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0;
  }

  const std::string_view key_;
  const std::string path_;
  const Use use_;
  const KeptFile file_ = {};
};

void CheckFolders(const Directories& directories, std::vector<Check>& checks) {
  checks.push_back(FolderCheck("work_dir", directories.work_dir).Run());
  checks.push_back(FolderCheck("artifact_dir", directories.artifact_dir).Run());
  checks.push_back(FolderCheck("task_log_dir", directories.task_log_dir).Run());
  checks.push_back(FolderCheck("log_dir", directories.log_dir, kLog).Run());
  if (directories.state_dir.empty()) return;
  Check state = FolderCheck("state_dir", directories.state_dir, kJournal).Run();
  // Without its default place the worker does without a journal, unless there is one.
  if (directories.state_dir_is_default && state.outcome == Outcome::kFailed &&
      !FileJournal::MayHoldRun(directories.state_dir)) {
    state.outcome = Outcome::kWarning;
  }
  checks.push_back(std::move(state));
}

Check CheckTempFolder(const Environment& environment) {
  constexpr std::string_view kSubject = "temporary files";
  const absl::StatusOr<std::string> folder = FindTempFolder(environment);
  if (folder.ok()) return {Outcome::kOk, std::string(kSubject), *folder};
  return {Outcome::kFailed, std::string(kSubject), std::string(folder.status().message())};
}

Check CheckSigningKey(const Signing& signing) {
  Check check{Outcome::kOk, "signing key"};
  if (!signing.sign_chain_of_trust) {
    check.outcome = Outcome::kWarning;
    check.text = "chains of trust are not signed (sign_chain_of_trust is false)";
    return check;
  }
  const auto key = crypto::Ed25519PrivateKey::FromFile(signing.private_key_path);
  if (key.ok()) {
    check.text =
        absl::StrCat(signing.private_key_path, ", public key ", key->public_key().ToBase64());
  } else {
    check.outcome = Outcome::kFailed;
    check.text = key.status().message();
  }
  return check;
}

void CheckScript(const Script& script, const Environment& environment, std::vector<Check>& checks) {
  constexpr std::string_view kSubject = "task_script";
  const absl::StatusOr<std::string> program = FindScriptProgram(script, environment);
  if (!program.ok()) {
    checks.push_back(
        {Outcome::kFailed, std::string(kSubject), Behind(kSubject, program.status().message())});
  } else {
    checks.push_back({Outcome::kOk, std::string(kSubject), *program});
  }
  // Most scripts are an interpreter's arguments.
  for (size_t i = 1; i < script.argv.size(); ++i) {
    const std::string& argument = script.argv[i];
    if (absl::StartsWith(argument, "/") && ::access(argument.c_str(), F_OK) != 0) {
      checks.push_back({Outcome::kWarning, std::string(kSubject),
                        absl::StrCat("argument ", argument, ": ", Reason())});
    }
  }
}

Check CheckRules(const Verification& verification) {
  constexpr std::string_view kSubject = "chain of trust";
  if (!verification.verify_chain_of_trust) {
    return {Outcome::kWarning, std::string(kSubject),
            "not verified (verify_chain_of_trust is false)"};
  }
  const std::string_view type = verification.cot_job_type;
  if (!cot::ParseTaskType(type.substr(type.rfind(':') + 1)).has_value()) {
    return {Outcome::kFailed, std::string(kSubject),
            absl::StrCat("each task will be refused, since cot_job_type \"", type, "\" is none of ",
                         cot::TaskTypeNames())};
  }
  const std::string rules =
      absl::StrCat("verified by the rules of ", verification.cot_product.value_or(""));
  if (!verification.verify_cot_signature) {
    return {Outcome::kWarning, std::string(kSubject),
            absl::StrCat(rules, ", but no signature is (verify_cot_signature is false)")};
  }
  return {Outcome::kOk, std::string(kSubject), absl::StrCat(rules, ", with signatures")};
}

Check CheckStaticSecret(const std::string& path) {
  constexpr std::string_view kSubject = "worker_manager_secret_path";
  const absl::Status read = ReadStaticSecret(path).status();
  if (read.ok()) return {Outcome::kOk, std::string(kSubject), path};
  return {Outcome::kFailed, std::string(kSubject), std::string(read.message())};
}

void CheckSandbox(const Config& config, std::vector<Check>& checks) {
  constexpr std::string_view kSubject = "sandbox";
  std::vector<std::string> warnings;
  const absl::StatusOr<Sandbox> sandbox =
      Sandbox::Create(config.sandbox, config.secret_files, warnings);
  for (const std::string& warning : warnings) {
    checks.push_back({Outcome::kWarning, std::string(kSubject), Behind(kSubject, warning)});
  }
  if (!sandbox.ok()) {
    checks.push_back(
        {Outcome::kFailed, std::string(kSubject), Behind(kSubject, sandbox.status().message())});
  } else if (warnings.empty()) {
    checks.push_back({Outcome::kOk, std::string(kSubject), "as configured"});
  }
}

Check CheckSchema(const std::string& path) {
  constexpr std::string_view kSubject = "cot_schema_path";
  const absl::Status loaded = cot::LoadCotSchema(path).status();
  if (loaded.ok()) return {Outcome::kOk, std::string(kSubject), path};
  return {Outcome::kFailed, std::string(kSubject), std::string(loaded.message())};
}

// A file that is read later on; a small one.
Check CheckReadable(std::string_view key, const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) {
    return {Outcome::kFailed, std::string(key), std::string(text.status().message())};
  }
  return {Outcome::kOk, std::string(key), path};
}

}  // namespace

Check JudgeFreeSpace(std::string_view key, const std::string& path, int64_t free_bytes) {
  Check check{Outcome::kOk, std::string(key)};
  check.text = free_bytes < kLittleSpace
                   ? absl::StrFormat("%s, %d MiB free", path, free_bytes / kMiB)
                   : absl::StrFormat("%s, %.1f GiB free", path,
                                     static_cast<double>(free_bytes) / (1024.0 * kMiB));
  if (free_bytes < kLittleSpace) check.outcome = Outcome::kWarning;
  if (free_bytes < kNoSpace) check.outcome = Outcome::kFailed;
  return check;
}

std::vector<Check> CheckMachine(const Config& config, const Environment& environment) {
  std::vector<Check> checks;
  CheckFolders(config.directories, checks);
  checks.push_back(CheckTempFolder(environment));
  checks.push_back(CheckSigningKey(config.signing));
  CheckScript(config.script, environment, checks);
  CheckSandbox(config, checks);
  absl::c_move(CheckWatching(config.watching), std::back_inserter(checks));
  checks.push_back(CheckRules(config.verification));
  if (!config.signing.schema_path.empty()) {
    checks.push_back(CheckSchema(config.signing.schema_path));
  }
  if (config.worker_management.enabled()) {
    checks.push_back(CheckStaticSecret(config.worker_management.secret_path));
  }
  if (!config.network.ca_bundle.empty()) {
    checks.push_back(CheckReadable("ca_bundle", config.network.ca_bundle));
  }
  return checks;
}

}  // namespace scriptworker::worker
