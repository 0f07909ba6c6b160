// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/config_script.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cot/policy/defect_list.h"
#include "cot/policy/document_part.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/worker/config/settings.h"
#include "scriptworker/worker/outcome/exit_status.h"
#include "scriptworker/worker/process/script_environment.h"

namespace scriptworker::worker {
namespace {

using ::cot::DocumentPart;

constexpr int kGreatestExitCode = 255;

std::string NamesOfReasons() {
  return absl::StrJoin(taskcluster::kExceptionReasons, ", ",
                       [](std::string* out, taskcluster::ExceptionReason reason) {
                         out->append(taskcluster::ToString(reason));
                       });
}

// What somebody should know of an exit code that is given a reason; empty: nothing.
std::string WarningOfCode(int code) {
  if (code == kSuccess || code == kFailure) {
    return absl::StrCat("has no effect: ", code, " is always reported as ",
                        code == kSuccess ? "completed" : "failed");
  }
  if (code < 0) return "has no effect: a script that a signal has killed is reported as failed";
  if (code > kGreatestExitCode) return "has no effect: exit codes end at 255";
  if (code <= kIntermittentTask) {
    return "replaces what the worker itself reports by that status";
  }
  return "";
}

class ScriptReader {
 public:
  ScriptReader(const Settings& settings, cot::DefectList& defects,
               std::vector<std::string>& warnings)
      : settings_(settings), defects_(defects), warnings_(warnings) {}

  Script Read() {
    Script script;
    script.argv = StringsOf("task_script");
    if (settings_.Get("task_script").array().empty() ||
        (!script.argv.empty() && script.argv[0].empty())) {
      Refuse("task_script", "must name a program");
    }
    script.task_max_timeout_status = static_cast<int>(settings_.Int("task_max_timeout_status"));
    ReadEnvironmentRules(script.environment);
    ReadReversedStatuses(script);
    return script;
  }

 private:
  void Refuse(std::string_view key, std::string_view sentence) {
    settings_.Refuse(key, "", sentence, defects_);
  }

  // A report function for what lies inside the value of a key.
  auto Inside(std::string_view key) {
    return [this, key](std::string_view pointer, std::string_view sentence) {
      settings_.Refuse(key, pointer, sentence, defects_);
    };
  }

  std::vector<std::string> StringsOf(std::string_view key) {
    const auto report = Inside(key);
    return DocumentPart(settings_.Get(key), report)
        .AsStrings()
        .value_or(std::vector<std::string>());
  }

  void ReadReversedStatuses(Script& script) {
    const auto report = Inside("reversed_statuses");
    DocumentPart(settings_.Get("reversed_statuses"), report)
        .ForEachMember("a mapping", [&](std::string_view code, const DocumentPart& member) {
          int exit_code = 0;
          if (!absl::SimpleAtoi(code, &exit_code)) {
            return member.Defect("the key is to be an exit code, an integer");
          }
          const std::optional<std::string> name = member.AsString();
          if (!name.has_value()) return;
          const auto reason = taskcluster::ParseExceptionReason(*name);
          if (!reason.has_value()) {
            return member.Defect(
                absl::StrCat("expected one of ", NamesOfReasons(), "; found \"", *name, "\""));
          }
          if (const std::string warning = WarningOfCode(exit_code); !warning.empty()) {
            warnings_.push_back(absl::StrCat("reversed_statuses: ", exit_code, " ", warning));
          }
          script.reversed_statuses[exit_code] = *reason;
        });
  }

  void ReadEnvironmentRules(EnvironmentRules& rules) {
    const std::string_view mode = settings_.String("script_env");
    rules.clean = mode == "clean";
    if (!rules.clean && mode != "inherit") Refuse("script_env", "expected inherit or clean");
    rules.allowed = StringsOf("script_env_allow");
    if (!rules.clean && settings_.InFile("script_env_allow") != nullptr) {
      Refuse("script_env_allow", "has no effect without script_env: clean");
    }
    for (const std::string& pattern : rules.allowed) {
      if (const std::string objection = ObjectionToVariable(pattern); !objection.empty()) {
        Refuse("script_env_allow", objection);
      }
    }
  }

  const Settings& settings_;
  cot::DefectList& defects_;
  std::vector<std::string>& warnings_;
};

}  // namespace

Script ReadScript(const Settings& settings, cot::DefectList& defects,
                  std::vector<std::string>& warnings) {
  return ScriptReader(settings, defects, warnings).Read();
}

}  // namespace scriptworker::worker
