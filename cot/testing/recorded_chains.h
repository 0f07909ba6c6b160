// SPDX-License-Identifier: MPL-2.0
//
// The generated chains that are kept as recordings in testdata/chains.
#ifndef COT_TESTING_RECORDED_CHAINS_H_
#define COT_TESTING_RECORDED_CHAINS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cot/testing/generated_chain.h"
#include "scriptworker/har/har.h"

namespace cot {

struct RecordedChain {
  std::string name;         // of the file, without .har
  std::string description;  // what it shows, in a sentence
  std::unique_ptr<GeneratedChain> chain;
  int exit_status = 0;  // of verify_cot
};
std::vector<RecordedChain> RecordedChains();

// What verify_cot may ask when it verifies the target of the chain, and is told. The same
// each time: sorted by URL, without times. An error if it does not end as it should.
absl::StatusOr<scriptworker::har::Document> Record(RecordedChain& recorded);

// Beside the recordings: their policy, and a configuration with which verify_cot uses it.
// Its paths are relative to the root of the repository.
std::string RecordedPolicyText();
std::string RecordedConfigText();

}  // namespace cot

#endif  // COT_TESTING_RECORDED_CHAINS_H_
