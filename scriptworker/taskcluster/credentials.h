// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_CREDENTIALS_H_
#define SCRIPTWORKER_TASKCLUSTER_CREDENTIALS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"

namespace scriptworker::taskcluster {

// The certificate of temporary credentials. Has no stringify: it is not for
// logs. Value type; thread-compatible.
class Certificate {
 public:
  // `text` is the JSON object as Taskcluster hands it out (in a string).
  // InvalidArgument if it is no JSON object; the members are the auth
  // service's business and not checked here. The error never quotes `text`.
  static absl::StatusOr<Certificate> Parse(std::string_view text);

  // Of a certificate given as an object. REQUIRES: value.is_object().
  static Certificate FromValue(json::Value value);

  // The object; its member order is that of the text, since Hawk's `ext`
  // repeats it.
  const json::Value& value() const { return value_; }
  // As handed out.
  std::string_view text() const { return text_.reveal(); }

 private:
  Certificate(json::Value value, SecretString text);

  json::Value value_;
  SecretString text_;
};

// Who calls Taskcluster. Permanent credentials have no certificate, temporary
// ones do. Value type; thread-compatible.
struct Credentials {
  // Reads {clientId, accessToken, certificate?, authorizedScopes?}.
  // `certificate` is a string that holds JSON, or an object; absent, null and
  // "" mean permanent credentials. Unknown members are ignored. Errors name
  // the JSON path and never a value.
  static absl::StatusOr<Credentials> FromJson(const json::Reader& reader);

  std::string client_id;
  SecretString access_token;
  std::optional<Certificate> certificate;
  // Restricts what the request may do to these scopes, if set.
  std::optional<std::vector<std::string>> authorized_scopes;
};

// The JSON object {accessToken, certificate?, clientId}, sorted, indented by
// two, without a final newline: what a script reads from its credentials file.
// `certificate` is a string, as in the queue's answers.
SecretString FormatCredentials(const Credentials& credentials);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_CREDENTIALS_H_
