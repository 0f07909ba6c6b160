// SPDX-License-Identifier: MPL-2.0
//
// The folder of one quickstart: the worker's configuration, keys, logs, and the
// artifacts that were downloaded again.

#ifndef TOOLS_QUICKSTART_WORKPLACE_H_
#define TOOLS_QUICKSTART_WORKPLACE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/taskcluster/credentials.h"
#include "tools/quickstart/plan.h"

namespace scriptworker::tools {

class Workplace {
 public:
  // Makes the folder with a key pair for this run; `folder` must be empty or not
  // there. "": a new one among the temporary files.
  static absl::StatusOr<Workplace> Make(std::string folder);

  // Writes the worker's configuration for a deployment.
  absl::Status WriteConfig(const Plan& plan, std::string_view root_url,
                           const taskcluster::Credentials& credentials,
                           const std::string& task_script) const;

  const std::string& folder() const { return folder_; }
  std::string config_path() const { return folder_ + "/worker.yaml"; }
  std::string worker_output_path() const { return folder_ + "/worker-output.txt"; }
  std::string downloads_path() const { return folder_ + "/downloads"; }
  const crypto::Ed25519PublicKey& public_key() const { return public_key_; }

 private:
  Workplace(std::string folder, crypto::Ed25519PublicKey public_key)
      : folder_(std::move(folder)), public_key_(public_key) {}

  std::string folder_;
  crypto::Ed25519PublicKey public_key_;
};

}  // namespace scriptworker::tools

#endif  // TOOLS_QUICKSTART_WORKPLACE_H_
