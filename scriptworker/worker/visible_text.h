// SPDX-License-Identifier: MPL-2.0
//
// Texts that tasks, scripts and servers have made up, for a log or a terminal.

#ifndef SCRIPTWORKER_WORKER_VISIBLE_TEXT_H_
#define SCRIPTWORKER_WORKER_VISIBLE_TEXT_H_

#include <string>
#include <string_view>

namespace scriptworker::worker {

// Nothing of it looks like a line of its own, and nothing moves a cursor: what follows a newline
// is indented, and controls (C0 but for the tab, DEL, C1) are spelled out: "\x1b".
std::string VisibleText(std::string_view text);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_VISIBLE_TEXT_H_
