// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_BASE_UNIQUE_DIR_H_
#define SCRIPTWORKER_BASE_UNIQUE_DIR_H_

#include <dirent.h>

#include <memory>

namespace scriptworker {

struct CloseDir {
  void operator()(DIR* dir) const { ::closedir(dir); }
};

// A folder that is being listed, closed with its owner; null: it could not be opened.
using UniqueDir = std::unique_ptr<DIR, CloseDir>;

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_UNIQUE_DIR_H_
