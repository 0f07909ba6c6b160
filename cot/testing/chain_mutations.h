// SPDX-License-Identifier: MPL-2.0
//
// Changes of one leaf of one document of a generated chain.
#ifndef COT_TESTING_CHAIN_MUTATIONS_H_
#define COT_TESTING_CHAIN_MUTATIONS_H_

#include <string>
#include <string_view>
#include <vector>

#include "cot/testing/generated_chain.h"
#include "scriptworker/json/value.h"

namespace cot {

// The JSON and YAML documents of a chain, by name:
//   definition:ROLE  the queue's answer; the task's chain-of-trust.json agrees with it
//   queue:ROLE       the queue's answer; the task's chain-of-trust.json does not
//   cot:ROLE         the chain-of-trust.json, signed again
//   file:ROLE:NAME   an artifact that rules read; the chain-of-trust.json agrees with it
//   list:ROLE        the queue's list of artifacts
//   page:KIND        an answer of hg or GitHub
// None of them takes the others along: a task graph keeps what it said of a definition.
std::vector<std::string> DocumentsOf(const ChainDescription& description);

// The document of the good chain.
scriptworker::json::Value ReadDocument(const ChainDescription& description,
                                       std::string_view document);

// Publishes the chain, which must be as it was made, with another document in that place.
void PublishWith(GeneratedChain& chain, std::string_view document,
                 const scriptworker::json::Value& changed);

// What every leaf is replaced by.
const std::vector<scriptworker::json::Value>& MutatedValues();

}  // namespace cot

#endif  // COT_TESTING_CHAIN_MUTATIONS_H_
