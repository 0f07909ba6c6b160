// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/verify_ed25519_signature_program.h"

#include <string>
#include <string_view>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/policy/policy.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/version.h"
#include "scriptworker/crypto/ed25519.h"

namespace scriptworker {
namespace {

using crypto::Ed25519PublicKey;

struct NamedKey {
  std::string type;  // "cmdln", or the worker implementation that signs with it
  Ed25519PublicKey key;
};

// A path to a file with the base64 text, or the text itself.
absl::StatusOr<Ed25519PublicKey> ReadKey(const std::string& pubkey, std::string_view directory) {
  absl::StatusOr<Ed25519PublicKey> from_file =
      Ed25519PublicKey::FromFile(ResolveAgainstWorkingDirectory(pubkey, directory));
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
  SW_ASSIGN_OR_RETURN(const cot::LoadedPolicy loaded, cot::LoadDefaultPolicy());
  for (const std::string type : {"docker-worker", "generic-worker", "scriptworker"}) {
    const auto found = loaded.policy.public_keys.find(type);
    if (found == loaded.policy.public_keys.end()) continue;
    for (const Ed25519PublicKey& key : found->second) keys.push_back({type, key});
  }
  return keys;
}

// kPermissionDenied if the signature is no key's.
absl::Status Run(const std::string& pubkey, const std::string& file,
                 const std::string& signature_file, const Invocation& invocation) {
  const std::string& directory = invocation.working_directory;
  SW_ASSIGN_OR_RETURN(const std::vector<NamedKey> keys, Keys(pubkey, directory));
  SW_ASSIGN_OR_RETURN(const std::string message,
                      ReadFile(ResolveAgainstWorkingDirectory(file, directory)));
  SW_ASSIGN_OR_RETURN(const std::string signature,
                      ReadFile(ResolveAgainstWorkingDirectory(signature_file, directory)));
  for (const NamedKey& key : keys) {
    if (!key.key.Verify(signature, message).ok()) continue;
    invocation.err << "INFO:scriptworker:Verified good with " << key.type << " seed "
                   << key.key.ToBase64() << " !\n";
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError("This is not a valid signature!");
}

}  // namespace

int VerifyEd25519SignatureProgram(const Invocation& invocation) {
  CLI::App app(
      "Check a detached Ed25519 signature, against the given key and those of the\n"
      "built-in policy.\n\n"
      "Exit status: 0 good, 1 not (the reason on stderr), 2 wrong usage.",
      "verify_ed25519_signature");
  app.set_version_flag("--version", absl::StrCat("verify_ed25519_signature ", kVersion));
  std::string pubkey, file, signature;
  app.add_option("--pubkey", pubkey, "a key to try first: base64, or a file that holds\nit")
      ->type_name("KEY");
  app.add_option("FILE", file, "what was signed")->required();
  app.add_option("SIGNATURE", signature, "the file of 64 raw bytes")->required();
  try {
    // CLI11 takes the arguments from the back.
    app.parse(std::vector<std::string>(invocation.arguments.rbegin(), invocation.arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error, invocation.out, invocation.err) == 0 ? 0 : 2;
  }
  const absl::Status status = Run(pubkey, file, signature, invocation);
  if (status.ok()) return 0;
  invocation.err << status.message() << "\n";
  return 1;
}

}  // namespace scriptworker
