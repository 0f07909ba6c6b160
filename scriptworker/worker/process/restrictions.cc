// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/restrictions.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "scriptworker/worker/process/landlock.h"

namespace scriptworker::worker {
namespace {

// Landlock does not hold against these: with CAP_PERFMON or CAP_SYS_ADMIN, recent
// kernels show every process's environment, whoever may trace it; the others
// reach into processes or the kernel itself.
constexpr int kAboveLandlock[] = {CAP_SYS_ADMIN, CAP_PERFMON, CAP_SYS_PTRACE, CAP_SYS_MODULE,
                                  CAP_SYS_RAWIO};

// No program gives them back: that is what no_new_privs does. Everybody may.
bool GiveUpCapabilitiesAboveLandlock() {
  __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {};
  if (::syscall(SYS_capget, &header, sets) != 0) return false;
  for (const int capability : kAboveLandlock) {
    __user_cap_data_struct& set = sets[CAP_TO_INDEX(capability)];
    set.effective &= ~CAP_TO_MASK(capability);
    set.permitted &= ~CAP_TO_MASK(capability);
    set.inheritable &= ~CAP_TO_MASK(capability);
  }
  return ::syscall(SYS_capset, &header, sets) == 0;
}

}  // namespace

// System calls are made directly: those of the C library that change the user do
// so for all threads that it knows of, which are the parent's here.
RestrictionFailure ApplyRestrictions(const Restrictions& restrictions) {
  for (const Restrictions::Limit& limit : restrictions.limits) {
    const rlimit both = {.rlim_cur = limit.value, .rlim_max = limit.value};
    if (::syscall(SYS_prlimit64, 0, limit.resource, &both, nullptr) != 0) {
      return {"cannot set a resource limit", errno};
    }
  }
  if (restrictions.user.has_value()) {
    const Restrictions::User& user = *restrictions.user;
    if (::syscall(SYS_setgroups, user.groups.size(), user.groups.data()) != 0 ||
        ::syscall(SYS_setresgid, user.gid, user.gid, user.gid) != 0 ||
        ::syscall(SYS_setresuid, user.uid, user.uid, user.uid) != 0) {
      return {"cannot become the script's user", errno};
    }
  }
  if (restrictions.no_new_privs && ::syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return {"cannot give up new privileges", errno};
  }
  if (restrictions.landlock.valid()) {
    if (!EnterLandlock(restrictions.landlock.get())) {
      return {"cannot enter the Landlock sandbox", errno};
    }
    if (!GiveUpCapabilitiesAboveLandlock()) return {"cannot give up capabilities", errno};
  }
  return {};
}

}  // namespace scriptworker::worker
