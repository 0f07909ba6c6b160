// SPDX-License-Identifier: MPL-2.0
#include "cot/testing/generated_chain.h"

#include <cstdint>
#include <utility>

#include "absl/log/check.h"
#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "cot/testing/generated_tasks.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/http/redirect.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/yaml_format.h"

namespace cot {
namespace {

using scriptworker::http::Request;
using scriptworker::http::Response;
using scriptworker::json::Array;
using scriptworker::json::Format;
using scriptworker::json::FormatCompact;
using scriptworker::json::Object;
using scriptworker::json::Value;

constexpr std::string_view kCot = "public/chain-of-trust.json";
constexpr std::string_view kSignature = "public/chain-of-trust.json.sig";
constexpr std::string_view kGraph = "public/task-graph.json";

std::string Sha256Hex(std::string_view bytes) {
  return scriptworker::crypto::HexEncode(scriptworker::crypto::Sha256(bytes));
}

std::string TextOf(const Value& value, std::string_view key) {
  const Value* member = value.Find(key);
  return member != nullptr && member->is_string() ? std::string(member->string_value())
                                                  : std::string();
}

// The task whose graph has this one: that of extra.parent, else of taskGroupId.
std::string MakerOf(const Value& definition) {
  const Value* extra = definition.Find("extra");
  const std::string parent = extra == nullptr ? "" : TextOf(*extra, "parent");
  return parent.empty() ? TextOf(definition, "taskGroupId") : parent;
}

std::string_view ContentType(std::string_view name) {
  if (absl::EndsWith(name, ".json")) return "application/json";
  if (absl::EndsWith(name, ".log") || absl::EndsWith(name, ".txt")) return "text/plain";
  return "application/octet-stream";
}

// Whether the query is bewit=, base64 of CLIENT\\EXPIRES\\MAC\\EXT, by the client that may
// read private artifacts. (That MACs are right is shown where they are made.)
bool IsBewitOfClient(std::string_view query) {
  std::string bewit;
  return absl::ConsumePrefix(&query, "bewit=") && absl::WebSafeBase64Unescape(query, &bewit) &&
         absl::StartsWith(bewit, absl::StrCat(kGeneratedClient, "\\"));
}

std::string Status(const GeneratedTask& task) {
  return FormatCompact(
      Object{{"status", Object{{"taskId", task.id},
                               {"provisionerId", TextOf(task.definition, "provisionerId")},
                               {"workerType", TextOf(task.definition, "workerType")},
                               {"schedulerId", TextOf(task.definition, "schedulerId")},
                               {"taskGroupId", TextOf(task.definition, "taskGroupId")},
                               {"deadline", kGeneratedNextDay},
                               {"expires", kGeneratedNextYear},
                               {"retriesLeft", 5},
                               {"state", task.state},
                               {"runs", Array{Object{{"runId", 0},
                                                     {"state", task.state},
                                                     {"reasonCreated", "scheduled"}}}}}}});
}

}  // namespace

GeneratedChain::GeneratedChain(const ChainDescription& description)
    : pages(PagesOf(ChainFacts(description))), policy(GeneratedPolicy()), facts_(description) {
  AddTask("target", "scriptworker", TargetDefinition(facts_)).state = "running";
  GeneratedTask& build = AddTask("build", description.worker, BuildDefinition(facts_));
  build.artifacts = {{"public/build/target.zip", "the build"},
                     {"public/build/notes.txt", "what changed\n"},
                     {"public/logs/live_backing.log", "how it was built\n"},
                     {"public/other.txt", "wanted by nobody\n"}};
  if (description.private_artifact) {
    build.artifacts[std::string(kPrivateArtifact)] = "not for everybody";
  }
  AddTask("decision", "docker-worker", DecisionDefinition(facts_));
  if (facts_.is_action()) AddTask("action", "docker-worker", ActionDefinition(facts_));
  if (description.worker == "docker-worker") AddImage();
  for (std::string_view role : {"decision", "action", "old-decision"}) {
    if (tasks.contains(role)) AddParentFiles(role);
  }
  MakeGraphs();
  if (description.short_form) MoveToGithub();
}

void GeneratedChain::MoveToGithub() {
  const auto moved = [](std::string_view text) {
    return absl::StrReplaceAll(text, {{"git.example.com", "github.com"}});
  };
  const auto move = [&](Value& value) {
    const absl::StatusOr<Value> parsed = scriptworker::json::Parse(moved(FormatCompact(value)));
    CHECK_OK(parsed);
    value = *parsed;
  };
  move(policy);
  for (auto& [role, task] : tasks) move(task.definition);
  GeneratedPages there;
  for (auto& [url, page] : pages) {
    page.text = moved(page.text);
    there.emplace(moved(url), std::move(page));
  }
  pages = std::move(there);
  MakeGraphs();
}

GeneratedTask& GeneratedChain::AddTask(std::string_view role, std::string_view worker,
                                       Value definition) {
  GeneratedTask& task = tasks[std::string(role)];
  task.id = facts_.TaskId(role);
  task.worker = std::string(worker);
  task.definition = std::move(definition);
  task.environment = Object();
  return task;
}

void GeneratedChain::AddImage() {
  const std::string_view decision = facts_.description.cached_image ? "old-decision" : "decision";
  ChainFacts then = facts_;
  if (facts_.description.cached_image) {
    // An earlier push to the same repository.
    then.revision = then.commit = GeneratedHash(absl::StrCat(facts_.revision, " before"));
    if (facts_.product.type == "hg") then.ref = then.revision;
    for (auto& [url, page] : PagesOf(then)) pages.insert_or_assign(url, std::move(page));
    Object definition = DecisionDefinition(then).object();
    definition.Set("taskGroupId", facts_.TaskId(decision));
    AddTask(decision, "docker-worker", Value(std::move(definition)));
  }
  Object definition = ImageDefinition(then, decision).object();
  GeneratedTask& image = AddTask("image", "docker-worker", Value(std::move(definition)));
  image.artifacts = {{"public/image.tar.zst", "layers"}};
  tasks.find("build")->second.environment =
      Object{{"imageHash", absl::StrCat("sha256:", Sha256Hex("the image's own hash"))},
             {"imageArtifactHash", absl::StrCat("sha256:", Sha256Hex("layers"))}};
}

void GeneratedChain::AddParentFiles(std::string_view role) {
  GeneratedTask& task = tasks.find(role)->second;
  task.artifacts["public/actions.json"] = Format(DecisionActions(facts_));
  task.artifacts["public/parameters.yml"] =
      scriptworker::json::FormatYaml(DecisionParameters(facts_));
}

void GeneratedChain::MakeGraphs() {
  for (auto& [role, maker] : tasks) {
    if (role != "action" && !absl::EndsWith(role, "decision")) continue;
    Object graph;
    for (const auto& [child_role, child] : tasks) {
      const bool is_parent = child_role == "action" || absl::EndsWith(child_role, "decision");
      if (is_parent || MakerOf(child.definition) != maker.id) continue;
      graph.Set(child.id, Object{{"label", TextOf(*child.definition.Find("metadata"), "name")},
                                 {"kind", TextOf(*child.definition.Find("tags"), "kind")},
                                 {"attributes", Object()},
                                 {"task", GraphDefinition(child.definition)}});
    }
    maker.artifacts[std::string(kGraph)] = Format(Value(std::move(graph)));
  }
}

void GeneratedChain::Seal() {
  sealed_ = true;
  for (auto& [role, task] : tasks) {
    Object hashes;
    for (const auto& [name, content] : task.artifacts) {
      hashes.Set(name, Object{{"sha256", Sha256Hex(content)}});
    }
    task.cot = Object{{"artifacts", std::move(hashes)},
                      {"chainOfTrustVersion", 1},
                      {"environment", task.environment},
                      {"runId", 0},
                      {"task", task.definition},
                      {"taskId", task.id},
                      {"workerGroup", "synthetic"},
                      {"workerId", absl::StrCat("worker-of-", role)},
                      {"workerType", TextOf(task.definition, "workerType")}};
  }
}

std::string GeneratedChain::TaskUrl(std::string_view role) const {
  return absl::StrCat(kGeneratedRootUrl, "/api/queue/v1/task/", facts_.TaskId(role));
}

std::string GeneratedChain::ArtifactUrl(std::string_view role, std::string_view name) const {
  return absl::StrCat(TaskUrl(role), "/artifacts/", name);
}

std::string GeneratedChain::StoreUrl(std::string_view role, std::string_view name) const {
  return absl::StrCat("https://store.example.net/", facts_.TaskId(role), "/0/", name);
}

void GeneratedChain::PublishTask(std::string_view role, const GeneratedTask& task) {
  answers[TaskUrl(role)] = {.body = FormatCompact(task.definition)};
  answers[absl::StrCat(TaskUrl(role), "/status")] = {.body = Status(task)};
  std::map<std::string, std::string> artifacts = task.artifacts;
  if (task.state == "completed") {
    artifacts[std::string(kCot)] = Format(task.cot);
    artifacts[std::string(kSignature)] = GeneratedKey(task.worker).Sign(Format(task.cot));
  }
  Array list;
  for (const auto& [name, content] : artifacts) {
    answers[ArtifactUrl(role, name)] = {
        .status = 303,
        .body = FormatCompact(Object{{"storageType", "s3"}, {"url", StoreUrl(role, name)}}),
        .location = StoreUrl(role, name),
        .needs_bewit = !absl::StartsWith(name, "public/")};
    answers[StoreUrl(role, name)] = {.body = content,
                                     .content_type = std::string(ContentType(name))};
    list.push_back(Object{{"name", name},
                          {"storageType", "s3"},
                          {"contentType", ContentType(name)},
                          {"expires", kGeneratedNextYear}});
  }
  answers[absl::StrCat(TaskUrl(role), "/artifacts")] = {
      .body = FormatCompact(Object{{"artifacts", std::move(list)}})};
}

void GeneratedChain::Publish() {
  if (!sealed_) Seal();
  for (const auto& [role, task] : tasks) PublishTask(role, task);
  for (const auto& [url, page] : pages) {
    answers[url] = {
        .body = page.text, .content_type = page.content_type, .needs_token = page.needs_token};
  }
}

absl::StatusOr<Response> GeneratedChain::SendOne(const Request& request) {
  const absl::StatusOr<std::string> path = scriptworker::http::PercentDecode(request.url.path());
  CHECK_OK(path);
  std::string url = absl::StrCat(request.url.origin(), *path);
  const std::string query(request.url.query());
  if (!query.empty() && !absl::StartsWith(query, "bewit=")) absl::StrAppend(&url, "?", query);
  {
    absl::MutexLock lock(&mutex_);
    requests_.push_back(url);
  }
  Response response;
  response.final_url = request.url;
  const auto found = answers.find(url);
  const std::string_view credentials = request.headers.Find("Authorization").value_or("");
  const bool knows_bewit = IsBewitOfClient(query);
  const bool knows_token =
      credentials == absl::StrCat("token ", kGeneratedToken) ||
      credentials == absl::StrCat("Basic ", absl::Base64Escape(absl::StrCat(kGeneratedToken, ":")));
  if (found == answers.end() || (found->second.needs_token && !knows_token)) {
    response.status = 404;
    response.headers.Set("Content-Type", "application/json; charset=utf-8");
    response.body = R"({"code":"ResourceNotFound","message":"there is no such thing"})";
    return response;
  }
  const Answer& answer = found->second;
  if (answer.needs_bewit && !knows_bewit) {
    response.status = 403;
    response.headers.Set("Content-Type", "application/json; charset=utf-8");
    response.body =
        R"({"code":"InsufficientScopes","message":"You do not have sufficient scopes."})";
    return response;
  }
  response.status = answer.status;
  response.headers.Set("Content-Type", answer.content_type);
  if (!answer.location.empty()) response.headers.Set("Location", answer.location);
  response.body = answer.body;
  return response;
}

absl::StatusOr<Response> GeneratedChain::Send(const Request& request) {
  if (request.cancellation.cancelled()) return request.cancellation.reason();
  absl::StatusOr<Response> response = scriptworker::http::SendFollowingRedirects(
      request, {}, [this](const Request& one) { return SendOne(one); });
  if (response.ok() && static_cast<int64_t>(response->body.size()) > request.max_body_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat("GET ", request.url.Redacted(), ": more than ",
                                                     request.max_body_bytes, " bytes"));
  }
  if (response.ok() && response->ok() && request.sink != nullptr) {
    const absl::Status written = request.sink->Write(response->body);
    if (!written.ok()) return written;
    response->body.clear();
  }
  return response;
}

std::vector<std::string> GeneratedChain::requests() const {
  absl::MutexLock lock(&mutex_);
  return requests_;
}

}  // namespace cot
