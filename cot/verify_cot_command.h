// SPDX-License-Identifier: MPL-2.0
//
// What verify_cot does, without the process around it.
#ifndef COT_VERIFY_COT_COMMAND_H_
#define COT_VERIFY_COT_COMMAND_H_

#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "cot/policy/policy.h"
#include "cot/verify_cot_options.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/http/redirect.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/credentials.h"

namespace cot {

// From the configuration file, or the defaults.
struct VerifyCotSetup {
  std::string root_url;
  std::shared_ptr<const Policy> policy;  // not null
  std::optional<scriptworker::taskcluster::Credentials> credentials = std::nullopt;
  scriptworker::SecretString github_token = {};
  std::optional<std::string> cot_product = std::nullopt;
  // The type of tasks of this queue; for others it says nothing.
  std::string cot_job_type = {};
  std::string task_queue_id = {};
  std::string schema_path = {};
  std::string temp_dir = "/tmp";  // where a fresh work folder is made
  int max_chain_length = 20;
  int max_concurrent_downloads = 32;
  scriptworker::http::RedirectLimits redirect_limits = {};
};

// Where people read what it does.
struct Terminal {
  std::ostream& out;            // the verdict
  std::ostream& err;            // the log
  bool shows_progress = false;  // `err` is a terminal: a line that changes
};

// Verifies and prints. Returns the exit status: 0 verified, 3 refused, 4 evidence
// not available, 2 what the caller has to change (type or product in doubt,
// unknown product), 5 any fault of this machine.
int VerifyCot(const VerifyCotOptions& options, const VerifyCotSetup& setup,
              scriptworker::http::Transport& transport, scriptworker::Clock& clock,
              const Terminal& terminal, const scriptworker::CancellationToken& cancellation);

}  // namespace cot

#endif  // COT_VERIFY_COT_COMMAND_H_
