// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_JSON_CLIP_H_
#define SCRIPTWORKER_TASKCLUSTER_JSON_CLIP_H_

#include <string>
#include <string_view>

namespace scriptworker::taskcluster {

// The text of a JSON document without what is nested too deep to be parsed: of `max_depth` arrays
// and objects in each other the innermost is empty, and there are none below. All else is as it
// was, a document that is less deep wholly. Of a text that is no JSON something is left that is
// mostly none either. Takes linear time, and no more memory the deeper the text is.
// REQUIRES: max_depth >= 1.
std::string ClipJson(std::string_view text, int max_depth);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_JSON_CLIP_H_
