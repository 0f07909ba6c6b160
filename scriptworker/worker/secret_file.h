// SPDX-License-Identifier: MPL-2.0
//
// Whether files that hold secrets, or decide what is run, are kept from others.
#ifndef SCRIPTWORKER_WORKER_SECRET_FILE_H_
#define SCRIPTWORKER_WORKER_SECRET_FILE_H_

#include <optional>
#include <string>
#include <string_view>

namespace scriptworker::worker {

enum class Sensitivity {
  kSecret,   // nobody else may read or write it
  kTrusted,  // nobody else may write it
};

// A sentence with the path, the mode or the owner, and what to do; nullopt if
// all is well or the file is not there. The owner is to be the user who runs
// this program, or root. A symbolic link is judged by the file it leads to. A file
// in a folder that anyone may change (and that is not sticky) counts as one that
// others can change.
// `holds` says what the file is for: "the signing key".
std::optional<std::string> ExposureWarning(const std::string& path, std::string_view holds,
                                           Sensitivity sensitivity);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_SECRET_FILE_H_
