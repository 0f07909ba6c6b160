// SPDX-License-Identifier: MPL-2.0
// The command line tool: renders a template file with the variables of context
// files.

#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/version.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/json/yaml.h"
#include "scriptworker/json/yaml_format.h"
#include "scriptworker/jsone/context.h"
#include "scriptworker/jsone/from_now.h"
#include "scriptworker/jsone/render.h"

namespace scriptworker::jsone {
namespace {

struct Options {
  std::string template_path;
  std::vector<std::string> context_paths;
  std::string now;
  bool yaml = false;
};

// "-" is the standard input.
absl::StatusOr<std::string> Read(const std::string& path, std::string_view working_directory) {
  if (path == "-") return ReadAll(STDIN_FILENO, "standard input");
  return ReadFile(ResolveAgainstWorkingDirectory(path, working_directory));
}

absl::StatusOr<json::Value> Load(const std::string& path, std::string_view working_directory) {
  SW_ASSIGN_OR_RETURN(std::string text, Read(path, working_directory));
  const std::string_view source = path == "-" ? std::string_view("standard input") : path;
  if (absl::EndsWith(path, ".json")) {
    return json::Parse(text, {.source = source});
  }
  return json::ParseYaml(text, {.source = source});
}

absl::StatusOr<std::string> Run(const Options& options, Clock& clock,
                                std::string_view working_directory) {
  absl::Time now = clock.Now();
  if (!options.now.empty()) {
    SW_ASSIGN_OR_RETURN(now, ParseTimestamp(options.now), _.SetPrepend() << "--now: ");
  }
  Context context(now);
  for (const std::string& path : options.context_paths) {
    SW_ASSIGN_OR_RETURN(json::Value variables, Load(path, working_directory));
    if (!variables.is_object()) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, ": expected an object of variables, found ", json::TypeName(variables.type())));
    }
    context.SetAll(variables.object());
  }
  SW_ASSIGN_OR_RETURN(json::Value document, Load(options.template_path, working_directory));
  SW_ASSIGN_OR_RETURN(json::Value result, Render(document, context));
  if (options.yaml) return json::FormatYaml(result);
  return json::Format(result) + "\n";
}

}  // namespace
}  // namespace scriptworker::jsone

int main(int argc, char** argv) {
  CLI::App app(
      "Render a json-e template (json-e 4.8.4).\n"
      "Exit status: 0 rendered, 1 not rendered (the reason on stderr),\n"
      "2 wrong usage.",
      "jsone");
  app.set_version_flag("--version", absl::StrCat("jsone ", scriptworker::kVersion));
  scriptworker::jsone::Options options;
  app.add_option("TEMPLATE", options.template_path, "YAML or JSON file; - reads the standard input")
      ->required();
  app.add_option("CONTEXT", options.context_paths,
                 "YAML or JSON files with an object of variables\n"
                 "each; a later file wins");
  app.add_option("--now", options.now,
                 "the time that $fromNow counts from, such as\n"
                 "2017-01-19T16:27:20.974Z (default: the clock)");
  app.add_flag("--yaml", options.yaml, "print YAML instead of JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const scriptworker::Environment environment = scriptworker::Environment::FromProcess();
  scriptworker::SystemClock clock;
  const absl::StatusOr<std::string> text =
      scriptworker::jsone::Run(options, clock, environment.GetOr("BUILD_WORKING_DIRECTORY", ""));
  if (!text.ok()) {
    std::cerr << "jsone: " << text.status().message() << "\n";
    return 1;
  }
  std::cout << *text << std::flush;
  return std::cout ? 0 : 1;
}
