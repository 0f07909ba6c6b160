// SPDX-License-Identifier: MPL-2.0
//
// Ways to make a generated chain bad, each a chain with one defect.
#ifndef COT_TESTING_CHAIN_DEFECTS_H_
#define COT_TESTING_CHAIN_DEFECTS_H_

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "cot/chain/violation.h"
#include "cot/testing/generated_chain.h"
#include "cot/verifier.h"

namespace cot {

struct ChainDefect {
  std::string name;  // what is wrong, in CamelCase
  // All that the verifier finds, without repetitions, by their order in the enumeration.
  std::vector<Violation> violations;
  ChainDescription description = {};
  // Before the chain-of-trust files are written about the tasks: all agree with the change.
  std::function<void(GeneratedChain&)> tasks = nullptr;
  // When they are written, before they are signed.
  std::function<void(GeneratedChain&)> cots = nullptr;
  // When all is published.
  std::function<void(GeneratedChain&)> answers = nullptr;
  std::function<void(VerifyRequest&)> request = nullptr;
};
inline void PrintTo(const ChainDefect& defect, std::ostream* out) { *out << defect.name; }

// By the verifier's steps.
std::vector<ChainDefect> DefectsOfTheChain();     // 1
std::vector<ChainDefect> DefectsOfCotFiles();     // 2
std::vector<ChainDefect> DefectsOfArtifacts();    // 3
std::vector<ChainDefect> DefectsOfTasks();        // 4 and 5
std::vector<ChainDefect> DefectsOfDefinitions();  // 6
std::vector<ChainDefect> DefectsOfSources();      // 7

// The definition of a task, by role.
scriptworker::json::Value& DefinitionOf(GeneratedChain& chain, std::string_view role);
// Sets a part of a definition, and of its copy in the task graph.
void Define(GeneratedChain& chain, std::string_view role, std::string_view pointer,
            scriptworker::json::Value value);

}  // namespace cot

#endif  // COT_TESTING_CHAIN_DEFECTS_H_
