// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/sandbox_config.h"

#include <sys/resource.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "cot/policy/document_part.h"
#include "scriptworker/json/value.h"

namespace scriptworker::worker {
namespace {

using ::cot::DocumentPart;
using ::scriptworker::json::Value;
using AbsolutePath = absl::FunctionRef<std::string(std::string_view)>;

struct NamedLimit {
  std::string_view name;
  int resource;
};

// As in ulimit(1) and the names of the system's constants.
constexpr NamedLimit kLimits[] = {
    {"as", RLIMIT_AS},       {"core", RLIMIT_CORE},     {"cpu", RLIMIT_CPU},
    {"data", RLIMIT_DATA},   {"fsize", RLIMIT_FSIZE},   {"memlock", RLIMIT_MEMLOCK},
    {"nproc", RLIMIT_NPROC}, {"nofile", RLIMIT_NOFILE}, {"stack", RLIMIT_STACK},
};

void ReadLimits(const DocumentPart& part, std::vector<Restrictions::Limit>& limits) {
  part.ForEachMember("a mapping of limits", [&](std::string_view name, const DocumentPart& member) {
    const NamedLimit* found = nullptr;
    for (const NamedLimit& limit : kLimits) {
      if (limit.name == name) found = &limit;
    }
    if (found == nullptr) {
      return member.Defect(
          "unknown limit; known are as, core, cpu, data, fsize, memlock, nproc, "
          "nofile, stack");
    }
    if (member.value().type() == Value::Type::kUint) {
      return member.Defect(absl::StrCat("must be at most ", std::numeric_limits<int64_t>::max(),
                                        ", found ", member.value().uint_value()));
    }
    if (!member.value().is_int()) return member.Expected("an integer");
    if (member.value().int_value() < 0) {
      return member.Defect(absl::StrCat("must be at least 0, found ", member.value().int_value()));
    }
    limits.push_back(
        {.resource = found->resource, .value = static_cast<rlim_t>(member.value().int_value())});
  });
}

std::vector<std::string> ReadPaths(const DocumentPart& part, AbsolutePath absolute) {
  std::vector<std::string> paths;
  for (const std::string& path : part.AsStrings().value_or(std::vector<std::string>())) {
    if (path.empty()) {
      part.Defect("a path must not be empty");
    } else {
      paths.push_back(absolute(path));
    }
  }
  return paths;
}

// A number is a user as well.
std::string ReadUser(const DocumentPart& part) {
  if (part.value().is_int()) return absl::StrCat(part.value().int_value());
  const std::optional<std::string> name = part.AsString();
  if (name.has_value() && name->empty()) part.Defect("must not be empty");
  return name.value_or("");
}

}  // namespace

SandboxConfig ReadSandboxConfig(const DocumentPart& part, AbsolutePath absolute) {
  SandboxConfig config;
  part.ForEachMember("a mapping", [&](std::string_view name, const DocumentPart& member) {
    if (name == "required") {
      config.required = member.AsBool().value_or(false);
    } else if (name == "landlock") {
      config.landlock = member.AsBool().value_or(false);
    } else if (name == "no_new_privs") {
      config.no_new_privs = member.AsBool().value_or(false);
    } else if (name == "writable") {
      config.writable = ReadPaths(member, absolute);
    } else if (name == "hidden") {
      config.hidden = ReadPaths(member, absolute);
    } else if (name == "script_user") {
      config.script_user = ReadUser(member);
    } else if (name == "rlimits") {
      ReadLimits(member, config.rlimits);
    } else {
      member.Defect(
          "unknown key; known are required, landlock, writable, hidden, no_new_privs, "
          "rlimits, script_user");
    }
  });
  if (!config.landlock && (!config.writable.empty() || !config.hidden.empty())) {
    part.Defect("writable and hidden have no effect without landlock: true");
  }
  return config;
}

}  // namespace scriptworker::worker
