// SPDX-License-Identifier: MPL-2.0
#include "cot/testing/chain_mutations.h"

#include <utility>

#include "absl/log/check.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/yaml.h"
#include "scriptworker/json/yaml_format.h"

namespace cot {
namespace {

using scriptworker::json::Array;
using scriptworker::json::FormatCompact;
using scriptworker::json::FormatYaml;
using scriptworker::json::Object;
using scriptworker::json::Value;

constexpr std::string_view kTaskGraph = "public/task-graph.json";
constexpr std::string_view kActions = "public/actions.json";
constexpr std::string_view kParameters = "public/parameters.yml";

// What a URL of hg or GitHub answers, by a part of it; pages without JSON or YAML are none.
constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
    {".taskcluster.yml", "template"},
    {"json-pushes", "pushlog"},
    {"projects.yml", "projects"},
    {"/commits/", "commit"},
    {"/releases/", "release"},
    {"/tags?", "tags"},
    {"/pulls/", "pull"},
    {"/repos/", "repository"}};

std::string KindOf(std::string_view url) {
  for (const auto& [part, kind] : kKinds) {
    if (absl::StrContains(url, part)) return std::string(kind);
  }
  return "";
}

bool IsYaml(std::string_view name) {
  return absl::EndsWith(name, ".yml") || name == "template" || name == "projects";
}

Value Parse(std::string_view text, bool yaml) {
  absl::StatusOr<Value> value =
      yaml ? scriptworker::json::ParseYaml(text) : scriptworker::json::Parse(text);
  CHECK_OK(value);
  return *std::move(value);
}

std::string Format(const Value& value, bool yaml) {
  return yaml ? FormatYaml(value) : FormatCompact(value);
}

bool MakesTasks(std::string_view role) {
  return role == "action" || absl::EndsWith(role, "decision");
}

struct Name {
  std::string kind;
  std::string role;  // or the kind of a page
  std::string file;
};

Name ParseName(std::string_view document) {
  const std::vector<std::string> parts = absl::StrSplit(document, absl::MaxSplits(':', 2));
  CHECK_GE(parts.size(), size_t{2}) << document;
  return {parts[0], parts[1], parts.size() > 2 ? parts[2] : ""};
}

GeneratedPage& PageOf(GeneratedChain& chain, std::string_view kind) {
  for (auto& [url, page] : chain.pages) {
    if (KindOf(url) == kind) return page;
  }
  CHECK(false) << "no page " << kind;
  return chain.pages.begin()->second;
}

std::string ListUrl(const GeneratedChain& chain, std::string_view role) {
  return absl::StrCat(chain.TaskUrl(role), "/artifacts");
}

}  // namespace

std::vector<std::string> DocumentsOf(const ChainDescription& description) {
  const GeneratedChain chain(description);
  std::vector<std::string> documents;
  for (const auto& [role, task] : chain.tasks) {
    documents.push_back(absl::StrCat("definition:", role));
    if (role == "target") continue;  // it has no chain-of-trust.json yet
    documents.push_back(absl::StrCat("queue:", role));
    documents.push_back(absl::StrCat("cot:", role));
    if (!MakesTasks(role)) continue;
    documents.push_back(absl::StrCat("file:", role, ":", kTaskGraph));
    if (role == "action") continue;  // nobody reads the others
    documents.push_back(absl::StrCat("file:", role, ":", kActions));
    documents.push_back(absl::StrCat("file:", role, ":", kParameters));
  }
  documents.push_back("list:build");
  for (const auto& [url, page] : chain.pages) {
    if (const std::string kind = KindOf(url); !kind.empty()) {
      documents.push_back(absl::StrCat("page:", kind));
    }
  }
  return documents;
}

Value ReadDocument(const ChainDescription& description, std::string_view document) {
  GeneratedChain chain(description);
  chain.Publish();
  const Name name = ParseName(document);
  if (name.kind == "page") return Parse(PageOf(chain, name.role).text, IsYaml(name.role));
  if (name.kind == "list") return Parse(chain.answers.at(ListUrl(chain, name.role)).body, false);
  const GeneratedTask& task = chain.tasks.find(name.role)->second;
  if (name.kind == "cot") return task.cot;
  if (name.kind == "file") return Parse(task.artifacts.at(name.file), IsYaml(name.file));
  return task.definition;
}

void PublishWith(GeneratedChain& chain, std::string_view document, const Value& changed) {
  const Name name = ParseName(document);
  if (name.kind == "page") {
    PageOf(chain, name.role).text = Format(changed, IsYaml(name.role));
  } else if (name.kind == "definition") {
    chain.tasks.find(name.role)->second.definition = changed;
  } else if (name.kind == "file") {
    chain.tasks.find(name.role)->second.artifacts[name.file] = Format(changed, IsYaml(name.file));
  }
  chain.Seal();
  if (name.kind == "cot") chain.tasks.find(name.role)->second.cot = changed;
  chain.Publish();
  if (name.kind == "queue") {
    chain.answers.at(chain.TaskUrl(name.role)).body = FormatCompact(changed);
  } else if (name.kind == "list") {
    chain.answers.at(ListUrl(chain, name.role)).body = FormatCompact(changed);
  }
}

const std::vector<Value>& MutatedValues() {
  static const auto& values =
      *new std::vector<Value>{Value(""),   Value("another text"), Value(0),       Value(-1),
                              Value(true), Value(nullptr),        Value(Array()), Value(Object())};
  return values;
}

}  // namespace cot
