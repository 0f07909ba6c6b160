// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/teardown.h"

#include <utility>
#include <vector>

namespace scriptworker::json::internal {
namespace {

using Waiting = std::vector<std::pair<SharedHeader*, FreeBlock>>;

// The list of the outermost call of TearDownLater() on this thread, while it runs.
constinit thread_local Waiting* waiting = nullptr;

}  // namespace

void TearDownLater(SharedHeader& block, FreeBlock free_block) {
  if (waiting != nullptr) {
    waiting->emplace_back(&block, free_block);
    return;
  }
  Waiting list = {{&block, free_block}};
  waiting = &list;
  while (!list.empty()) {
    const auto [next, free_next] = list.back();
    list.pop_back();
    free_next(*next);  // what is in it comes back here
  }
  waiting = nullptr;
}

}  // namespace scriptworker::json::internal
