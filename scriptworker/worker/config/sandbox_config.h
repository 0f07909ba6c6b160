// SPDX-License-Identifier: MPL-2.0
//
// The key `sandbox` of the configuration; docs/configuration.md.

#ifndef SCRIPTWORKER_WORKER_CONFIG_SANDBOX_CONFIG_H_
#define SCRIPTWORKER_WORKER_CONFIG_SANDBOX_CONFIG_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "cot/policy/document_part.h"
#include "scriptworker/worker/process/restrictions.h"

namespace scriptworker::worker {

// Everything is off by default.
struct SandboxConfig {
  bool required = false;
  bool landlock = false;
  bool no_new_privs = false;
  std::vector<std::string> writable = {};  // absolute
  std::vector<std::string> hidden = {};    // absolute
  // Absolute; hidden as well. Folders of the worker's own that need not be there yet.
  std::vector<std::string> own_folders = {};
  std::string script_user = {};  // a name or a number; empty: the worker's
  std::vector<Restrictions::Limit> rlimits = {};
};

// Strict: every member has to be known and of its type and range. Whatever is
// wrong is reported through `part`, and left out. `absolute` makes paths so.
SandboxConfig ReadSandboxConfig(const cot::DocumentPart& part,
                                absl::FunctionRef<std::string(std::string_view)> absolute);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CONFIG_SANDBOX_CONFIG_H_
