// SPDX-License-Identifier: MPL-2.0
//
// Every leaf of every document of a few small chains is replaced by values of all types. No
// such chain may be accepted, but where testdata/chains/ignored_fields.txt says that the
// field is ignored on purpose, and none may be more than refused: no crash, no internal error.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/log/check.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cot/policy/policy.h"
#include "cot/testing/chain_mutations.h"
#include "cot/testing/chain_trial.h"
#include "cot/testing/generated_chain.h"
#include "cot/testing/json_edit.h"
#include "cot/verdict.h"
#include "gtest/gtest.h"
#include "scriptworker/base/glob.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_pointer.h"
#include "scriptworker/json/yaml_format.h"

namespace cot {
namespace {

using ::scriptworker::json::FormatCompact;
using ::scriptworker::json::Value;

constexpr std::string_view kIgnoredFields = "testdata/chains/ignored_fields.txt";

// A line of the file: DOCUMENT POINTER VALUES REASON.
struct IgnoredField {
  std::string document;  // a pattern, with * for anything
  std::string pointer;   // as well
  std::string values;    // "any", or JSON values with commas between them
  std::string reason;
  int line = 0;
};

std::vector<IgnoredField> IgnoredFields() {
  std::vector<IgnoredField> fields;
  int number = 0;
  for (std::string_view line : absl::StrSplit(scriptworker::ReadTestFile(kIgnoredFields), '\n')) {
    ++number;
    if (line.empty() || absl::StartsWith(line, "#")) continue;
    const std::vector<std::string> parts =
        absl::StrSplit(line, absl::MaxSplits(' ', 3), absl::SkipEmpty());
    EXPECT_EQ(parts.size(), 4) << kIgnoredFields << ":" << number << ": a reason is missing";
    if (parts.size() == 4) {
      fields.push_back({parts[0], parts[1], parts[2], parts[3], number});
    }
  }
  return fields;
}

struct MutatedDocument {
  ChainDescription chain;
  std::string document;
  // Each how-manieth mutation is tried; all of them with MUTATIONS=all in the environment.
  int every = 1;

  std::string FullName() const {
    return absl::StrCat(chain.product, "/", chain.tasks_for, "/", document);
  }
};
void PrintTo(const MutatedDocument& mutated, std::ostream* out) { *out << mutated.FullName(); }

bool IsAbout(const IgnoredField& field, const MutatedDocument& mutated) {
  return scriptworker::GlobMatch(field.document, mutated.document) ||
         scriptworker::GlobMatch(field.document, mutated.FullName());
}

bool Ignores(const IgnoredField& field, std::string_view pointer, const Value& value) {
  if (!scriptworker::GlobMatch(field.pointer, pointer)) return false;
  if (field.values == "any") return true;
  const std::vector<std::string> values = absl::StrSplit(field.values, ',');
  return std::find(values.begin(), values.end(),
                   absl::StrReplaceAll(FormatCompact(value), {{" ", "_"}})) != values.end();
}

// Of one mutation in seven the values differ from leaf to leaf.
constexpr int kSample = 7;

// One chain with all its documents, of which those of each kind that is checked in its own
// way are mutated completely; of other chains what the first does not have.
std::vector<MutatedDocument> AllDocuments() {
  const std::vector<std::string> complete = {"definition:build", "cot:build",
                                             "file:action:public/task-graph.json",
                                             "file:decision:public/parameters.yml", "page:pushlog"};
  std::vector<MutatedDocument> all;
  const auto add = [&](const ChainDescription& chain, const std::vector<std::string>& patterns) {
    const bool is_first = all.empty() || all.front().chain.Name() == chain.Name();
    for (const std::string& document : DocumentsOf(chain)) {
      const bool wanted = std::any_of(
          patterns.begin(), patterns.end(),
          [&](const std::string& pattern) { return scriptworker::GlobMatch(pattern, document); });
      const bool is_complete =
          is_first && std::find(complete.begin(), complete.end(), document) != complete.end();
      if (wanted) all.push_back({chain, document, is_complete ? 1 : kSample});
    }
  };
  add({.product = "desktop", .tasks_for = "action", .worker = "generic-worker"}, {"*"});
  add({.product = "desktop", .tasks_for = "hg-push", .worker = "docker-worker"},
      {"*:build", "*:image", "file:decision:public/task-graph.json"});
  add({.product = "desktop", .tasks_for = "cron", .worker = "scriptworker"},
      {"*:build", "definition:decision"});
  add({.product = "gadget", .tasks_for = "github-push", .worker = "generic-worker"},
      {"page:*", "definition:decision", "definition:target"});
  add({.product = "gadget", .tasks_for = "github-release", .worker = "generic-worker"},
      {"page:release", "page:tags", "definition:decision"});
  add({.product = "gadget", .tasks_for = "github-pull-request", .worker = "generic-worker"},
      {"page:pull", "page:repository", "definition:decision"});
  add({.product = "gadget", .tasks_for = "cron", .worker = "generic-worker"},
      {"page:projects", "definition:decision"});
  add({.product = "gadget", .tasks_for = "pr-action", .worker = "generic-worker"},
      {"definition:action", "file:decision:public/actions.json"});
  return all;
}

const Policy& SharedPolicy() {
  static const auto& loaded = *new LoadedPolicy([] {
    absl::StatusOr<LoadedPolicy> policy =
        LoadPolicy(scriptworker::json::FormatYaml(GeneratedPolicy()), "policy.yml");
    CHECK_OK(policy);
    return *std::move(policy);
  }());
  return loaded.policy;
}

enum class Result { kRefused, kAccepted, kInternal };

Result Judge(const ChainDescription& description, std::string_view document, const Value& changed,
             std::string& why) {
  GeneratedChain chain(description);
  PublishWith(chain, document, changed);
  ChainTrial trial(chain);
  trial.policy = &SharedPolicy();
  trial.change_request = [](VerifyRequest& request) {
    // In one thread: there is nothing to wait for.
    request.max_concurrent_downloads = 1;
    request.max_parallel_reads = 1;
  };
  const absl::StatusOr<Verdict> verdict = trial.Run();
  if (!verdict.ok()) {
    // The target itself could not be read.
    why = verdict.status().ToString();
    return absl::IsInternal(verdict.status()) ? Result::kInternal : Result::kRefused;
  }
  why = FormatVerdict(*verdict);
  switch (verdict->outcome) {
    case Verdict::Outcome::kVerified:
      return Result::kAccepted;
    case Verdict::Outcome::kRefused:
    case Verdict::Outcome::kEvidenceUnavailable:
      return Result::kRefused;
    case Verdict::Outcome::kFailed:
      return Result::kInternal;
  }
  return Result::kInternal;
}

class MutationTest : public ::testing::TestWithParam<MutatedDocument> {};

TEST_P(MutationTest, IsRefusedUnlessTheFieldIsIgnoredOnPurpose) {
  const auto& [chain, document, sample] = GetParam();
  const char* const mutations = std::getenv("MUTATIONS");
  const int every = mutations != nullptr && std::string_view(mutations) == "all" ? 1 : sample;
  int number = 0;
  std::vector<IgnoredField> ignored = IgnoredFields();
  std::erase_if(ignored, [&](const IgnoredField& field) { return !IsAbout(field, GetParam()); });
  const Value good = ReadDocument(chain, document);
  // A chain that is refused as it is would be refused with every mutation.
  std::string unmutated;
  ASSERT_EQ(Judge(chain, document, good, unmutated), Result::kAccepted) << unmutated;
  for (const std::string& pointer : LeavesOf(good)) {
    for (const Value& value : MutatedValues()) {
      if (*scriptworker::json::FindByPointer(good, pointer) == value) continue;
      if (number++ % every != 0) continue;
      Value changed = good;
      SetAt(changed, pointer, value);
      std::string why;
      const Result result = Judge(chain, document, changed, why);
      EXPECT_NE(result, Result::kInternal)
          << document << " " << pointer << " " << FormatCompact(value) << "\n"
          << why;
      const bool may = std::any_of(ignored.begin(), ignored.end(), [&](const IgnoredField& field) {
        return Ignores(field, pointer, value);
      });
      if (may || result != Result::kAccepted) continue;
      ADD_FAILURE() << "ACCEPTED " << GetParam().FullName() << " " << pointer << " "
                    << absl::StrReplaceAll(FormatCompact(value), {{" ", "_"}});
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Documents, MutationTest, ::testing::ValuesIn(AllDocuments()),
                         [](const auto& info) {
                           std::string name =
                               absl::StrCat(info.param.chain.Name(), "_", info.param.document);
                           for (char& c : name) {
                             if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
                           }
                           return name;
                         });

// An entry that no longer ignores anything would hide what comes next.
TEST(IgnoredFieldsTest, EachIsIgnoredSomewhere) {
  const std::vector<MutatedDocument> all = AllDocuments();
  for (const IgnoredField& field : IgnoredFields()) {
    const bool used = std::any_of(all.begin(), all.end(), [&](const MutatedDocument& mutated) {
      if (!IsAbout(field, mutated)) return false;
      const Value good = ReadDocument(mutated.chain, mutated.document);
      for (const std::string& pointer : LeavesOf(good)) {
        for (const Value& value : MutatedValues()) {
          if (*scriptworker::json::FindByPointer(good, pointer) == value) continue;
          if (!Ignores(field, pointer, value)) continue;
          Value changed = good;
          SetAt(changed, pointer, value);
          std::string why;
          if (Judge(mutated.chain, mutated.document, changed, why) == Result::kAccepted) {
            return true;
          }
        }
      }
      return false;
    });
    EXPECT_TRUE(used) << kIgnoredFields << ":" << field.line << ": ignores nothing";
  }
}

}  // namespace
}  // namespace cot
