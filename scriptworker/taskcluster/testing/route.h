// SPDX-License-Identifier: MPL-2.0
//
// Routes as in Taskcluster's API references: "/task/<taskId>/status". A
// parameter is one path segment, or with "..." all that is left:
// "/claim-work/<taskQueueId...>".

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_ROUTE_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_ROUTE_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scriptworker::taskcluster::fake {

// Name and decoded value, in the route's order.
using RouteParams = std::vector<std::pair<std::string, std::string>>;

// The parameters if `path`, still escaped, fits `route`. Segments are told apart
// before they are decoded, as the services do: "%2F" is no slash, but in a "..."
// parameter both mean the same. One slash too many at the end is allowed.
std::optional<RouteParams> MatchRoute(std::string_view route, std::string_view path);

// The services' message about parameters that have not the form that goes with
// their name; "" if all have.
std::string CheckRouteParams(const RouteParams& params);

// "<taskId>" and the like in `text` replaced by parameters.
std::string FillIn(std::string_view text, const RouteParams& params);

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_ROUTE_H_
