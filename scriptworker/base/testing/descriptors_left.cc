// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/testing/descriptors_left.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

#include "absl/log/check.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker {

DescriptorsLeft::DescriptorsLeft(int count) {
  PCHECK(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
  // The lowest free numbers, which the next calls will get: the limit is one of numbers.
  std::vector<UniqueFd> next;
  for (int i = 0; i <= count; ++i) {
    next.emplace_back(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0));
    PCHECK(next.back().valid());
  }
  rlimit now = before_;
  now.rlim_cur = static_cast<rlim_t>(next.back().get());
  PCHECK(::setrlimit(RLIMIT_NOFILE, &now) == 0);
}

DescriptorsLeft::~DescriptorsLeft() { PCHECK(::setrlimit(RLIMIT_NOFILE, &before_) == 0); }

}  // namespace scriptworker
