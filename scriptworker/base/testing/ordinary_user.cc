// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/testing/ordinary_user.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "absl/log/check.h"

namespace scriptworker {
namespace {

// The system calls are of one thread; what it is permitted to take back stays.
void SetCapabilities(const __user_cap_data_struct* sets) {
  __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  PCHECK(::syscall(SYS_capset, &header, sets) == 0);
}

}  // namespace

OrdinaryUser::OrdinaryUser() {
  __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  PCHECK(::syscall(SYS_capget, &header, had_) == 0);
  __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {had_[0], had_[1]};
  none[0].effective = 0;
  none[1].effective = 0;
  SetCapabilities(none);
}

OrdinaryUser::~OrdinaryUser() { SetCapabilities(had_); }

}  // namespace scriptworker
