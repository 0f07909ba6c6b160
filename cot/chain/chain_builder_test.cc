// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/chain_builder.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "cot/chain/link_id.h"
#include "cot/chain/violation.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/task_pool.h"
#include "scriptworker/taskcluster/queue.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::scriptworker::taskcluster::TaskDefinition;
using ::scriptworker::taskcluster::TaskId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAreArray;

// Remembers the longest line only.
class LineLengthLogger : public scriptworker::Logger {
 public:
  void Log(scriptworker::LogLevel, std::string_view line) override {
    absl::MutexLock lock(&mutex_);
    longest_ = std::max(longest_, line.size());
  }
  size_t longest() const {
    absl::MutexLock lock(&mutex_);
    return longest_;
  }

 private:
  mutable absl::Mutex mutex_;
  size_t longest_ ABSL_GUARDED_BY(mutex_) = 0;
};

// A queue that knows some tasks and counts who asks for them.
class KnownTasks : public scriptworker::taskcluster::TaskReader {
 public:
  void Add(std::string_view id, std::string_view changes) {
    tasks_.insert_or_assign(std::string(id), cot::Task(changes));
  }
  void Fail(std::string_view id, absl::Status error) {
    errors_.insert_or_assign(std::string(id), std::move(error));
  }
  int reads(std::string_view id) const {
    absl::MutexLock lock(&mutex_);
    const auto found = reads_.find(std::string(id));
    return found == reads_.end() ? 0 : found->second;
  }

  absl::StatusOr<TaskDefinition> Task(const TaskId& id,
                                      const scriptworker::CancellationToken&) override {
    {
      absl::MutexLock lock(&mutex_);
      ++reads_[id.str()];
    }
    const auto error = errors_.find(id.str());
    if (error != errors_.end()) return error->second;
    const auto task = tasks_.find(id.str());
    if (task == tasks_.end()) return absl::NotFoundError("no such task");
    return task->second;
  }

  absl::StatusOr<scriptworker::taskcluster::TaskStatus> Status(
      const TaskId&, const scriptworker::CancellationToken&) override {
    return absl::UnimplementedError("not asked for here");
  }
  absl::StatusOr<std::vector<scriptworker::taskcluster::ArtifactInfo>> ListLatestArtifacts(
      const TaskId&, const scriptworker::CancellationToken&) override {
    return absl::UnimplementedError("not asked for here");
  }
  absl::StatusOr<scriptworker::http::Url> ArtifactUrl(const TaskId&, std::string_view) override {
    return absl::UnimplementedError("not asked for here");
  }

 private:
  std::map<std::string, TaskDefinition> tasks_;
  std::map<std::string, absl::Status> errors_;
  mutable absl::Mutex mutex_;
  std::map<std::string, int> reads_ ABSL_GUARDED_BY(mutex_);
};

constexpr std::string_view kSigningId = "SigningFQACAAAAAAAAAAA";
constexpr std::string_view kOtherBuildId = "BuildGAAQACAAAAAAAAAAA";
constexpr std::string_view kImageId = "ImageDAAQACAAAAAAAAAAA";
constexpr std::string_view kOtherDecisionId = "DecisioHQACAAAAAAAAAAA";

std::string Upstream(const std::vector<std::pair<std::string_view, std::string_view>>& tasks) {
  std::string list;
  for (const auto& [type, id] : tasks) {
    absl::StrAppend(&list, list.empty() ? "" : ", ", R"({"taskId": ")", id, R"(", "taskType": ")",
                    type, R"(", "paths": []})");
  }
  return absl::StrCat(R"({"payload": {"upstreamArtifacts": [)", list, "]}}");
}

class ChainBuilderTest : public testing::Test {
 protected:
  ChainBuilderTest() {
    queue_.Add(kDecisionId, "{}");
    queue_.Add(kOtherDecisionId, R"({"taskGroupId": "DecisioHQACAAAAAAAAAAA"})");
  }

  absl::StatusOr<Chain> Build(std::string_view target_changes, std::string_view name = "beetmover",
                              bool check_target = false) {
    const ChainRequest request{.task_id = *TaskId::Parse(kTargetId),
                               .name = std::string(name),
                               .check_target = check_target,
                               .max_links = 50,
                               .on_link_id = [this](const LinkId& id) { asked_.push_back(id); },
                               .on_link = [this](const Link& link) { Announce(link); }};
    return BuildChain(request, cot::Task(target_changes), {"scriptworker-k8s"}, queue_, pool_,
                      logger_, cancellation_, findings_);
  }

  void Announce(const Link& link) {
    absl::MutexLock lock(&mutex_);
    announced_.push_back(link.task_id().str());
  }
  std::vector<std::string> announced() const {
    absl::MutexLock lock(&mutex_);
    return announced_;
  }

  static std::vector<std::string> Names(const Chain& chain) {
    std::vector<std::string> names;
    for (const Link& link : chain.upstream()) names.push_back(link.name());
    return names;
  }

  KnownTasks queue_;
  scriptworker::TaskPool pool_{4};
  LineLengthLogger logger_;
  scriptworker::CancellationToken cancellation_;
  std::vector<Finding> findings_;
  std::vector<LinkId> asked_;
  mutable absl::Mutex mutex_;
  std::vector<std::string> announced_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(ChainBuilderTest, FollowsAllWaysToTheDecisionTasks) {
  queue_.Add(
      kBuildId,
      R"({"extra": {"chainOfTrust": {"inputs": {"docker-image": "ImageDAAQACAAAAAAAAAAA"}}}})");
  queue_.Add(kOtherBuildId, "{}");
  queue_.Add(kSigningId, Upstream({{"build", kBuildId}, {"build", kOtherBuildId}}));
  queue_.Add(kImageId, R"({"taskGroupId": "DecisioHQACAAAAAAAAAAA"})");

  const absl::StatusOr<Chain> chain =
      Build(Upstream({{"build", kBuildId}, {"signing", kSigningId}}));

  ASSERT_THAT(chain, IsOk());
  EXPECT_THAT(findings_, IsEmpty());
  EXPECT_THAT(Names(*chain), ElementsAre("beetmover:parent", "beetmover:build", "beetmover:signing",
                                         "beetmover:build:docker-image", "beetmover:signing:build",
                                         "beetmover:build:docker-image:parent"));
}

TEST_F(ChainBuilderTest, EachLinkIsAnnouncedOnceAndOnlyIfItIsOne) {
  queue_.Add(kBuildId, Upstream({{"signing", kSigningId}}));
  queue_.Add(kSigningId, Upstream({{"build", kBuildId}}));
  queue_.Add(kImageId, R"({"provisionerId": "p"})");  // of no known implementation
  const absl::StatusOr<Chain> chain =
      Build(Upstream({{"build", kBuildId}, {"signing", kSigningId}, {"build", kImageId}}),
            "beetmover", /*check_target=*/true);
  ASSERT_THAT(chain, IsOk());
  std::vector<std::string> links;
  for (const Link& link : chain->upstream()) links.push_back(link.task_id().str());
  EXPECT_EQ(links.size(), 4);
  EXPECT_THAT(announced(), UnorderedElementsAreArray(links));
  // Before its definition nobody knows that a task will be no link.
  std::vector<std::string> asked;
  for (const LinkId& id : asked_) asked.push_back(id.task_id.str());
  EXPECT_THAT(asked, testing::IsSupersetOf(links));
  EXPECT_THAT(asked, SizeIs(5));
  EXPECT_THAT(asked, testing::Contains(std::string(kImageId)));
}

TEST_F(ChainBuilderTest, ATaskWithSeveralWaysIsReadOnce) {
  queue_.Add(kBuildId, Upstream({{"signing", kSigningId}}));
  queue_.Add(kSigningId, Upstream({{"build", kBuildId}}));  // a cycle, too

  const absl::StatusOr<Chain> chain =
      Build(Upstream({{"build", kBuildId}, {"signing", kSigningId}}));

  ASSERT_THAT(chain, IsOk());
  EXPECT_EQ(chain->upstream().size(), 3u);
  EXPECT_EQ(queue_.reads(kBuildId), 1);
  EXPECT_EQ(queue_.reads(kDecisionId), 1);
}

TEST_F(ChainBuilderTest, ADecisionTaskIsItsOwnParent) {
  constexpr std::string_view kOwnGroup = R"({"taskGroupId": "TargetAAQACAAAAAAAAAAA"})";
  queue_.Add(kTargetId, kOwnGroup);
  for (const bool check_target : {false, true}) {
    const absl::StatusOr<Chain> chain = Build(kOwnGroup, "decision", check_target);
    ASSERT_THAT(chain, IsOk());
    EXPECT_EQ(chain->upstream().size(), check_target ? 1u : 0u);
    EXPECT_EQ(chain->AllLinks().size(), 1u);
    EXPECT_EQ(queue_.reads(kTargetId), 0);
  }
  EXPECT_THAT(findings_, IsEmpty());
}

TEST_F(ChainBuilderTest, ATargetOnWhichATaskRestsIsALinkAndIsNotReadAgain) {
  constexpr std::string_view kOwnGroup = R"({"taskGroupId": "TargetAAQACAAAAAAAAAAA"})";
  constexpr std::string_view kBuildOfIt =
      R"({"extra": {"chainOfTrust": {"inputs": {"build": "TargetAAQACAAAAAAAAAAA"}}}})";
  queue_.Add(kTargetId, "{}");
  queue_.Add(kBuildId, kBuildOfIt);
  const absl::StatusOr<Chain> by_a_build = Build(Upstream({{"build", kBuildId}}));
  ASSERT_THAT(by_a_build, IsOk());
  EXPECT_THAT(Names(*by_a_build), ElementsAre("beetmover:parent", "beetmover:build", "beetmover"));
  EXPECT_THAT(announced(), testing::Contains(std::string(kTargetId)));
  // A task of another type is not excused by leading its group.
  for (const std::string_view name : {"signing", "action"}) {
    const absl::StatusOr<Chain> by_itself = Build(kOwnGroup, name);
    ASSERT_THAT(by_itself, IsOk());
    EXPECT_THAT(Names(*by_itself), ElementsAre(name));
  }
  const absl::StatusOr<Chain> by_an_input = Build(
      R"({"taskGroupId": "TargetAAQACAAAAAAAAAAA",
          "extra": {"chainOfTrust": {"inputs": {"build": "TargetAAQACAAAAAAAAAAA"}}}})",
      "decision");
  ASSERT_THAT(by_an_input, IsOk());
  EXPECT_THAT(Names(*by_an_input), ElementsAre("decision"));
  EXPECT_EQ(queue_.reads(kTargetId), 0);
}

TEST_F(ChainBuilderTest, TheTargetIsALinkWhenItIsToBeChecked) {
  const absl::StatusOr<Chain> chain = Build("{}", "signing", true);
  ASSERT_THAT(chain, IsOk());
  EXPECT_THAT(Names(*chain), ElementsAre("signing", "signing:parent"));
  EXPECT_EQ(chain->AllLinks().size(), 2u);
  EXPECT_EQ(queue_.reads(kTargetId), 0);
}

TEST_F(ChainBuilderTest, AChainThatIsTooDeepIsRefused) {
  std::string id = std::string(kBuildId);
  const std::string first = id;
  for (int i = 0; i < 30; ++i) {
    std::string next = absl::StrCat("Build", 10 + i, "AQACAAAAAAAAAAA");
    queue_.Add(id, Upstream({{"build", next}}));
    id = next;
  }
  queue_.Add(id, "{}");

  ASSERT_THAT(Build(Upstream({{"build", first}})), IsOk());
  EXPECT_THAT(ViolationsOf(findings_), ElementsAre(Violation::kChainTooDeep));
}

TEST_F(ChainBuilderTest, AChainWithTooManyLinksIsRefused) {
  std::vector<std::string> ids;
  ids.reserve(60);
  std::vector<std::pair<std::string_view, std::string_view>> tasks;
  for (int i = 0; i < 60; ++i) {
    ids.push_back(absl::StrCat("Build", 10 + i, "AQACAAAAAAAAAAA"));
  }
  for (const std::string& id : ids) {
    queue_.Add(id, "{}");
    tasks.push_back({"build", id});
  }
  ASSERT_THAT(Build(Upstream(tasks)), IsOk());
  EXPECT_THAT(ViolationsOf(findings_), ElementsAre(Violation::kChainTooLong));
}

// Else each level could have the queue asked for as many again.
TEST_F(ChainBuilderTest, TasksThatTheQueueDoesNotKnowCountToo) {
  std::vector<std::string> ids;
  ids.reserve(60);
  for (int i = 0; i < 60; ++i) ids.push_back(absl::StrFormat("Miss%04dQACAAAAAAAAAAA", i));
  std::vector<std::pair<std::string_view, std::string_view>> first = {{"signing", kSigningId}};
  std::vector<std::pair<std::string_view, std::string_view>> second;
  for (int i = 0; i < 60; ++i) (i < 30 ? first : second).emplace_back("build", ids[i]);
  queue_.Add(kSigningId, Upstream(second));
  ASSERT_THAT(Build(Upstream(first)), IsOk());
  EXPECT_THAT(ViolationsOf(findings_), testing::Contains(Violation::kChainTooLong));
  EXPECT_THAT(asked_, SizeIs(testing::Le(50u)));
}

TEST_F(ChainBuilderTest, OfCountlessDependenciesNoMoreAreNamedThanAChainMayHave) {
  std::string inputs;
  for (int i = 0; i < 20000; ++i) {
    absl::StrAppend(&inputs, i == 0 ? "" : ",", "\"", i, std::string(90, 'x'), "\":\"BuildAAAQAC",
                    10000 + i, "AAAAAA\"");
  }
  queue_.Add(kBuildId, absl::StrCat(R"({"extra": {"chainOfTrust": {"inputs": {)", inputs, "}}}}"));
  const absl::StatusOr<Chain> chain = Build(Upstream({{"build", kBuildId}}));
  ASSERT_THAT(chain, IsOk());
  EXPECT_THAT(ViolationsOf(findings_), ElementsAre(Violation::kChainTooLong));
  EXPECT_THAT(chain->upstream(), SizeIs(2));
  EXPECT_LT(logger_.longest(), 100'000u);
}

TEST_F(ChainBuilderTest, AllThatIsWrongWithTasksIsFoundInOneRun) {
  queue_.Add(kBuildId, R"({"provisionerId": "p"})");
  queue_.Add(kSigningId, "{}");
  ASSERT_THAT(
      Build(Upstream({{"build", kBuildId}, {"frobnicate", kSigningId}, {"signing", kImageId}})),
      IsOk());
  EXPECT_THAT(ViolationsOf(findings_),
              ElementsAre(Violation::kUnknownWorkerImplementation, Violation::kInvalidTaskType,
                          Violation::kTaskMissing));
}

TEST_F(ChainBuilderTest, ATypeThatDoesNotExistIsRefused) {
  queue_.Add(kBuildId, "{}");
  ASSERT_THAT(Build(Upstream({{"frobnicate", kBuildId}})), IsOk());
  EXPECT_THAT(ViolationsOf(findings_), ElementsAre(Violation::kInvalidTaskType));
  EXPECT_THAT(Build("{}", "unknown"), IsViolation(Violation::kInvalidTaskType));
}

TEST_F(ChainBuilderTest, ATaskThatCannotBeHadIsNoVerdict) {
  queue_.Fail(kBuildId, absl::UnavailableError("503"));
  EXPECT_THAT(Build(Upstream({{"build", kBuildId}})), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ChainBuilderTest, StopsWhenItIsCancelled) {
  scriptworker::CancellationSource source;
  source.Cancel(absl::CancelledError("shutting down"));
  cancellation_ = source.token();
  EXPECT_THAT(Build("{}"), StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace cot
