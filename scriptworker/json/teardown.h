// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_TEARDOWN_H_
#define SCRIPTWORKER_JSON_TEARDOWN_H_

#include "scriptworker/json/value_rep.h"

// How arrays and objects are freed. Private to array and object.
namespace scriptworker::json::internal {

// Destroys what is in a block, which may hold the last reference to further blocks, and frees it.
using FreeBlock = void (*)(SharedHeader& block);

// Blocks within blocks that are freed at the same time, on this thread.
inline constinit thread_local int teardown_depth = 0;
inline constexpr int kMaxTeardownDepth = 200;

// For blocks beneath that depth: frees them one after the other.
void TearDownLater(SharedHeader& block, FreeBlock free_block);

// Frees a block that nobody refers to any more. Takes a bounded part of the stack, however deep
// the values in it are: those deeper than kMaxTeardownDepth wait for their turn.
template <FreeBlock kFreeBlock>
void TearDown(SharedHeader& block) {
  if (teardown_depth == kMaxTeardownDepth) return TearDownLater(block, kFreeBlock);
  ++teardown_depth;
  kFreeBlock(block);
  --teardown_depth;
}

}  // namespace scriptworker::json::internal

#endif  // SCRIPTWORKER_JSON_TEARDOWN_H_
