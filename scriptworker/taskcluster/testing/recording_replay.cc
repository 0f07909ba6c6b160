// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/recording_replay.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/content_decoder.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/hawk.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/answer_diff.h"
#include "scriptworker/taskcluster/testing/client.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster_options.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/taskcluster/testing/recording.h"
#include "scriptworker/taskcluster/testing/wire.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster::fake {
namespace {

constexpr std::string_view kSignature = "X-Amz-Signature=";

absl::Time Earliest(const std::vector<const Recording*>& recordings) {
  absl::Time earliest = absl::InfiniteFuture();
  for (const Recording* recording : recordings) {
    for (const RecordedEntry& entry : recording->entries) {
      earliest = std::min(earliest, entry.time);
    }
    for (const RecordedTask& task : recording->tasks) {
      earliest = std::min(earliest, task.created);
    }
  }
  return earliest;
}

FakeTaskclusterOptions Options() {
  FakeTaskclusterOptions options;
  Client worker_manager = options.clients.front();
  worker_manager.client_id = "static/taskcluster/worker-manager";
  options.clients.push_back(worker_manager);
  return options;
}

// The signature in a presigned URL or target; "" if there is none.
std::string_view SignatureIn(std::string_view url) {
  const size_t begin = url.find(kSignature);
  if (begin == std::string_view::npos) return "";
  url.remove_prefix(begin + kSignature.size());
  return url.substr(0, url.find('&'));
}

Fault FaultOf(const RecordedEntry& entry) {
  if (entry.status == 0) return Fault::Reset();
  if (entry.incomplete) return Fault::Truncate();
  http::Headers headers;
  if (const auto type = entry.headers.Find("Content-Type"); type.has_value()) {
    headers.Add("Content-Type", *type);
  }
  return Fault::Status(entry.status, entry.body, headers);
}

std::string BodyOf(const WireReply& reply) {
  std::string stored = reply.body;
  if (reply.blob != nullptr) {
    stored = reply.blob->Read(reply.blob_offset, reply.blob_length).value_or("");
    if (reply.status == 206) return stored;  // a piece cannot be decoded
  }
  return http::DecodeContent(reply.headers.Find("Content-Encoding").value_or(""), stored)
      .value_or(stored);
}

std::string XmlCode(std::string_view xml) {
  const size_t begin = xml.find("<Code>");
  const size_t end = xml.find("</Code>");
  if (begin == std::string_view::npos || end == std::string_view::npos) return "";
  return std::string(xml.substr(begin + 6, end - begin - 6));
}

}  // namespace

RecordingReplay::RecordingReplay(const std::vector<const Recording*>& recordings)
    : clock_(Earliest(recordings) - absl::Seconds(1), SimulatedClock::Mode::kAutoAdvance),
      fake_(clock_, Options()) {}

std::vector<std::string> RecordingReplay::Run(const Recording& recording,
                                              const std::vector<UnrecordedStep>& steps,
                                              const std::set<std::string>& without) {
  std::vector<std::string> differences;
  for (size_t i = 0; i < recording.entries.size(); ++i) {
    const RecordedEntry& entry = recording.entries[i];
    Prepare(recording, static_cast<int>(i), steps);
    AdvanceTo(entry.time);
    if (without.contains(entry.server)) continue;
    ++sent_;
    if (entry.injected || absl::StartsWith(entry.comment, "genuine 5")) {
      fake_.faults().Add("*", FaultOf(entry));
    }
    const WireReply reply = fake_.Serve(Adapt(entry));
    for (const std::string& difference : Compare(entry, reply)) {
      differences.push_back(absl::StrCat("entry ", i, " (", http::MethodName(entry.request.method),
                                         " ", entry.request.path(), "): ", difference));
    }
  }
  for (std::string& error : setup_errors_) differences.push_back(std::move(error));
  setup_errors_.clear();
  return differences;
}

void RecordingReplay::Create(const std::string& task_id, const json::Value& definition,
                             absl::Time when) {
  AdvanceTo(when);
  created_.insert(task_id);
  const absl::StatusOr<TaskId> id = TaskId::Parse(task_id);
  const absl::Status status = id.ok() ? fake_.CreateTask(*id, definition) : id.status();
  if (!status.ok()) setup_errors_.push_back(absl::StrCat("setup: ", status.message()));
}

void RecordingReplay::AdvanceTo(absl::Time time) {
  clock_.AdvanceTime(std::max(time - clock_.Now(), absl::ZeroDuration()));
}

// Brings about what happened outside the recording before an entry.
void RecordingReplay::Prepare(const Recording& recording, int entry,
                              const std::vector<UnrecordedStep>& steps) {
  const RecordedEntry& next = recording.entries[static_cast<size_t>(entry)];
  for (const RecordedTask& task : recording.tasks) {
    const bool by_entry = next.request.method == http::Method::kPut &&
                          absl::EndsWith(next.request.target, absl::StrCat("/task/", task.task_id));
    if (task.created > next.time || by_entry || !created_.insert(task.task_id).second) continue;
    Create(task.task_id, task.definition, task.created);
    for (const UnrecordedStep& step : steps) {
      if (step.before_entry == 0 && step.task == task.name) Do(step, task.task_id);
    }
  }
  for (const UnrecordedStep& step : steps) {
    if (entry == 0 || step.before_entry != entry) continue;
    Do(step, recording.FindTask(step.task)->task_id);
  }
}

void RecordingReplay::Do(const UnrecordedStep& step, const std::string& task_id) {
  const std::vector<std::string> words = absl::StrSplit(step.action, ' ');
  const std::string run = absl::StrCat("/api/queue/v1/task/", task_id, "/runs/0");
  const json::Object worker{{"workerGroup", "rec-group"},
                            {"workerId", words.size() > 1 ? words[1] : "rec-api"}};
  json::Object artifact{{"storageType", words[0]},
                        {"expires", FormatTimestamp(clock_.Now() + absl::Hours(20))}};
  WireReply reply;
  if (words[0] == "claim" || words[0] == "expire") {
    if (words[0] == "expire") fake_.SetClaim(absl::Seconds(10));
    reply = CallAsRoot(http::Method::kPost, run + "/claim", worker);
    fake_.SetClaim(FakeTaskclusterOptions().claim);
  } else if (words[0] == "complete") {
    reply = CallAsRoot(http::Method::kPost, run + "/completed", nullptr);
  } else if (words[0] == "fail") {
    reply = CallAsRoot(http::Method::kPost, run + "/failed", nullptr);
  } else if (words[0] == "cancel") {
    reply = CallAsRoot(http::Method::kPost, absl::StrCat("/api/queue/v1/task/", task_id, "/cancel"),
                       nullptr);
  } else if (words[0] == "exception") {
    reply = CallAsRoot(http::Method::kPost, run + "/exception", json::Object{{"reason", words[1]}});
  } else if (words[0] == "error") {
    artifact.Set("reason", "file-missing-on-worker");
    artifact.Set("message", "no such file");
    reply = CallAsRoot(http::Method::kPost,
                       absl::StrCat(run, "/artifacts/",
                                    http::PercentEncode(absl::StripPrefix(step.action, "error "))),
                       artifact);
  } else if (words[0] == "link") {
    artifact.Set("contentType", "text/plain");
    artifact.Set("artifact", words[2]);
    reply = CallAsRoot(http::Method::kPost,
                       absl::StrCat(run, "/artifacts/", http::PercentEncode(words[1])), artifact);
  }
  if (reply.status != 200 || reply.body.empty()) {
    setup_errors_.push_back(
        absl::StrCat("setup: ", step.task, ": ", step.action, ": ", reply.body));
  }
}

WireReply RecordingReplay::CallAsRoot(http::Method method, const std::string& target,
                                      const json::Value& payload) {
  WireRequest request;
  request.method = method;
  request.target = target;
  request.host = "127.0.0.1";
  request.port = 8180;
  if (!payload.is_null()) {
    request.body = json::FormatCompact(payload);
    request.headers.Add("Content-Type", "application/json");
  }
  request.headers.Add("Authorization",
                      HawkHeader(method, *http::Url::Parse(fake_.root_url() + target),
                                 "application/json", request.body, fake_.root_credentials(),
                                 {.ts = absl::ToUnixSeconds(clock_.Now()), .nonce = "setup0"}));
  return fake_.Serve(request);
}

// The request as it would have been, had the fake given the recorded answers.
WireRequest RecordingReplay::Adapt(const RecordedEntry& entry) const {
  WireRequest request = entry.request;
  if (entry.status == 0 && !entry.injected) request.patience = absl::Seconds(3);
  for (const auto& [recorded, ours] : ids_) {
    const std::string before = request.target;
    absl::StrReplaceAll({{recorded, ours}}, &request.target);
    absl::StrReplaceAll({{recorded, ours}}, &request.body);
    if (request.target == before || !request.headers.contains("Authorization")) continue;
    // Signed again, as the target is not the recorded one any more.
    const absl::StatusOr<http::Url> url = http::Url::Parse(fake_.root_url() + request.target);
    if (!url.ok()) continue;
    request.headers.Set("Authorization",
                        HawkHeader(request.method, *url, "", "", fake_.root_credentials(),
                                   {.ts = absl::ToUnixSeconds(clock_.Now()), .nonce = "again0"}));
  }
  const std::string_view signature = SignatureIn(request.target);
  if (signature.empty()) return request;
  for (const auto& [recorded, ours] : urls_) {
    const std::string_view tail = std::string_view(recorded).substr(8);
    if (!absl::EndsWith(signature, tail)) continue;
    // Falsified in its first digits, if it is not the recorded one.
    const std::string target =
        absl::StrCat(request.path(), std::string_view(ours).substr(ours.find('?')));
    const std::string our_signature(SignatureIn(ours));
    request.target = absl::StrReplaceAll(
        target, {{our_signature,
                  signature == recorded ? our_signature : "00000000" + our_signature.substr(8)}});
    break;
  }
  return request;
}

// Remembers what the fake gave in place of recorded values.
void RecordingReplay::Learn(const json::Value& recorded, const json::Value& actual) {
  if (recorded.is_array() && actual.is_array()) {
    const size_t size = std::min(recorded.array().size(), actual.array().size());
    for (size_t i = 0; i < size; ++i) Learn(recorded.array()[i], actual.array()[i]);
  }
  if (!recorded.is_object()) return;
  for (const auto& [key, value] : recorded.object()) {
    const json::Value* ours = actual.Find(key);
    if (ours == nullptr) continue;
    Learn(value, *ours);
    if (!value.is_string() || !ours->is_string() || value == *ours) continue;
    if (const std::string_view signature = SignatureIn(value.string_value()); !signature.empty()) {
      urls_[std::string(signature)] = std::string(ours->string_value());
    } else if (key == "uploadId" || key == "continuationToken") {
      ids_[std::string(value.string_value())] = std::string(ours->string_value());
    }
  }
}

std::vector<std::string> RecordingReplay::Compare(const RecordedEntry& entry,
                                                  const WireReply& reply) {
  if (entry.status == 0) {
    const bool silent = reply.delivery == WireReply::Delivery::kReset ||
                        reply.delivery == WireReply::Delivery::kNever;
    if (silent) return {};
    return {"recorded no answer, got one"};
  }
  if (reply.delivery != WireReply::Delivery::kWhole &&
      !(entry.incomplete && reply.delivery == WireReply::Delivery::kTruncated)) {
    return {"recorded an answer, got none"};
  }
  std::vector<std::string> differences;
  if (reply.status != entry.status) {
    differences.push_back(
        absl::StrCat("recorded status ", entry.status, ", got ", reply.status, ": ", reply.body));
    return differences;
  }
  for (const std::string_view name :
       {"Content-Type", "Content-Encoding", "www-authenticate",
        "x-taskcluster-artifact-storage-type", "Content-Range", "Accept-Ranges"}) {
    const std::string_view recorded = entry.headers.Find(name).value_or("");
    const std::string_view actual = reply.headers.Find(name).value_or("");
    // The services compress their answers; the store's coding is the object's.
    if (name == "Content-Encoding" && entry.server != "s3") continue;
    if (recorded != actual) {
      differences.push_back(absl::StrCat(name, ": recorded ", recorded, ", got ", actual));
    }
  }
  const std::string_view recorded = entry.headers.Find("location").value_or("");
  const std::string_view actual = reply.headers.Find("location").value_or("");
  if (recorded.substr(0, recorded.find('?')) != actual.substr(0, actual.find('?'))) {
    differences.push_back(absl::StrCat("location: recorded ", recorded, ", got ", actual));
  }
  if (!entry.incomplete && entry.request.method != http::Method::kHead) {
    for (std::string& difference : CompareBodies(entry, reply)) {
      differences.push_back(std::move(difference));
    }
  }
  return differences;
}

std::vector<std::string> RecordingReplay::CompareBodies(const RecordedEntry& entry,
                                                        const WireReply& reply) {
  const std::string body = BodyOf(reply);
  if (entry.server == "s3") {
    if (entry.status >= 400) {
      if (XmlCode(entry.body) == XmlCode(body)) return {};
      return {absl::StrCat("recorded ", XmlCode(entry.body), ", got ", body)};
    }
    if (entry.body == body) return {};
    return {absl::StrCat("recorded ", entry.body.size(), " other bytes, got ", body.size())};
  }
  if (entry.body.empty() || body.empty()) {
    if (entry.body.empty() == body.empty()) return {};
    return {absl::StrCat("recorded the body '", entry.body, "', got '", body, "'")};
  }
  const absl::StatusOr<json::Value> recorded = json::Parse(entry.body);
  const absl::StatusOr<json::Value> actual = json::Parse(body);
  if (!recorded.ok() || !actual.ok()) {
    if (entry.body == body) return {};
    return {absl::StrCat("recorded the body '", entry.body, "', got '", body, "'")};
  }
  Learn(*recorded, *actual);
  return DiffAnswers(*recorded, *actual);
}

}  // namespace scriptworker::taskcluster::fake
