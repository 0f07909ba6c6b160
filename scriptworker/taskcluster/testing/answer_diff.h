// SPDX-License-Identifier: MPL-2.0
//
// Two answers of the same call at different times are alike when they have the
// same members with the same types, and the same values but for what cannot be
// the same: times (which may differ by two minutes), identifiers that are made
// anew, signatures. Lists of artifacts may have another order: the real one is
// that of a database's collation.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_ANSWER_DIFF_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_ANSWER_DIFF_H_

#include <string>
#include <string_view>
#include <vector>

#include "scriptworker/json/value.h"

namespace scriptworker::taskcluster::fake {

// What differs, each with its JSON pointer; empty if the answers are alike.
std::vector<std::string> DiffAnswers(const json::Value& recorded, const json::Value& actual);

// A message with what differs between two of its kind blanked out: times,
// incident ids, the words of a JSON parser.
std::string Normalize(std::string_view message);

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_ANSWER_DIFF_H_
