// SPDX-License-Identifier: MPL-2.0
//
// Over real sockets, with the project's own transport.

#include "tools/bench/chain_server.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cot/evidence/cot_body.h"
#include "cot/testing/small_chain.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/task_status.h"
#include "tools/bench/chain_of_builds.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::scriptworker::http::CurlTransport;
using ::scriptworker::taskcluster::ArtifactInfo;
using ::scriptworker::taskcluster::QueueClient;
using ::scriptworker::taskcluster::TaskId;
using ::scriptworker::taskcluster::TaskState;
using ::scriptworker::taskcluster::TaskStatus;
using ::testing::Field;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;

class ChainServerTest : public ::testing::Test {
 protected:
  // The target is in this state.
  void Start(std::string_view state, absl::Duration latency = absl::ZeroDuration()) {
    MakeChainOfBuilds(/*builds=*/2, /*graph_bytes=*/0, clock_.Now(), chain_);
    chain_.states[std::string(kSmallTarget)] = std::string(state);
    server_ = std::make_unique<ChainServer>(chain_, clock_, latency);
    transport_ = *CurlTransport::Create({.user_agent = "test"});
    queue_ = *QueueClient::Create(server_->root_url(), *transport_, clock_, server_->credentials());
  }

  // Follows redirects.
  std::string Get(const std::string& url) {
    scriptworker::http::Request request;
    request.url = *scriptworker::http::Url::Parse(url);
    request.redirects = scriptworker::http::Request::Redirects::kFollow;
    const absl::StatusOr<scriptworker::http::Response> response = transport_->Send(request);
    EXPECT_THAT(response, IsOk()) << url;
    if (!response.ok()) return "";
    EXPECT_EQ(response->status, 200) << url;
    return response->body;
  }

  scriptworker::SystemClock clock_;
  SmallChain chain_;
  std::unique_ptr<ChainServer> server_;
  std::unique_ptr<CurlTransport> transport_;
  std::unique_ptr<QueueClient> queue_;
};

TEST_F(ChainServerTest, EachTaskButTheTargetIsCompletedInItsFirstRun) {
  Start("running");
  for (const auto& [id, task] : chain_.tasks) {
    const absl::StatusOr<TaskStatus> status = queue_->Status(*TaskId::Parse(id), {});
    ASSERT_THAT(status, IsOk()) << id;
    EXPECT_EQ(status->state, id == kSmallTarget ? TaskState::kRunning : TaskState::kCompleted)
        << id;
    EXPECT_THAT(status->runs, SizeIs(1)) << id;
  }
}

TEST_F(ChainServerTest, TheTargetMayBePending) {
  Start("pending");
  const absl::StatusOr<TaskStatus> status = queue_->Status(*TaskId::Parse(kSmallTarget), {});
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(status->state, TaskState::kPending);
}

TEST_F(ChainServerTest, TheQueueHasTheDefinitionsOfTheChain) {
  Start("running");
  for (const auto& [id, task] : chain_.tasks) {
    const auto definition = queue_->Task(*TaskId::Parse(id), {});
    ASSERT_THAT(definition, IsOk()) << id;
    EXPECT_EQ(definition->raw(), task) << id;
  }
}

TEST_F(ChainServerTest, TheStoreHasTheArtifactsAndTheirSignedList) {
  Start("running");
  for (const auto& [id, task] : chain_.tasks) {
    if (id == kSmallTarget) continue;
    const auto& files = chain_.artifacts[id];
    for (const auto& [name, content] : files) {
      EXPECT_EQ(
          Get(absl::StrCat(server_->root_url(), "/api/queue/v1/task/", id, "/artifacts/", name)),
          content)
          << id << " " << name;
    }
    const absl::StatusOr<std::vector<ArtifactInfo>> listed =
        queue_->ListLatestArtifacts(*TaskId::Parse(id), {});
    ASSERT_THAT(listed, IsOk());
    EXPECT_THAT(*listed, SizeIs(files.size() + 2)) << id;
    EXPECT_THAT(*listed, IsSupersetOf({Field(&ArtifactInfo::name, kCotBodyName),
                                       Field(&ArtifactInfo::name, kCotSignatureName)}))
        << id;
  }
}

TEST_F(ChainServerTest, SourcesNameEachOtherByTheirPlaceOnThisServer) {
  Start("running");
  EXPECT_THAT(
      Get(server_->SourceUrl("api.github.com/repos/mozilla-releng/adhoc-signing")),
      ::testing::HasSubstr(absl::StrCat("\"html_url\": \"", server_->SourceUrl("github.com"),
                                        "/mozilla-releng/adhoc-signing\"")));
}

TEST_F(ChainServerTest, CountsTheRequestsForTheChainAndNotThoseThatMadeIt) {
  Start("running");
  EXPECT_EQ(server_->requests(), 0);
  Get(absl::StrCat(server_->root_url(), "/api/queue/v1/task/", kSmallTarget));
  Get(server_->SourceUrl("api.github.com/repos/mozilla-releng/adhoc-signing"));
  EXPECT_EQ(server_->requests(), 2);
}

TEST_F(ChainServerTest, SleepsBeforeEachAnswer) {
  Start("running", absl::Milliseconds(50));
  for (const std::string& url :
       {absl::StrCat(server_->root_url(), "/api/queue/v1/task/", kSmallTarget),
        server_->SourceUrl("api.github.com/repos/mozilla-releng/adhoc-signing")}) {
    const absl::Duration begin = clock_.Monotonic();
    Get(url);
    EXPECT_GE(clock_.Monotonic() - begin, absl::Milliseconds(50)) << url;
  }
}

}  // namespace
}  // namespace cot
