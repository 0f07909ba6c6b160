// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_TESTING_EVENT_DUMP_H_
#define SCRIPTWORKER_JSON_TESTING_EVENT_DUMP_H_

#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "scriptworker/json/yaml_events.h"

namespace scriptworker::json {

// The events that `parse` gives for `text`, one word each: "doc [ { } ] =plain
// ='quoted' *alias", with "&anchor" and "<tag>" before a node; or "error
// LINE:COLUMN: what".
std::string DumpYamlEvents(
    std::string_view text,
    absl::FunctionRef<absl::Status(std::string_view, std::string_view, YamlEventHandler&)> parse);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_TESTING_EVENT_DUMP_H_
