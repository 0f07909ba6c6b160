// SPDX-License-Identifier: MPL-2.0
// The command line tool: makes a key pair that a worker signs its chain of trust
// with.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <string>
#include <string_view>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/base/version.h"
#include "scriptworker/crypto/ed25519.h"

namespace {

// Writes a new file. One that exists stays: it may be the only copy of a key.
absl::Status WriteNew(const std::string& path, std::string_view text, mode_t mode) {
  const scriptworker::UniqueFd fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!fd.valid()) return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", path));
  return scriptworker::WriteAll(fd.get(), text, path);
}

absl::Status Run(const std::string& prefix, std::string_view directory) {
  const auto path = [&](std::string_view name) {
    return scriptworker::ResolveAgainstWorkingDirectory(
        prefix.empty() ? std::string(name) : absl::StrCat(prefix, "_", name), directory);
  };
  const auto key = scriptworker::crypto::Ed25519PrivateKey::Generate();
  SW_RETURN_IF_ERROR(WriteNew(path("private_key"), key.SeedToBase64().reveal(), 0600));
  return WriteNew(path("public_key"), key.public_key().ToBase64(), 0644);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Make an Ed25519 key pair: PREFIX_private_key (base64 of the seed, readable\n"
      "by you alone; configuration key ed25519_private_key_path) and\n"
      "PREFIX_public_key (base64; for the policy's ed25519_public_keys). Existing\n"
      "files are not replaced.\n\n"
      "Exit status: 0 made, 1 not (the reason on stderr), 2 wrong usage.",
      "generate_ed25519_key");
  app.set_version_flag("--version", absl::StrCat("generate_ed25519_key ", scriptworker::kVersion));
  std::string prefix;
  app.add_option("PREFIX", prefix, "path and beginning of the names (default: none)");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const scriptworker::Environment environment = scriptworker::Environment::FromProcess();
  const absl::Status status = Run(prefix, environment.GetOr("BUILD_WORKING_DIRECTORY", ""));
  if (status.ok()) return 0;
  std::cerr << status.message() << "\n";
  return 1;
}
