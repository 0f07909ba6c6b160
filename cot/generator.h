// SPDX-License-Identifier: MPL-2.0
//
// Writes the worker's own link of the chain of trust: hashes what the script
// left in the artifact folder, describes the run, signs the description.
#ifndef COT_GENERATOR_H_
#define COT_GENERATOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cot/evidence/cot_body.h"
#include "cot/signer.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/artifact_file.h"

namespace cot {

// One finished run, as the claim and the configuration describe it.
struct GeneratorInput {
  std::string task_id;
  int64_t run_id = 0;
  std::string worker_group;
  std::string worker_id;
  std::string worker_type;
  scriptworker::json::Value task;  // the definition as claimed

  std::string artifact_dir;  // its folder `public` exists
  scriptworker::crypto::HashAlgorithm hash_algorithm = scriptworker::crypto::HashAlgorithm::kSha256;
  std::string schema_path;   // empty: the built-in schema
  int max_hash_threads = 4;  // files hashed at the same time
  int max_open_files = 256;  // files kept open for the upload
  // Ends the hashing, which may take long, with its reason.
  scriptworker::CancellationToken cancellation = {};
};

// Something in the artifact folder that is not published, and why.
struct SkippedEntry {
  std::string path;  // relative to artifact_dir
  std::string reason;
};

struct GeneratedCot {
  CotBody body;
  std::string text;       // what chain-of-trust.json holds
  std::string signature;  // 64 bytes; empty without a signer
  // What was hashed, still open: to be sent from here. Of more files than
  // max_open_files the first ones; the others have to be opened again, and to
  // have the digest in `body`.
  std::vector<scriptworker::taskcluster::ArtifactFile> files;
  // For the log: links, fifos, sockets, devices, folders that cannot be entered, names that no
  // artifact can have, and files under the two names written here.
  std::vector<SkippedEntry> skipped;
};

// Writes public/chain-of-trust.json below artifact_dir, then, with a signer,
// public/chain-of-trust.json.sig over exactly those bytes. Only regular files
// beneath artifact_dir are hashed, each opened once; no symbolic link is followed. The caller
// has closed the logs and ended the script. Memory does not grow with the
// files. Thread-compatible.
//
// Errors: kFailedPrecondition: the signing key cannot be used (the unsigned
// body is in place then). kInvalidArgument: the body does not fit the schema.
// kInternal: a fault of the machine or the set-up, with the path.
// `signer` may be null: nothing is signed.
absl::StatusOr<GeneratedCot> GenerateCot(const GeneratorInput& input, Signer* signer);

}  // namespace cot

#endif  // COT_GENERATOR_H_
