// SPDX-License-Identifier: MPL-2.0
//
// Definitions of the tasks of a generated chain, written out and not rendered: that
// the rules rebuild them from the template is what the chain is for.
#ifndef COT_TESTING_GENERATED_TASKS_H_
#define COT_TESTING_GENERATED_TASKS_H_

#include <string>
#include <string_view>

#include "cot/testing/chain_facts.h"
#include "scriptworker/json/value.h"

namespace cot {

// What an action is given, in the definition and in the answer of its hook.
scriptworker::json::Value ActionInput();
// public/parameters.yml of the decision task.
scriptworker::json::Value DecisionParameters(const ChainFacts& facts);
// extra.cron, as a document.
scriptworker::json::Value CronJob();
// public/actions.json of the decision task: one action, a hook's.
scriptworker::json::Value DecisionActions(const ChainFacts& facts);

// Of role "decision".
scriptworker::json::Value DecisionDefinition(const ChainFacts& facts);
// Of role "action".
scriptworker::json::Value ActionDefinition(const ChainFacts& facts);
// Of role "image": builds the docker image of the build, at `facts`' revision. Its decision
// task has role `decision_role`.
scriptworker::json::Value ImageDefinition(const ChainFacts& facts, std::string_view decision_role);
// Of role "build": makes what the target uses, by the described worker. A build by
// scriptworker is a signing task.
scriptworker::json::Value BuildDefinition(const ChainFacts& facts);
// Of role "target": a task of scriptworker's.
scriptworker::json::Value TargetDefinition(const ChainFacts& facts);

// The task as its task graph has it: before the queue, and the decision task that
// created it, filled in what they do.
scriptworker::json::Value GraphDefinition(const scriptworker::json::Value& definition);

}  // namespace cot

#endif  // COT_TESTING_GENERATED_TASKS_H_
