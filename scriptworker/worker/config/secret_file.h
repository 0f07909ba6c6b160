// SPDX-License-Identifier: MPL-2.0
//
// Whether files that hold secrets, or decide what is run, are kept from others.
#ifndef SCRIPTWORKER_WORKER_CONFIG_SECRET_FILE_H_
#define SCRIPTWORKER_WORKER_CONFIG_SECRET_FILE_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace scriptworker::worker {

enum class Sensitivity {
  kSecret,   // nobody else may read or write it
  kTrusted,  // nobody else may write it
};

// What is known of a file.
struct FileExposure {
  uid_t owner = 0;
  mode_t mode = 0;
  mode_t folder_mode = 0;
  // Nobody can change the folder by the path of the file, whatever its mode says: so
  // Kubernetes mounts what comes from a ConfigMap or a Secret, with mode 0777.
  bool folder_is_read_only = false;
};

// A sentence with the path, the mode or the owner, and what to do; nullopt if all is
// well. The owner is to be `user`, who runs this program, or root. A file in a folder
// that anyone may change (and that is not sticky) counts as one that others can change.
// `holds` says what the file is for: "the signing key".
std::optional<std::string> JudgeExposure(const FileExposure& file, uid_t user,
                                         const std::string& path, std::string_view holds,
                                         Sensitivity sensitivity);

// The same of the file at `path`; nullopt also if it is not there. A symbolic link is
// judged by the file it leads to.
std::optional<std::string> ExposureWarning(const std::string& path, std::string_view holds,
                                           Sensitivity sensitivity);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CONFIG_SECRET_FILE_H_
