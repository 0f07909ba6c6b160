// SPDX-License-Identifier: MPL-2.0
// The command line tool: checks a detached Ed25519 signature, such as that of a
// chain-of-trust.json, against a given key and the built-in policy's.

#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cot/policy.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/version.h"
#include "scriptworker/crypto/ed25519.h"

namespace {

using scriptworker::crypto::Ed25519PublicKey;

struct NamedKey {
  std::string type;  // "cmdln", or the worker implementation that signs with it
  Ed25519PublicKey key;
};

// A path to a file with the base64 text, or the text itself.
absl::StatusOr<Ed25519PublicKey> ReadKey(const std::string& pubkey, std::string_view directory) {
  absl::StatusOr<Ed25519PublicKey> from_file =
      Ed25519PublicKey::FromFile(scriptworker::ResolveAgainstWorkingDirectory(pubkey, directory));
  if (from_file.ok() || !absl::IsNotFound(from_file.status())) return from_file;
  absl::StatusOr<Ed25519PublicKey> from_text = Ed25519PublicKey::FromBase64(pubkey);
  return from_text.ok() ? from_text : from_file;
}

absl::StatusOr<std::vector<NamedKey>> Keys(const std::string& pubkey, std::string_view directory) {
  std::vector<NamedKey> keys;
  if (!pubkey.empty()) {
    SW_ASSIGN_OR_RETURN(Ed25519PublicKey key, ReadKey(pubkey, directory));
    keys.push_back({"cmdln", key});
  }
  SW_ASSIGN_OR_RETURN(const cot::LoadedPolicy loaded,
                      cot::LoadPolicy(cot::DefaultPolicyText(), cot::kDefaultPolicyName));
  for (const std::string type : {"docker-worker", "generic-worker", "scriptworker"}) {
    const auto found = loaded.policy.public_keys.find(type);
    if (found == loaded.policy.public_keys.end()) continue;
    for (const Ed25519PublicKey& key : found->second) keys.push_back({type, key});
  }
  return keys;
}

// kPermissionDenied if the signature is no key's.
absl::Status Run(const std::string& pubkey, const std::string& file,
                 const std::string& signature_file, std::string_view directory) {
  SW_ASSIGN_OR_RETURN(const std::vector<NamedKey> keys, Keys(pubkey, directory));
  SW_ASSIGN_OR_RETURN(
      const std::string message,
      scriptworker::ReadFile(scriptworker::ResolveAgainstWorkingDirectory(file, directory)));
  SW_ASSIGN_OR_RETURN(const std::string signature,
                      scriptworker::ReadFile(
                          scriptworker::ResolveAgainstWorkingDirectory(signature_file, directory)));
  for (const NamedKey& key : keys) {
    if (!key.key.Verify(signature, message).ok()) continue;
    std::cerr << "INFO:scriptworker:Verified good with " << key.type << " seed "
              << key.key.ToBase64() << " !\n";
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError("This is not a valid signature!");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Check a detached Ed25519 signature, against the given key and those of the\n"
      "built-in policy.\n\n"
      "Exit status: 0 good, 1 not (the reason on stderr), 2 wrong usage.",
      "verify_ed25519_signature");
  app.set_version_flag("--version", std::string(scriptworker::kVersion));
  std::string pubkey, file, signature;
  app.add_option("--pubkey", pubkey, "a key to try first: base64, or a file that holds\nit")
      ->type_name("KEY");
  app.add_option("FILE", file, "what was signed")->required();
  app.add_option("SIGNATURE", signature, "the file of 64 raw bytes")->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const scriptworker::Environment environment = scriptworker::Environment::FromProcess();
  const absl::Status status =
      Run(pubkey, file, signature, environment.GetOr("BUILD_WORKING_DIRECTORY", ""));
  if (status.ok()) return 0;
  std::cerr << status.message() << "\n";
  return 1;
}
