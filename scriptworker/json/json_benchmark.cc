// SPDX-License-Identifier: MPL-2.0
// The real files come from CORPORA_DIR; without it their benchmarks are skipped.
#include <cstdlib>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "scriptworker/base/file.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object_scanner.h"
#include "scriptworker/json/yaml.h"

namespace scriptworker::json {
namespace {

// A task graph as taskgraph writes it.
const std::string& TaskGraph() {
  static const std::string& text = *new std::string([] {
    Object graph;
    for (int i = 0; i < 13000; ++i) {
      Object env;
      for (int k = 0; k < 12; ++k) {
        env.Set(absl::StrCat("MOZ_VARIABLE_NAME_", k), absl::StrCat("some value ", i * k));
      }
      Array scopes;
      for (int k = 0; k < 10; ++k) {
        scopes.push_back(absl::StrCat("secrets:get:project/releng/gecko/build/level-3/x-", k));
      }
      const Value task(
          Object{{"payload", Object{{"env", env}, {"maxRunTime", 7200}}}, {"scopes", scopes}});
      graph.Set(absl::StrCat("task", 100000000000000000 + i),
                Object{{"attributes", Object{{"kind", "build"}, {"level", 3}}},
                       {"dependencies", Object()},
                       {"label", absl::StrCat("build-linux64/opt-", i)},
                       {"task", task}});
    }
    return Format(graph);
  }());
  return text;
}

void BM_ScanTaskGraph(benchmark::State& state) {
  const std::string_view text = TaskGraph();
  for (auto _ : state) {
    ObjectScanner scanner({"task100000000000000000", "task100000000000007777"});
    for (size_t i = 0; i < text.size(); i += 65536) {
      if (!scanner.Write(text.substr(i, 65536)).ok()) state.SkipWithError("refused");
    }
    if (scanner.Finish()->size() != 2) state.SkipWithError("not found");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
}
BENCHMARK(BM_ScanTaskGraph)->Unit(benchmark::kMillisecond);

void BM_ParseTaskGraph(benchmark::State& state) {
  const std::string& text = TaskGraph();
  for (auto _ : state) benchmark::DoNotOptimize(Parse(text));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
}
BENCHMARK(BM_ParseTaskGraph)->Unit(benchmark::kMillisecond);

void BM_FormatTaskGraph(benchmark::State& state) {
  const Value graph = *Parse(TaskGraph());
  for (auto _ : state) benchmark::DoNotOptimize(Format(graph));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(TaskGraph().size()));
}
BENCHMARK(BM_FormatTaskGraph)->Unit(benchmark::kMillisecond);

void LoadYaml(benchmark::State& state, std::string_view path) {
  const char* const corpora = std::getenv("CORPORA_DIR");
  if (corpora == nullptr) return state.SkipWithError("SKIPPED: CORPORA_DIR is not set");
  const absl::StatusOr<std::string> text =
      ReadFile(absl::StrCat(corpora, "/scriptworker/", path), 1 << 20);
  if (!text.ok()) return state.SkipWithError(text.status().ToString().c_str());
  for (auto _ : state) {
    const absl::StatusOr<Value> value = ParseYaml(*text);
    if (!value.ok()) return state.SkipWithError(value.status().ToString().c_str());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text->size()));
}
void BM_LoadHgTaskclusterYml(benchmark::State& state) { LoadYaml(state, "cotv2/.taskcluster.yml"); }
BENCHMARK(BM_LoadHgTaskclusterYml)->Unit(benchmark::kMicrosecond);
void BM_LoadTaskclusterYml(benchmark::State& state) { LoadYaml(state, "cotv4/.taskcluster.yml"); }
BENCHMARK(BM_LoadTaskclusterYml)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace scriptworker::json
