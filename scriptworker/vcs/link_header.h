// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_VCS_LINK_HEADER_H_
#define SCRIPTWORKER_VCS_LINK_HEADER_H_

#include <optional>
#include <string>
#include <string_view>

namespace scriptworker::vcs {

// The target of the first link of relation `relation` in a Link header (RFC 8288):
// `<https://api.github.com/...&page=2>; rel="next", <...>; rel="last"`. nullopt if there
// is none before the header ends or stops being a list of links. The target is as
// given, unchecked.
std::optional<std::string> FindLink(std::string_view header, std::string_view relation);

}  // namespace scriptworker::vcs

#endif  // SCRIPTWORKER_VCS_LINK_HEADER_H_
