// SPDX-License-Identifier: MPL-2.0
// One task out of a task graph of 31 MB, in pieces of 64 KiB: ours, RapidJSON's
// SAX parser on the same pieces, and yyjson, which needs the whole text in memory
// and builds the whole document. bytes_per_second is the figure to compare.

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "rapidjson/reader.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/object_scanner.h"
#include "yyjson.h"

namespace scriptworker::json {
namespace {

constexpr size_t kGraphBytes = 31'000'000;
constexpr size_t kPieceBytes = 64 << 10;

std::string TaskId(size_t i) { return absl::StrCat("task", 100'000 + i, "AAAAAAAAAAAAA"); }

// Shaped as Gecko's task-graph.json: indented by two, about 4 KB for each task.
std::string MakeGraph() {
  std::string graph = "{\n";
  size_t i = 0;
  for (; graph.size() < kGraphBytes; ++i) {
    absl::StrAppend(&graph, i == 0 ? "" : ",\n", "  \"", TaskId(i),
                    "\": {\n    \"attributes\": {\n      \"build_platform\": \"linux64/opt\",\n"
                    "      \"retrigger\": true,\n      \"chunk\": ",
                    i % 40, "\n    },\n    \"dependencies\": {");
    for (size_t k = 0; k < 8; ++k) {
      absl::StrAppend(&graph, k == 0 ? "" : ",", "\n      \"fetch-", k, "\": \"", TaskId(i / 2 + k),
                      "\"");
    }
    absl::StrAppend(&graph,
                    "\n    },\n    \"task\": {\n      \"payload\": {\n        \"command\": [");
    for (size_t k = 0; k < 20; ++k) {
      absl::StrAppend(&graph, k == 0 ? "" : ",", "\n          \"export MOZ_BUILD_DATE_", k,
                      "=20260101000000 && cd \\\"$HOME\\\" && ./run-task --option=", i,
                      " -- /builds/worker/checkouts/gecko/taskcluster/scripts/run\"");
    }
    absl::StrAppend(&graph,
                    "\n        ],\n        \"maxRunTime\": 7200\n      },\n"
                    "      \"priority\": \"low\"\n    }\n  }");
  }
  return graph + "\n}\n";
}

const std::string& Graph() {
  static const auto* const graph = new std::string(MakeGraph());
  return *graph;
}

void SetRate(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(Graph().size()));
}

void BM_ObjectScanner(benchmark::State& state) {
  const std::string_view graph = Graph();
  for (auto _ : state) {
    ObjectScanner scanner({TaskId(3000)});
    absl::Status status;
    for (size_t at = 0; at < graph.size() && status.ok(); at += kPieceBytes) {
      status = scanner.Write(graph.substr(at, kPieceBytes));
    }
    const absl::StatusOr<Object> found = scanner.Finish();
    if (!status.ok() || !found.ok() || found->size() != 1) state.SkipWithError("not found");
  }
  SetRate(state);
}
BENCHMARK(BM_ObjectScanner)->Unit(benchmark::kMillisecond);

// A RapidJSON stream over pieces, as they come from the network.
class PieceStream {
 public:
  using Ch = char;
  explicit PieceStream(std::string_view text) : rest_(text) { Next(); }
  Ch Peek() const { return at_ < end_ ? *at_ : '\0'; }
  Ch Take() {
    const Ch c = Peek();
    if (++at_ >= end_) Next();
    return c;
  }
  size_t Tell() const { return 0; }
  Ch* PutBegin() { return nullptr; }
  void Put(Ch) {}
  void Flush() {}
  size_t PutEnd(Ch*) { return 0; }

 private:
  void Next() {
    const std::string_view piece = rest_.substr(0, kPieceBytes);
    rest_.remove_prefix(piece.size());
    at_ = piece.data();
    end_ = at_ + piece.size();
  }
  std::string_view rest_;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
};

// Finds the task and keeps nothing: less work than ours does.
struct FindKey : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, FindKey> {
  explicit FindKey(std::string_view wanted) : wanted(wanted) {}
  bool StartObject() { return ++depth, true; }
  bool EndObject(rapidjson::SizeType) { return --depth, true; }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    found += depth == 1 && std::string_view(text, size) == wanted ? 1 : 0;
    return true;
  }
  const std::string wanted;
  int depth = 0;
  int found = 0;
};

void BM_RapidJsonSax(benchmark::State& state) {
  for (auto _ : state) {
    PieceStream stream(Graph());
    FindKey handler(TaskId(3000));
    rapidjson::Reader reader;
    if (!reader.Parse<rapidjson::kParseValidateEncodingFlag>(stream, handler) ||
        handler.found != 1) {
      state.SkipWithError("not found");
    }
  }
  SetRate(state);
}
BENCHMARK(BM_RapidJsonSax)->Unit(benchmark::kMillisecond);

void BM_YyjsonDocument(benchmark::State& state) {
  const std::string wanted = TaskId(3000);
  for (auto _ : state) {
    yyjson_doc* document = yyjson_read(Graph().data(), Graph().size(), YYJSON_READ_NOFLAG);
    if (yyjson_obj_get(yyjson_doc_get_root(document), wanted.c_str()) == nullptr) {
      state.SkipWithError("not found");
    }
    yyjson_doc_free(document);
  }
  SetRate(state);
}
BENCHMARK(BM_YyjsonDocument)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace scriptworker::json
