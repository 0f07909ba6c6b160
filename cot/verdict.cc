// SPDX-License-Identifier: MPL-2.0
#include "cot/verdict.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "scriptworker/base/visible_text.h"

namespace cot {
namespace {

using scriptworker::TextLayout;
using scriptworker::json::Array;
using scriptworker::json::Object;
using scriptworker::json::Value;

Value Strings(const std::vector<std::string>& texts) {
  Array array;
  for (const std::string& text : texts) array.push_back(Value(text));
  return Value(std::move(array));
}

Value StepJson(const StepVerdict& step) {
  Object object;
  object.Set("step", static_cast<int>(step.step));
  object.Set("title", StepTitle(step.step));
  object.Set("checks", step.checks);
  object.Set("violations", step.violations);
  return Value(std::move(object));
}

Value LinkJson(const LinkVerdict& link) {
  Object object;
  object.Set("name", link.name);
  object.Set("taskId", link.task_id);
  object.Set("taskType", link.task_type);
  object.Set("workerImplementation", link.worker_impl);
  object.Set("workerPool", link.worker_pool);
  object.Set("isTarget", link.is_target);
  object.Set("chainOfTrustTrusted", link.cot_trusted);
  object.Set("signedBy", link.key.empty() ? Value() : Value(link.key));
  return Value(std::move(object));
}

Value ArtifactJson(const ArtifactVerdict& artifact) {
  Object hashes;
  for (const auto& [algorithm, digest] : artifact.hashes) hashes.Set(algorithm, digest);
  Object object;
  object.Set("taskId", artifact.task_id);
  object.Set("name", artifact.name);
  object.Set("size", artifact.size);
  object.Set("hashes", Value(std::move(hashes)));
  return Value(std::move(object));
}

Value AbsentJson(const AbsentArtifact& absent) {
  Object object;
  object.Set("taskId", absent.task_id);
  object.Set("name", absent.name);
  object.Set("violation", absent.violation.empty() ? Value() : Value(absent.violation));
  object.Set("reason", absent.reason);
  return Value(std::move(object));
}

Value FindingJson(const Finding& finding) {
  Object object;
  object.Set("violation", ViolationName(finding.violation));
  object.Set("step", static_cast<int>(finding.step));
  object.Set("link", finding.link_name);
  object.Set("taskId", finding.task_id);
  object.Set("message", finding.message);
  object.Set("expected", finding.expected);
  object.Set("found", finding.found);
  object.Set("source", finding.source);
  object.Set("diff", finding.diff);
  return Value(std::move(object));
}

template <typename T>
Value List(const std::vector<T>& items, Value (*to_json)(const T&)) {
  Array array;
  for (const T& item : items) array.push_back(to_json(item));
  return Value(std::move(array));
}

// A name in the tree: names come from tasks.
std::string Name(std::string_view name) {
  return scriptworker::VisibleText(name, TextLayout::kOneLine);
}

// The links below each other by their names: "a:b" is a child of "a".
class Tree {
 public:
  explicit Tree(const Verdict& verdict) : verdict_(verdict) {
    std::map<std::string, size_t, std::less<>> first;  // by name
    for (size_t i = 0; i < verdict.links.size(); ++i) {
      first.try_emplace(verdict.links[i].name, i);
    }
    for (size_t i = 0; i < verdict.links.size(); ++i) {
      const std::string& name = verdict.links[i].name;
      const size_t colon = name.rfind(':');
      const auto parent =
          colon == std::string::npos ? first.end() : first.find(name.substr(0, colon));
      if (parent == first.end() || parent->second == i) {
        roots_.push_back(i);
      } else {
        children_[parent->second].push_back(i);
      }
    }
    for (const Finding& finding : verdict.findings) ++violations_[finding.task_id];
  }

  std::string Format() const {
    std::string text;
    for (const size_t root : roots_) Append(root, "", "", text);
    return text;
  }

 private:
  void Append(size_t i, std::string_view first, std::string_view rest, std::string& text) const {
    const LinkVerdict& link = verdict_.links[i];
    const auto count = violations_.find(link.task_id);
    const int violations = count == violations_.end() ? 0 : count->second;
    absl::StrAppend(&text, first, Mark(link, violations), " ", Name(link.name), " ", link.task_id,
                    " (", link.worker_impl, ", ", Name(link.worker_pool), ")");
    if (violations > 0) {
      absl::StrAppend(&text, " ", violations, violations == 1 ? " violation" : " violations");
    }
    if (link.is_target && !link.cot_trusted) absl::StrAppend(&text, " [the task itself]");
    text.push_back('\n');
    const auto children = children_.find(i);
    if (children == children_.end()) return;
    for (size_t k = 0; k < children->second.size(); ++k) {
      const bool last = k + 1 == children->second.size();
      Append(children->second[k], absl::StrCat(rest, last ? "└─ " : "├─ "),
             absl::StrCat(rest, last ? "   " : "│  "), text);
    }
  }

  // ✓ only if the whole chain could be judged: a link alone proves nothing.
  std::string_view Mark(const LinkVerdict& link, int violations) const {
    if (violations > 0) return "✗";
    if (verdict_.outcome == Verdict::Outcome::kVerified) return "✓";
    return link.cot_trusted ? "·" : "?";
  }

  const Verdict& verdict_;
  std::vector<size_t> roots_;
  std::map<size_t, std::vector<size_t>> children_;
  std::map<std::string, int> violations_;
};

std::string LeftOut(const Verdict& verdict) {
  return absl::StrCat("... and ", verdict.findings_left_out, " more violations");
}

void AppendList(std::string_view title, const std::vector<std::string>& lines, std::string& text) {
  if (lines.empty()) return;
  absl::StrAppend(&text, "\n", title, "\n");
  for (const std::string& line : lines) {
    absl::StrAppend(&text, "  ", absl::StrReplaceAll(line, {{"\n", "\n    "}}), "\n");
  }
}

}  // namespace

std::string_view ToString(Verdict::Outcome outcome) {
  switch (outcome) {
    case Verdict::Outcome::kVerified:
      return "verified";
    case Verdict::Outcome::kRefused:
      return "refused";
    case Verdict::Outcome::kEvidenceUnavailable:
      return "evidence unavailable";
    case Verdict::Outcome::kFailed:
      return "failed";
  }
  return "failed";
}

absl::Status ToStatus(const Verdict& verdict) {
  switch (verdict.outcome) {
    case Verdict::Outcome::kVerified:
      return absl::OkStatus();
    case Verdict::Outcome::kRefused: {
      Finding finding = verdict.findings.front();
      finding.message = absl::StrJoin(
          verdict.findings, "\n",
          [](std::string* out, const Finding& each) { absl::StrAppend(out, each.message); });
      if (verdict.findings_left_out > 0) {
        absl::StrAppend(&finding.message, "\n", LeftOut(verdict));
      }
      return ToStatus(finding);
    }
    case Verdict::Outcome::kEvidenceUnavailable:
      return absl::UnavailableError(absl::StrJoin(verdict.unavailable, "\n"));
    case Verdict::Outcome::kFailed:
      break;
  }
  return verdict.failure.ok() ? absl::InternalError("the verification did not end")
                              : verdict.failure;
}

int ExitStatus(const Verdict& verdict) {
  switch (verdict.outcome) {
    case Verdict::Outcome::kVerified:
      return 0;
    case Verdict::Outcome::kRefused:
      return 3;
    case Verdict::Outcome::kEvidenceUnavailable:
      return 4;
    case Verdict::Outcome::kFailed:
      return 5;
  }
  return 5;
}

Value ToJson(const Verdict& verdict) {
  Object object;
  object.Set("version", 1);
  object.Set("outcome", ToString(verdict.outcome));
  object.Set("taskId", verdict.task_id);
  object.Set("taskType", verdict.task_type);
  object.Set("cotProduct", verdict.product);
  object.Set("steps", List(verdict.steps, StepJson));
  object.Set("links", List(verdict.links, LinkJson));
  object.Set("artifacts", List(verdict.artifacts, ArtifactJson));
  object.Set("absentOptionalArtifacts", List(verdict.absent, AbsentJson));
  object.Set("violations", List(verdict.findings, FindingJson));
  object.Set("violationsLeftOut", verdict.findings_left_out);
  object.Set("unavailable", Strings(verdict.unavailable));
  object.Set("notChecked", Strings(verdict.not_checked));
  object.Set("failure",
             verdict.failure.ok() ? Value() : Value(std::string(verdict.failure.message())));
  Object timings;
  absl::Duration total;
  for (const StepVerdict& step : verdict.steps) {
    timings.Set(absl::StrCat(static_cast<int>(step.step)), absl::ToDoubleSeconds(step.duration));
    total += step.duration;
  }
  timings.Set("total", absl::ToDoubleSeconds(total));
  object.Set("timings", Value(std::move(timings)));
  return Value(std::move(object));
}

std::string FormatVerdict(const Verdict& verdict) {
  std::string text = Tree(verdict).Format();
  if (!text.empty()) text.push_back('\n');
  for (const StepVerdict& step : verdict.steps) {
    absl::StrAppendFormat(&text, "%d. %-52s%5d %s", static_cast<int>(step.step),
                          StepTitle(step.step), step.checks, step.checks == 1 ? "check" : "checks");
    if (step.violations > 0) absl::StrAppend(&text, ", ", step.violations, " failed");
    text.push_back('\n');
  }
  if (!verdict.findings.empty()) text.push_back('\n');
  for (const Finding& finding : verdict.findings) {
    absl::StrAppend(&text, FormatFinding(finding), "\n");
  }
  if (verdict.findings_left_out > 0) absl::StrAppend(&text, LeftOut(verdict), "\n");
  std::vector<std::string> absent;
  for (const AbsentArtifact& artifact : verdict.absent) {
    absent.push_back(absl::StrCat(artifact.task_id, " ", artifact.name, ": ", artifact.reason));
  }
  AppendList("Optional artifacts that are absent:", absent, text);
  AppendList("Evidence that could not be had:", verdict.unavailable, text);
  AppendList("NOT CHECKED:", verdict.not_checked, text);
  if (!verdict.failure.ok()) {
    AppendList("Stopped:", {std::string(verdict.failure.message())}, text);
  }
  absl::StrAppend(&text, "\n", verdict.task_id, ": ", ToString(verdict.outcome), "\n");
  // Whatever a task has made up: it must not write over what the verdict says.
  return scriptworker::VisibleText(text, TextLayout::kLines);
}

}  // namespace cot
