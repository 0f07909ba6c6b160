// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_SCOPE_H_
#define SCRIPTWORKER_TASKCLUSTER_SCOPE_H_

#include <string>
#include <string_view>

#include "absl/types/span.h"

namespace scriptworker::taskcluster {

// Whether the scope `held` satisfies `required`: they are equal, or `held` ends
// with '*' and `required` begins with what stands before it. A '*' anywhere
// else is an ordinary character, and `required` is never a pattern.
bool ScopeSatisfies(std::string_view held, std::string_view required);

// Whether each of `required` is satisfied by one of `held`. True for no
// required scopes.
bool ScopesSatisfy(absl::Span<const std::string> held, absl::Span<const std::string> required);

// Whether `scope` consists of printable ASCII only, as Taskcluster demands.
bool IsValidScope(std::string_view scope);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_SCOPE_H_
