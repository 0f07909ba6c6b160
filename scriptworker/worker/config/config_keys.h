// SPDX-License-Identifier: MPL-2.0
//
// Every key of the configuration file, as data.
#ifndef SCRIPTWORKER_WORKER_CONFIG_CONFIG_KEYS_H_
#define SCRIPTWORKER_WORKER_CONFIG_CONFIG_KEYS_H_

#include <cstdint>
#include <limits>
#include <string_view>

#include "absl/types/span.h"

namespace scriptworker::worker {

enum class KeyType { kString, kInteger, kBoolean, kList, kMapping };

// "an integer", for messages.
std::string_view KeyTypeName(KeyType type);

struct ConfigKey {
  enum class Kind {
    kWorker,       // read into worker::Config
    kCredentials,  // read into LoadedConfig::credentials
    kPolicy,       // replaces a value of the policy, see cot/policy/policy_fields.h
    kProduct,      // replaces a value of the product's part of the policy
  };

  std::string_view name;
  KeyType type = KeyType::kString;
  // JSON text; empty: the key has to be set (kWorker) or its default is not
  // written here (the other kinds).
  std::string_view default_json = {};
  Kind kind = Kind::kWorker;
  // An environment variable that replaces the default, if it is set.
  std::string_view environment_variable = {};
  // For integers.
  int64_t minimum = 0;
  int64_t maximum = std::numeric_limits<int32_t>::max();
  bool may_be_null = false;
  // Not a key of the reference.
  bool extension = false;
};

absl::Span<const ConfigKey> ConfigKeys();
const ConfigKey* FindConfigKey(std::string_view name);  // nullptr: unknown

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CONFIG_CONFIG_KEYS_H_
