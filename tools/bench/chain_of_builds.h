// SPDX-License-Identifier: MPL-2.0

#ifndef TOOLS_BENCH_CHAIN_OF_BUILDS_H_
#define TOOLS_BENCH_CHAIN_OF_BUILDS_H_

#include <cstddef>

#include "absl/time/time.h"
#include "cot/testing/small_chain.h"

namespace cot {

// Makes of a SmallChain that is not published yet one of many tasks: the target signs `builds`
// builds (each with a mandatory artifact, every second with a pattern), which share a docker
// image of another decision task, and a repackaged build. With one build the image is of the
// same decision task, and nothing is repackaged.
//
// Tasks have some kilobytes, as those of real graphs. They were created at `now`, and are as a
// queue completes them. `graph_bytes`: how large the decision task's task graph is at least.
void MakeChainOfBuilds(int builds, size_t graph_bytes, absl::Time now, SmallChain& chain);

}  // namespace cot

#endif  // TOOLS_BENCH_CHAIN_OF_BUILDS_H_
