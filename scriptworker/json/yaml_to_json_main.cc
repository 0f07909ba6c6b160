// SPDX-License-Identifier: MPL-2.0
//
// yaml_to_json YAML JSON: writes the value of a YAML file as JSON. For builds
// (yaml_as_json.bzl). Exits with 1 and a message that names file and line.
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/json/yaml.h"

namespace scriptworker::json {
namespace {

absl::Status Convert(const std::string& from, const std::string& to) {
  SW_ASSIGN_OR_RETURN(const std::string text, ReadFile(from));
  SW_ASSIGN_OR_RETURN(const Value value,
                      ParseYaml(text, {.source = from, .allow_duplicate_keys = false}));
  return WriteFile(to, FormatCompact(value));
}

}  // namespace
}  // namespace scriptworker::json

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv, argv + argc);
  if (arguments.size() != 3) {
    std::cerr << "usage: yaml_to_json YAML JSON\n";
    return EXIT_FAILURE;
  }
  const absl::Status status = scriptworker::json::Convert(arguments[1], arguments[2]);
  if (status.ok()) return EXIT_SUCCESS;
  std::cerr << status.message() << "\n";
  return EXIT_FAILURE;
}
