// SPDX-License-Identifier: MPL-2.0
// Reads {"template": ..., "context": ...} objects, one a line, and writes
// {"result": ...} or {"error": "..."} for each, for differential.js.

#include <iostream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/context.h"
#include "scriptworker/jsone/render.h"

int main() {
  namespace json = scriptworker::json;
  namespace jsone = scriptworker::jsone;
  jsone::Renderer renderer;
  std::string line;
  while (std::getline(std::cin, line)) {
    json::Object answer;
    const absl::StatusOr<json::Value> test = json::Parse(line);
    if (!test.ok()) {
      std::cerr << test.status() << "\n";
      return 1;
    }
    jsone::Context context(absl::UnixEpoch());
    context.SetAll(test->Find("context")->object());
    const absl::StatusOr<json::Value> result = renderer.Render(*test->Find("template"), context);
    if (result.ok()) {
      answer.Set("result", *result);
    } else {
      answer.Set("error", json::Value(result.status().message()));
    }
    std::cout << json::FormatCompact(json::Value(answer)) << "\n";
  }
  return 0;
}
