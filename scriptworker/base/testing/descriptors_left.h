// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_BASE_TESTING_DESCRIPTORS_LEFT_H_
#define SCRIPTWORKER_BASE_TESTING_DESCRIPTORS_LEFT_H_

#include <sys/resource.h>

namespace scriptworker {

// While it lives, this process can have exactly `count` more descriptors than it had.
// Crashes on any error.
class DescriptorsLeft {
 public:
  explicit DescriptorsLeft(int count);
  ~DescriptorsLeft();
  DescriptorsLeft(const DescriptorsLeft&) = delete;
  DescriptorsLeft& operator=(const DescriptorsLeft&) = delete;

 private:
  rlimit before_ = {};
};

// What `call` returns under that limit. To be looked at without it: a sanitizer wants
// descriptors of its own to judge a virtual call.
template <typename Call>
auto WithDescriptorsLeft(int count, Call call) {
  const DescriptorsLeft limit(count);
  return call();
}

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_TESTING_DESCRIPTORS_LEFT_H_
