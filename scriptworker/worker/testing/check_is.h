// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_WORKER_TESTING_CHECK_IS_H_
#define SCRIPTWORKER_WORKER_TESTING_CHECK_IS_H_

#include <string>

#include "gmock/gmock.h"
#include "scriptworker/worker/check/check.h"

namespace scriptworker::worker {

// Matches a Check of that outcome and subject whose text has `text` in it.
inline testing::Matcher<const Check&> CheckIs(Check::Outcome outcome, const std::string& subject,
                                              const std::string& text) {
  return testing::AllOf(testing::Field("outcome", &Check::outcome, outcome),
                        testing::Field("subject", &Check::subject, subject),
                        testing::Field("text", &Check::text, testing::HasSubstr(text)));
}

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_TESTING_CHECK_IS_H_
