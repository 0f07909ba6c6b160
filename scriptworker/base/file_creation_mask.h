// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_BASE_FILE_CREATION_MASK_H_
#define SCRIPTWORKER_BASE_FILE_CREATION_MASK_H_

#include <sys/types.h>

namespace scriptworker {

// The process's umask, for whoever gives a new file its mode by himself. umask() can only be
// read by changing it, for all threads; this asks /proc (Linux 4.7). If that does not tell:
// 077, so that nobody else may read what is written. Thread-safe.
mode_t FileCreationMask();

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_FILE_CREATION_MASK_H_
