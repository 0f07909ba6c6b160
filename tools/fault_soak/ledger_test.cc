// SPDX-License-Identifier: MPL-2.0
#include "tools/fault_soak/ledger.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/taskcluster/testing/queue_event.h"

namespace scriptworker::tools {
namespace {

using ::scriptworker::taskcluster::QueueEvent;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

using Kind = QueueEvent::Kind;

class LedgerTest : public testing::Test {
 protected:
  void Saw(Kind kind, int run_id, std::string detail = "") {
    ledger_.Saw({.kind = kind, .task_id = "T", .run_id = run_id, .detail = std::move(detail)});
  }
  // A run that goes as it should.
  void Run(int run_id, Kind end, std::string detail = "") {
    Saw(Kind::kPending, run_id);
    Saw(Kind::kRunning, run_id);
    ledger_.ReadStarts("T " + std::to_string(run_id) + "\n");
    Saw(end, run_id, std::move(detail));
  }

  Ledger ledger_;
};

TEST_F(LedgerTest, ATaskThatEndsAsItsScriptSaysIsGood) {
  ledger_.Submitted("T", Ending::kCompleted);
  Saw(Kind::kDefined, -1);
  EXPECT_EQ(ledger_.resolved(), 0);
  Run(0, Kind::kException, "worker-shutdown");
  EXPECT_EQ(ledger_.resolved(), 0);
  Run(1, Kind::kException, "claim-expired");
  Run(2, Kind::kCompleted);
  EXPECT_EQ(ledger_.submitted(), 1);
  EXPECT_EQ(ledger_.resolved(), 1);
  EXPECT_EQ(ledger_.runs(), 3);
  EXPECT_EQ(ledger_.starts(), 3);
  EXPECT_THAT(ledger_.Endings(), ElementsAre(Pair("claim-expired", 1), Pair("completed", 1),
                                             Pair("worker-shutdown", 1)));
  EXPECT_THAT(ledger_.Complaints(), IsEmpty());
}

TEST_F(LedgerTest, AClaimThatWasNeverReadNeedsNoStart) {
  ledger_.Submitted("T", Ending::kFailed);
  Saw(Kind::kRunning, 0);
  Saw(Kind::kException, 0, "claim-expired");
  Run(1, Kind::kFailed);
  EXPECT_THAT(ledger_.Complaints(), IsEmpty());
}

TEST_F(LedgerTest, ALostTaskIsNamed) {
  ledger_.Submitted("T", Ending::kCompleted);
  EXPECT_THAT(ledger_.Complaints(), ElementsAre("task T is lost: it is not resolved"));
  Run(0, Kind::kException, "claim-expired");
  EXPECT_THAT(ledger_.Complaints(), ElementsAre("task T is lost: it is not resolved"));
}

TEST_F(LedgerTest, AScriptThatWasStartedTwiceIsNamed) {
  ledger_.Submitted("T", Ending::kCompleted);
  Run(0, Kind::kCompleted);
  ledger_.ReadStarts("T 0\n");
  EXPECT_THAT(ledger_.Complaints(), ElementsAre("task T run 0: its script was started 2 times"));
}

TEST_F(LedgerTest, ARunThatEndedTwiceIsNamed) {
  ledger_.Submitted("T", Ending::kCompleted);
  Run(0, Kind::kCompleted);
  Saw(Kind::kCompleted, 0);
  EXPECT_THAT(ledger_.Complaints(),
              ElementsAre("task T run 0 ended 2 times: completed, completed"));
}

TEST_F(LedgerTest, AResultWithoutAScriptIsNamed) {
  ledger_.Submitted("T", Ending::kCompleted);
  Saw(Kind::kRunning, 0);
  Saw(Kind::kCompleted, 0);
  EXPECT_THAT(ledger_.Complaints(),
              ElementsAre("task T run 0 has a result, but its script was not started"));
}

TEST_F(LedgerTest, AnotherEndThanTheScriptsIsNamed) {
  ledger_.Submitted("T", Ending::kFailed);
  Run(0, Kind::kException, "internal-error");
  EXPECT_THAT(ledger_.Complaints(), ElementsAre("task T ended as internal-error, not as failed"));
}

TEST_F(LedgerTest, ARunAfterTheResultIsNamed) {
  ledger_.Submitted("T", Ending::kCompleted);
  Run(0, Kind::kCompleted);
  Run(1, Kind::kCompleted);
  EXPECT_THAT(ledger_.Complaints(),
              ElementsAre("task T run 0 has a result, and yet another run followed"));
}

TEST_F(LedgerTest, NotesOfNoTaskAreNamed) {
  ledger_.ReadStarts("T 0\nnonsense\n");
  EXPECT_THAT(ledger_.Complaints(),
              UnorderedElementsAre("a script noted \"T 0\"", "a script noted \"nonsense\""));
}

}  // namespace
}  // namespace scriptworker::tools
