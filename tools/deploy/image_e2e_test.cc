// SPDX-License-Identifier: MPL-2.0
//
// The image as a root file system that holds nothing else: the worker in it
// claims and resolves a task.

#include <signal.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/task_builder.h"
#include "tools/local_taskcluster/local_taskcluster.h"
#include "tools/worker_site/running_worker.h"

namespace scriptworker {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::StartsWith;

int Shell(const std::string& command) {
  return std::system(command.c_str());  // NOLINT(cert-env33-c): the test's own words
}

TEST(ImageTest, IsAllThatAWorkerNeeds) {
  if (!IMAGE_IS_STATIC) {
    GTEST_SKIP() << "SKIPPED: the image of a sanitizer's build needs the machine's libraries";
  }
  if (Shell("unshare --map-root-user true") != 0) {
    GTEST_SKIP()
        << "SKIPPED: this machine lets nobody make a root file system of his own (unshare)";
  }
  const TempDir temp;
  const std::string root = temp.Path("root");
  ASSERT_EQ(
      Shell(absl::StrCat("mkdir ", root, " && for blob in ", TestFilePath("tools/deploy/image"),
                         "/blobs/sha256/*; do tar -tf $blob >/dev/null 2>&1 && tar -xf $blob "
                         "--no-same-owner -C ",
                         root, "; done; test -x ", root, "/usr/bin/scriptworker")),
      0);
  SystemClock clock;
  tools::LocalTaskclusterOptions options;
  options.fake.poll = absl::Milliseconds(200);
  const auto taskcluster = tools::LocalTaskcluster::Start(clock, options).value();
  taskcluster::FakeTaskcluster& fake = taskcluster->fake();
  temp.Write("root/etc/scriptworker/ed25519_private_key",
             "28CK5/8euw24MoBnQ8Tv2HwaSccf7yORrC/BYnSk+yY=");
  // The only program in there is its own script.
  temp.Write(
      "root/etc/scriptworker/scriptworker.yaml",
      absl::StrCat("taskcluster_root_url: ", taskcluster->root_url(), "\n",
                   "provisioner_id: test-provisioner\n", "worker_type: test-worker\n",
                   "worker_group: test-group\n", "worker_id: test-id\n",
                   "credentials: {clientId: ", fake.worker_credentials().client_id,
                   ", accessToken: ", fake.worker_credentials().access_token.reveal(), "}\n",
                   "task_script: [/usr/bin/scriptworker, --version]\n",
                   "work_dir: /builds/worker/work\n", "artifact_dir: /builds/worker/artifacts\n",
                   "task_log_dir: /builds/worker/artifacts/public/logs\n",
                   "log_dir: /builds/worker/log\n",
                   "ed25519_private_key_path: /etc/scriptworker/ed25519_private_key\n"));
  const taskcluster::TaskId id =
      fake.CreateTask(taskcluster::TaskBuilder(clock.Now()).Build()).value();
  tools::RunningWorker worker({"--map-root-user", absl::StrCat("--root=", root),
                               "/usr/bin/scriptworker", "/etc/scriptworker/scriptworker.yaml"},
                              temp.Path("output"), {}, "/usr/bin/unshare");
  AwaitTrue([&] { return !fake.Resolution(id, 0).empty(); });
  EXPECT_EQ(fake.Resolution(id, 0), "completed") << ReadFile(temp.Path("output")).value_or("");
  const auto log = fake.GetArtifact(id, 0, "public/logs/live_backing.log");
  ASSERT_TRUE(log.ok());
  EXPECT_THAT(log->content, AllOf(StartsWith("scriptworker "), EndsWith("exit code: 0\n")));
  worker.Signal(SIGTERM);
  EXPECT_EQ(worker.Wait(), 0);
}

}  // namespace
}  // namespace scriptworker
