// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_VCS_BRANCH_PAGE_H_
#define SCRIPTWORKER_VCS_BRANCH_PAGE_H_

#include <string_view>

#include "absl/status/statusor.h"

namespace scriptworker::vcs {

// Whether GitHub's page /OWNER/REPO/branch_commits/HASH names a branch. GitHub does
// not document it; seen are
//   * only white space, or an item <li class="branch"> that says "This commit does not
//     belong to any branch on this repository": on none;
//   * items <li class="branch"><a href="/...">BRANCH</a></li>: on these.
// kUnavailable for any other page, since it says neither: a login page is no branch.
absl::StatusOr<bool> NamesBranch(std::string_view page);

}  // namespace scriptworker::vcs

#endif  // SCRIPTWORKER_VCS_BRANCH_PAGE_H_
