// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/credential_secrets.h"

#include <string>
#include <string_view>
#include <vector>

#include "scriptworker/base/secret_string.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::taskcluster {

std::vector<SecretString> SecretsOf(const Credentials& credentials) {
  std::vector<SecretString> secrets;
  if (!credentials.access_token.empty()) secrets.push_back(credentials.access_token);
  if (!credentials.certificate.has_value()) return secrets;
  for (const std::string_view name : {"seed", "signature"}) {
    const json::Value* const member = credentials.certificate->value().Find(name);
    if (member == nullptr || !member->is_string() || member->string_value().empty()) continue;
    secrets.emplace_back(std::string(member->string_value()));
  }
  return secrets;
}

}  // namespace scriptworker::taskcluster
