// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/journal/journal_entry.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kToken = "a-very-secret-token";

MATCHER(IsNone, "") { return !arg.has_value(); }

JournalEntry Entry(JournalStep step) {
  taskcluster::Credentials credentials;
  credentials.client_id = "task-client/x";
  credentials.access_token = SecretString(std::string(kToken));
  credentials.certificate = taskcluster::Certificate::Parse(R"({"version": 1})").value();
  return {.step = step,
          .task_id = taskcluster::TaskId::Parse("NsqSIRDwQtuVxPjPCFpS1A").value(),
          .run_id = 3,
          .taken_until = absl::FromUnixSeconds(1'800'000'000),
          .queue_ahead = -absl::Seconds(90),
          .credentials = credentials,
          .script = ProcessMark{.pid = 4711, .start_time = 99, .boot = "b", .pid_ns = "n"},
          .status = 241};
}

// A slot around any text, with the right digest.
std::string SlotOf(std::string_view json, std::string_view version = "1") {
  return absl::StrCat("scriptworker-journal ", version, " 7 ", json.size(), " ",
                      crypto::HexEncode(crypto::Sha256(json)), "\n", json);
}

std::string GoodJson() {
  const std::string slot(FormatJournalSlot(Entry(JournalStep::kReporting), 7).reveal());
  return slot.substr(slot.find('\n') + 1);
}

TEST(JournalEntryTest, EachStepHasANameOfItsOwnAndIsReadBack) {
  std::vector<std::string_view> names;
  for (const JournalStep step : kJournalSteps) {
    EXPECT_THAT(names, Not(testing::Contains(ToString(step))));
    names.push_back(ToString(step));
    const auto slot = ParseJournalSlot(FormatJournalSlot(Entry(step), 5).reveal());
    ASSERT_THAT(slot, IsOk());
    ASSERT_TRUE(slot->has_value());
    EXPECT_EQ((*slot)->sequence, 5u);
    EXPECT_EQ((*slot)->entry.step, step);
  }
}

TEST(JournalEntryTest, NoStepIsMissingFromTheList) {
  EXPECT_EQ(ToString(static_cast<JournalStep>(kJournalSteps.size())), "unknown");
  for (size_t i = 0; i < kJournalSteps.size(); ++i) {
    EXPECT_EQ(static_cast<size_t>(kJournalSteps.at(i)), i);
  }
}

TEST(JournalEntryTest, EverythingIsReadBack) {
  const auto slot =
      ParseJournalSlot(FormatJournalSlot(Entry(JournalStep::kScriptEnded), 1).reveal());
  ASSERT_THAT(slot, IsOk());
  const JournalEntry& entry = (*slot)->entry;
  EXPECT_EQ(entry.task_id.str(), "NsqSIRDwQtuVxPjPCFpS1A");
  EXPECT_EQ(entry.run_id, 3);
  EXPECT_EQ(entry.taken_until, absl::FromUnixSeconds(1'800'000'000));
  EXPECT_EQ(entry.queue_ahead, -absl::Seconds(90));
  EXPECT_EQ(entry.credentials.client_id, "task-client/x");
  EXPECT_EQ(entry.credentials.access_token.reveal(), kToken);
  EXPECT_EQ(entry.credentials.certificate->text(), R"({"version": 1})");
  EXPECT_EQ(entry.script->pid, 4711);
  EXPECT_EQ(entry.script->start_time, 99u);
  EXPECT_EQ(entry.script->boot, "b");
  EXPECT_EQ(entry.script->pid_ns, "n");
  EXPECT_EQ(entry.status, 241);
}

TEST(JournalEntryTest, AnEmptySlotIsNoEntry) {
  EXPECT_THAT(ParseJournalSlot(""), IsOkAndHolds(IsNone()));
  EXPECT_THAT(ParseJournalSlot(std::string(100, '\0')), IsOkAndHolds(IsNone()));
}

TEST(JournalEntryTest, WhatFollowsTheEntryIsIgnored) {
  const std::string slot(FormatJournalSlot(Entry(JournalStep::kClaimed), 1).reveal());
  EXPECT_THAT(ParseJournalSlot(slot + "rest of a longer one"), IsOk());
}

TEST(JournalEntryTest, AnEntryThatWasNotWrittenToItsEndIsDataLossAtEveryLength) {
  const std::string slot(FormatJournalSlot(Entry(JournalStep::kReporting), 1).reveal());
  for (size_t size = 1; size < slot.size(); ++size) {
    const std::string torn = slot.substr(0, size) + std::string(slot.size() - size, '\0');
    ASSERT_THAT(ParseJournalSlot(torn), StatusIs(absl::StatusCode::kDataLoss)) << size;
  }
}

TEST(JournalEntryTest, AnyFlippedByteIsNoticed) {
  const std::string slot(FormatJournalSlot(Entry(JournalStep::kReporting), 1).reveal());
  for (size_t i = 0; i < slot.size(); ++i) {
    std::string flipped = slot;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
    const auto parsed = ParseJournalSlot(flipped);
    // The sequence alone may differ: it has no digest of its own.
    EXPECT_TRUE(!parsed.ok() || (*parsed)->sequence != 1) << i;
  }
}

TEST(JournalEntryTest, AnotherVersionIsSaid) {
  EXPECT_THAT(ParseJournalSlot(SlotOf(GoodJson(), "2")),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("another version")));
}

struct Change {
  std::string_view name, from, to;
};

class RefusedEntryTest : public testing::TestWithParam<Change> {};

TEST_P(RefusedEntryTest, WithARightDigestButImpossible) {
  ASSERT_THAT(ParseJournalSlot(SlotOf(GoodJson())), IsOk());
  const std::string json = absl::StrReplaceAll(GoodJson(), {{GetParam().from, GetParam().to}});
  ASSERT_NE(json, GoodJson());
  const auto slot = ParseJournalSlot(SlotOf(json));
  EXPECT_THAT(slot, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(slot.status().message(), Not(HasSubstr(kToken)));
}

INSTANTIATE_TEST_SUITE_P(
    Changes, RefusedEntryTest,
    testing::Values(Change{"unknown_step", "reporting", "dreaming"},
                    Change{"unknown_member", "\"runId\"", "\"extra\":1,\"runId\""},
                    Change{"no_task", "\"taskId\"", "\"task\""},
                    Change{"bad_task_id", "NsqSIRDwQtuVxPjPCFpS1A", "../../etc/passwd"},
                    Change{"negative_run", "\"runId\":3", "\"runId\":-3"},
                    Change{"run_out_of_range", "\"runId\":3", "\"runId\":4294967296"},
                    Change{"init_as_script", "\"pid\":4711", "\"pid\":1"},
                    Change{"all_processes_as_script", "\"pid\":4711", "\"pid\":-1"},
                    Change{"pid_out_of_range", "\"pid\":4711", "\"pid\":4294967297"},
                    Change{"negative_start", "\"startTime\":99", "\"startTime\":-99"},
                    Change{"unknown_member_of_script", "\"boot\"", "\"group\":1,\"boot\""},
                    Change{"no_time", "2027-01-15T08:00:00.000Z", "soon"},
                    Change{"negative_status", "\"status\":241", "\"status\":-1"},
                    Change{"no_token", "accessToken", "token"},
                    Change{"started_without_script", "\"reporting\"", "\"script-started\",\"x\":1"},
                    Change{"no_json", "{", "["}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(JournalEntryTest, ATextOfAnotherFormIsSaidWithItsPlace) {
  for (const auto& [from, place] : {std::pair("NsqSIRDwQtuVxPjPCFpS1A", "$.taskId: "),
                                    std::pair("2027-01-15T08:00:00.000Z", "$.takenUntil: ")}) {
    const std::string json = absl::StrReplaceAll(GoodJson(), {{from, "soon"}});
    EXPECT_THAT(ParseJournalSlot(SlotOf(json)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(place)));
  }
}

TEST(JournalEntryTest, AStartedScriptHasToBeNamed) {
  JournalEntry entry = Entry(JournalStep::kScriptStarted);
  entry.script.reset();
  EXPECT_THAT(ParseJournalSlot(FormatJournalSlot(entry, 1).reveal()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("the script is missing")));
}

}  // namespace
}  // namespace scriptworker::worker
