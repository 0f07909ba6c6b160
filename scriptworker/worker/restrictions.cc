// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/restrictions.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "scriptworker/worker/landlock.h"

namespace scriptworker::worker {

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
  if (restrictions.landlock.valid() && !EnterLandlock(restrictions.landlock.get())) {
    return {"cannot enter the Landlock sandbox", errno};
  }
  return {};
}

}  // namespace scriptworker::worker
