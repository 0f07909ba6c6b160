// SPDX-License-Identifier: MPL-2.0
//
// Lists in pages: `limit`, `continuationToken`.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_PAGE_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_PAGE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "scriptworker/taskcluster/testing/api.h"

namespace scriptworker::taskcluster::fake {

// How many entries a page has, 1000 at most; nullopt for limit=0, at which the
// real queue fails.
std::optional<size_t> PageSize(const ApiCall& call);

// The token of the page after the artifact `name`, as the queue makes them.
std::string ArtifactToken(std::string_view task_id, int run_id, std::string_view name);
// The name in such a token; "" if it is none: the first page, as in the queue.
std::string ArtifactNameInToken(std::string_view token);

// The token of the page that begins at the `offset`th entry, and back; 0 if it
// is none.
std::string OffsetToken(size_t offset);
size_t OffsetInToken(std::string_view token);

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_PAGE_H_
