// SPDX-License-Identifier: MPL-2.0
//
// What a process takes from itself before it becomes a script.

#ifndef SCRIPTWORKER_WORKER_PROCESS_RESTRICTIONS_H_
#define SCRIPTWORKER_WORKER_PROCESS_RESTRICTIONS_H_

#include <sys/resource.h>
#include <sys/types.h>

#include <optional>
#include <string_view>
#include <vector>

#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {

struct Restrictions {
  struct Limit {
    int resource = 0;  // RLIMIT_...
    rlim_t value = 0;  // soft and hard
  };
  struct User {
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups = {};  // beside `gid`
  };
  std::vector<Limit> limits = {};
  std::optional<User> user = std::nullopt;
  // No program gives more rights than its caller has (setuid, file capabilities).
  bool no_new_privs = false;
  // A ruleset; needs no_new_privs. What it does not hold against (CAP_SYS_ADMIN and
  // the like) is given up as well.
  UniqueFd landlock = {};
};

// Which of them failed, and the system's reason; error 0: none.
struct RestrictionFailure {
  std::string_view step = "";  // static
  int error = 0;
};

// Applies all of them to the calling process, which should have one thread: they
// cannot be taken back. Makes nothing but system calls and needs no memory, as
// befits the time between fork and exec.
RestrictionFailure ApplyRestrictions(const Restrictions& restrictions);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PROCESS_RESTRICTIONS_H_
