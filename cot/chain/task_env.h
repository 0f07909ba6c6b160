// SPDX-License-Identifier: MPL-2.0
//
// What a decision or action task says about its source in payload.env, by the
// product's prefix ("GECKO"). Facts as claimed: none of them is trusted here.
#ifndef COT_CHAIN_TASK_ENV_H_
#define COT_CHAIN_TASK_ENV_H_

#include <optional>
#include <string>
#include <string_view>

#include "scriptworker/taskcluster/task_definition.h"

namespace cot {

// payload.env[NAME] if it is there and a string; see FindMalformedVariable().
std::optional<std::string> TaskEnv(const scriptworker::taskcluster::TaskDefinition& task,
                                   std::string_view name);

// A repository as tasks name it, the short form of github.com itself written out:
// "ssh://github.com/OWNER/REPO" for "git@github.com:OWNER/REPO".
std::string WithoutShortForm(std::string_view repository);

class SourceEnv {
 public:
  // `task` and `prefix` must outlive it.
  SourceEnv(const scriptworker::taskcluster::TaskDefinition& task, std::string_view prefix)
      : task_(task), prefix_(prefix) {}

  // Without "/" at the end; an empty one is none, as in the reference.
  std::optional<std::string> head_repository() const;
  std::optional<std::string> base_repository() const;
  std::optional<std::string> head_revision() const;
  std::optional<std::string> base_revision() const;
  std::optional<std::string> branch() const;        // HEAD_BRANCH, else HEAD_REF
  std::optional<std::string> base_branch() const;   // BASE_BRANCH, else BASE_REF
  std::optional<std::string> triggered_by() const;  // not empty
  std::optional<std::string> pull_request_number() const;
  std::optional<std::string> push_date_time() const;

 private:
  std::optional<std::string> Get(std::string_view suffix) const;

  const scriptworker::taskcluster::TaskDefinition& task_;
  std::string_view prefix_;
};

// The first variable that rules read, is there and is no text: "payload.env.GECKO_HEAD_REV"; or
// "payload.env" if that is no object. It must not pass for one that is absent.
std::optional<std::string> FindMalformedVariable(
    const scriptworker::taskcluster::TaskDefinition& task, std::string_view prefix);

}  // namespace cot

#endif  // COT_CHAIN_TASK_ENV_H_
