// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_WORKER_LOGGER_H_
#define SCRIPTWORKER_WORKER_LOGGER_H_

#include "scriptworker/base/logger.h"  // IWYU pragma: export

#endif  // SCRIPTWORKER_WORKER_LOGGER_H_
