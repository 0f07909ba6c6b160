// SPDX-License-Identifier: MPL-2.0
//
// The cost of describing an artifact folder: all of it should be hashing.
//   tools/bazel run --config=opt //cot:generator_benchmark
// To compare: `openssl dgst -sha256` over the same amount of data.
#include <stdlib.h>

#include <cstdint>
#include <string>

#include "absl/log/check.h"
#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "cot/generator.h"
#include "scriptworker/base/file.h"
#include "scriptworker/json/json.h"

namespace cot {
namespace {

constexpr int kFiles = 8;

void BM_GenerateCot(benchmark::State& state) {
  const int64_t bytes_per_file = state.range(0) << 20;
  char name[] = "/tmp/generator_benchmark.XXXXXX";
  CHECK(mkdtemp(name) != nullptr);
  GeneratorInput input;
  input.artifact_dir = name;
  input.max_hash_threads = static_cast<int>(state.range(1));
  input.task = scriptworker::json::Parse(
                   R"({"dependencies": [], "payload": {}, "scopes": [],
                       "taskGroupId": "G", "workerType": "t"})")
                   .value();
  CHECK_OK(scriptworker::MakeDirs(absl::StrCat(name, "/public")));
  for (int i = 0; i < kFiles; ++i) {
    CHECK_OK(scriptworker::WriteFile(absl::StrCat(name, "/public/", i),
                                     std::string(static_cast<size_t>(bytes_per_file), 'a')));
  }
  for (auto _ : state) CHECK_OK(GenerateCot(input, nullptr).status());
  state.SetBytesProcessed(state.iterations() * kFiles * bytes_per_file);
  CHECK_OK(scriptworker::RemoveTree(name));
}
BENCHMARK(BM_GenerateCot)
    ->ArgNames({"MiB_per_file", "threads"})
    ->Args({0, 1})
    ->Args({32, 1})
    ->Args({32, 2})
    ->Args({32, 4})
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cot
