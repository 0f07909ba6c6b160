// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_BASE_TESTING_ORDINARY_USER_H_
#define SCRIPTWORKER_BASE_TESTING_ORDINARY_USER_H_

#include <linux/capability.h>

namespace scriptworker {

// While it lives, the thread that made it may do no more than an ordinary user, even
// if it is the superuser's: modes of files hold for it, hard limits as well. Crashes
// on any error.
class OrdinaryUser {
 public:
  OrdinaryUser();
  ~OrdinaryUser();  // REQUIRES: on the same thread.
  OrdinaryUser(const OrdinaryUser&) = delete;
  OrdinaryUser& operator=(const OrdinaryUser&) = delete;

 private:
  __user_cap_data_struct had_[_LINUX_CAPABILITY_U32S_3] = {};
};

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_TESTING_ORDINARY_USER_H_
