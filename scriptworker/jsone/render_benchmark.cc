// SPDX-License-Identifier: MPL-2.0
// Renderings per second of real .taskcluster.yml files (the recorded ones of
// the folder that CORPORA_DIR names), and the time for json-e's whole
// specification. tools/bench/jsone_against_node.sh puts the figures beside
// Node's.

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/json/yaml.h"
#include "scriptworker/jsone/context.h"
#include "scriptworker/jsone/render.h"

namespace scriptworker::jsone {
namespace {

std::string CorpusPath(std::string_view name) {
  const char* folder = std::getenv("CORPORA_DIR");
  return absl::StrCat(folder == nullptr ? "." : folder, "/", name);
}

struct Rendering {
  json::Value document;
  Context context;
};

// A recorded rendering: its template and context, with the function that the
// recording could not hold.
absl::StatusOr<Rendering> LoadGolden(std::string_view name) {
  SW_ASSIGN_OR_RETURN(std::string text,
                      ReadFile(CorpusPath(absl::StrCat("scriptworker/golden/", name, ".json"))));
  SW_ASSIGN_OR_RETURN(json::Value golden, json::Parse(text));
  Rendering rendering{*golden.Find("template"), Context(absl::UnixEpoch())};
  rendering.context.SetAll(golden.Find("context")->object());
  rendering.context.AddFunction(
      "as_slugid",
      [decision = *golden.Find("decision_task_id"), parent = *golden.Find("task_id")](
          absl::Span<const json::Value> arguments) -> absl::StatusOr<json::Value> {
        return arguments[0] == json::Value("decision") ? decision : parent;
      });
  return rendering;
}

void BM_RenderGolden(benchmark::State& state, std::string_view name) {
  absl::StatusOr<Rendering> rendering = LoadGolden(name);
  if (!rendering.ok()) {
    state.SkipWithError(rendering.status().ToString().c_str());
    return;
  }
  Renderer renderer;
  for (auto _ : state) {
    absl::StatusOr<json::Value> result = renderer.Render(rendering->document, rendering->context);
    if (!result.ok()) state.SkipWithError(result.status().ToString().c_str());
    benchmark::DoNotOptimize(result);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(BM_RenderGolden, hg_push, "decision_hg-push");
BENCHMARK_CAPTURE(BM_RenderGolden, action, "action_retrigger");

// With nothing kept from one rendering to the next.
void BM_RenderGoldenOnce(benchmark::State& state, std::string_view name) {
  absl::StatusOr<Rendering> rendering = LoadGolden(name);
  if (!rendering.ok()) {
    state.SkipWithError(rendering.status().ToString().c_str());
    return;
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(Render(rendering->document, rendering->context));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(BM_RenderGoldenOnce, hg_push, "decision_hg-push");
BENCHMARK_CAPTURE(BM_RenderGoldenOnce, action, "action_retrigger");

void BM_Specification(benchmark::State& state) {
  absl::StatusOr<std::string> text = ReadFile(CorpusPath("jsone/specification.yml"));
  if (!text.ok()) {
    state.SkipWithError(text.status().ToString().c_str());
    return;
  }
  std::vector<Rendering> renderings;
  for (std::string_view part : absl::StrSplit(*text, "\n---\n")) {
    absl::StatusOr<json::Value> document = json::ParseYaml(part, {.allow_big_integers = true});
    if (!document.ok() || document->Find("template") == nullptr) continue;
    renderings.push_back({*document->Find("template"), Context(absl::UnixEpoch())});
    renderings.back().context.SetAll(document->Find("context")->object());
  }
  Renderer renderer;
  for (auto _ : state) {
    for (const Rendering& rendering : renderings) {
      benchmark::DoNotOptimize(renderer.Render(rendering.document, rendering.context));
    }
  }
  state.counters["cases"] = static_cast<double>(renderings.size());
}
BENCHMARK(BM_Specification)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace scriptworker::jsone
