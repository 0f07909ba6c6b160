// SPDX-License-Identifier: MPL-2.0
#ifndef COT_EVIDENCE_CONTROL_FILES_H_
#define COT_EVIDENCE_CONTROL_FILES_H_

#include <string_view>

namespace cot {

// The artifacts of decision tasks that rules read, by name.
inline constexpr std::string_view kTaskGraphName = "public/task-graph.json";  // of actions, too
inline constexpr std::string_view kActionsName = "public/actions.json";
inline constexpr std::string_view kParametersName = "public/parameters.yml";

}  // namespace cot

#endif  // COT_EVIDENCE_CONTROL_FILES_H_
