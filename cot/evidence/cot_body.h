// SPDX-License-Identifier: MPL-2.0
//
// chain-of-trust.json: what a worker says about a run it made. The one owner
// of that wire format, for writing and for reading.
#ifndef COT_EVIDENCE_COT_BODY_H_
#define COT_EVIDENCE_COT_BODY_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/json/json.h"

namespace cot {

inline constexpr std::string_view kCotBodyName = "public/chain-of-trust.json";
inline constexpr std::string_view kCotSignatureName = "public/chain-of-trust.json.sig";

// Algorithm name ("sha256") -> lower-case hex digest.
using ArtifactHashes = std::map<std::string, std::string, std::less<>>;

struct CotBody {
  static constexpr int64_t kVersion = 1;

  std::map<std::string, ArtifactHashes, std::less<>> artifacts;  // by name
  int64_t version = kVersion;
  scriptworker::json::Value environment{scriptworker::json::Object()};
  int64_t run_id = 0;
  scriptworker::json::Value task;  // the definition, as the worker got it
  std::string task_id;
  std::string worker_group;
  std::string worker_id;
  std::string worker_type;  // empty when another kind of worker left it out
};

// The exact bytes: keys sorted at every level, indent 2, ASCII, no final
// newline.
std::string FormatCotBody(const CotBody& body);

// Reads a body written by any worker implementation; members it does not know
// are ignored. kInvalidArgument names `source` and the JSON path. Whether the
// hashes can be trusted and used is not judged here.
absl::StatusOr<CotBody> ReadCotBody(const scriptworker::json::Value& value,
                                    std::string_view source);

}  // namespace cot

#endif  // COT_EVIDENCE_COT_BODY_H_
