// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/check/machine_check.h"

#include <sys/stat.h>

#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/ordinary_user.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/worker/check/check.h"
#include "scriptworker/worker/config/config.h"
#include "scriptworker/worker/testing/check_is.h"

namespace scriptworker::worker {
namespace {

using Outcome = Check::Outcome;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::FieldsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kSeed = "28CK5/8euw24MoBnQ8Tv2HwaSccf7yORrC/BYnSk+yY=";

class MachineCheckTest : public testing::Test {
 protected:
  MachineCheckTest() {
    config_.directories = {.work_dir = temp_.Path("work"),
                           .artifact_dir = temp_.Path("artifacts"),
                           .task_log_dir = temp_.Path("artifacts/public/logs"),
                           .log_dir = temp_.Path("log")};
    config_.script.argv = {"bash", "-c", "true"};
    config_.signing.private_key_path = temp_.Write("key", kSeed);
    config_.verification.verify_chain_of_trust = true;
    config_.verification.verify_cot_signature = true;
    config_.verification.cot_product = "firefox";
    config_.verification.cot_job_type = "signing";
    environment_.Set("PATH", "/usr/local/bin:/usr/bin:/bin");
  }
  std::vector<Check> Run() const { return CheckMachine(config_, environment_); }

  const TempDir temp_;
  Config config_;
  Environment environment_;
};

TEST_F(MachineCheckTest, AMachineThatIsReadyFailsNothingAndIsNotChanged) {
  const std::vector<Check> checks = Run();
  EXPECT_THAT(checks, Each(Field(&Check::outcome, Not(Outcome::kFailed))));
  EXPECT_THAT(checks, Contains(Field(&Check::text, HasSubstr("it will be made"))).Times(4));
  EXPECT_THAT(checks, Contains(CheckIs(Outcome::kOk, "task_script", "bash")));
  EXPECT_THAT(checks,
              Contains(CheckIs(Outcome::kOk, "chain of trust", "firefox, with signatures")));
  EXPECT_FALSE(std::filesystem::exists(config_.directories.work_dir));
}

TEST_F(MachineCheckTest, TheFolderForTemporaryFilesIsNamed) {
  environment_.Set("TMPDIR", temp_.path());
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kOk, "temporary files", temp_.path())));
  environment_.Set("TMPDIR", temp_.Path("missing"));
  EXPECT_THAT(Run(), Contains(FieldsAre(Outcome::kOk, "temporary files",
                                        AnyOf("/tmp", "/var/tmp", "/usr/tmp", "."))));
}

TEST_F(MachineCheckTest, TheSigningKeyIsNamedByItsPublicHalfAlone) {
  const std::vector<Check> checks = Run();
  EXPECT_THAT(checks, Contains(CheckIs(Outcome::kOk, "signing key", "public key ")));
  EXPECT_THAT(checks, Each(Field(&Check::text, Not(HasSubstr(std::string(kSeed))))));
}

TEST_F(MachineCheckTest, FoldersThatCannotBeUsedFail) {
  struct Case {
    std::string_view name;
    std::string work_dir;
    std::string_view why;
  };
  temp_.Write("plain", "a file");
  std::filesystem::create_directory_symlink("/tmp", temp_.Path("link"));
  const Case cases[] = {
      {"a file", temp_.Path("plain"), "is no folder"},
      {"below a file", temp_.Path("plain/work"), "Not a directory"},
      {"a link, which is never followed", temp_.Path("link"), "symbolic link"},
      {"may not be written", "/proc/sys", "cannot use it"},
      {"may not be made", "/proc/sys/work", "cannot be made in /proc/sys"},
      {"may not be made by the superuser either", "/proc/work", "cannot be made in /proc"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    config_.directories.work_dir = c.work_dir;
    EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kFailed, "work_dir", std::string(c.why))));
  }
}

TEST_F(MachineCheckTest, AStateFolderThatWasAskedForHasToBeUsable) {
  config_.directories.state_dir = "/proc/sys/state";
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kFailed, "state_dir", "cannot be made")));
  config_.directories.state_dir_is_default = true;
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kWarning, "state_dir", "cannot be made")));
}

TEST_F(MachineCheckTest, WhatIsKeptIsTriedOutInItsFolderWhichStaysAsItWas) {
  temp_.Write("state/file", "kept");
  config_.directories.state_dir = temp_.Path("state");
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kOk, "state_dir", temp_.Path("state"))));
  const std::filesystem::directory_iterator entries(temp_.Path("state"));
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
  config_.directories.state_dir = "/proc";
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kFailed, "state_dir", "/proc: ")));
}

TEST_F(MachineCheckTest, ALogThatThisUserMayNotWriteFails) {
  const std::string log = temp_.Write("log/worker.log", "a line\n");
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kOk, "log_dir", temp_.Path("log"))));
  ASSERT_EQ(::chmod(log.c_str(), 0400), 0);
  const OrdinaryUser ordinary;
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kFailed, "log_dir", log + ": user")));
}

TEST_F(MachineCheckTest, AFolderInPlaceOfTheLogFails) {
  temp_.Write("log/worker.log/file", "");
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kFailed, "log_dir", "Is a directory")));
}

TEST_F(MachineCheckTest, AJournalThatThisUserMayNotUseFails) {
  const std::string journal = temp_.Write("state/run.journal", "");
  config_.directories.state_dir = temp_.Path("state");
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kOk, "state_dir", temp_.Path("state"))));
  std::filesystem::create_hard_link(journal, temp_.Path("second name"));
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kFailed, "state_dir", "with one name")));
  std::filesystem::remove(temp_.Path("second name"));
  ASSERT_EQ(::chmod(journal.c_str(), 0400), 0);
  const OrdinaryUser ordinary;
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kFailed, "state_dir", journal + ": user")));
}

TEST_F(MachineCheckTest, AJournalThatMayHoldARunHasToBeUsableAtTheDefaultPlaceToo) {
  const std::string journal = temp_.Write("state/run.journal", "");
  std::filesystem::create_hard_link(journal, temp_.Path("second name"));
  config_.directories.state_dir = temp_.Path("state");
  config_.directories.state_dir_is_default = true;
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kWarning, "state_dir", "with one name")));
  temp_.Write("state/run.journal", "of a run");
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kFailed, "state_dir", "with one name")));
}

TEST_F(MachineCheckTest, AFolderThatCannotBeEmptiedFails) {
  // Other file systems are mounted there, and for a user it is the superuser's.
  config_.directories.work_dir = "/dev";
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kFailed, "work_dir", "/dev")));
}

TEST_F(MachineCheckTest, ASchemaThatIsNoneFails) {
  config_.signing.schema_path = temp_.Write("schema.json", R"({"type": "object"})");
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kOk, "cot_schema_path", temp_.Path("schema"))));
  temp_.Write("schema.json", R"({"type": 5, )");
  EXPECT_THAT(Run(),
              Contains(CheckIs(Outcome::kFailed, "cot_schema_path", temp_.Path("schema.json:1"))));
  temp_.Write("schema.json", R"({"type": 5})");
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kFailed, "cot_schema_path", "schema.json: ")));
}

TEST_F(MachineCheckTest, TheLogFolderMayBeALink) {
  std::filesystem::create_directory_symlink(temp_.path(), temp_.Path("log"));
  EXPECT_THAT(Run(), Not(Contains(CheckIs(Outcome::kFailed, "log_dir", ""))));
}

TEST_F(MachineCheckTest, LittleSpaceIsAWarningAndNoneAFailure) {
  EXPECT_THAT(JudgeFreeSpace("work_dir", "/w", int64_t{5} << 30),
              CheckIs(Outcome::kOk, "work_dir", "/w, 5.0 GiB free"));
  EXPECT_THAT(JudgeFreeSpace("work_dir", "/w", int64_t{12} << 20),
              CheckIs(Outcome::kWarning, "work_dir", "/w, 12 MiB free"));
  EXPECT_THAT(JudgeFreeSpace("work_dir", "/w", 4096),
              CheckIs(Outcome::kFailed, "work_dir", "/w, 0 MiB free"));
}

TEST_F(MachineCheckTest, AKeyThatCannotSignFails) {
  config_.signing.private_key_path = temp_.Write("bad", "no key");
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kFailed, "signing key", temp_.Path("bad"))));
  config_.signing.private_key_path = temp_.Path("missing");
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kFailed, "signing key", temp_.Path("missing"))));
  config_.signing.sign_chain_of_trust = false;
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kWarning, "signing key", "not signed")));
}

TEST_F(MachineCheckTest, AScriptThatCannotBeStartedFails) {
  config_.script.argv = {"no-such-program"};
  EXPECT_THAT(Run(), Contains(FieldsAre(Outcome::kFailed, "task_script",
                                        StartsWith("no-such-program: not found in PATH ("))));
  config_.script.argv = {temp_.Write("text", "no program")};
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kFailed, "task_script", temp_.Path("text"))));
  config_.script.argv = {temp_.path()};
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kFailed, "task_script", temp_.path())));
}

TEST_F(MachineCheckTest, AnArgumentThatNamesAMissingFileIsAWarning) {
  config_.script.argv = {"bash", temp_.Path("script.sh"), "--verbose"};
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kWarning, "task_script", temp_.Path("script.sh"))));
}

TEST_F(MachineCheckTest, ASandboxThatCannotBeHadFails) {
  config_.sandbox.script_user = "no-such-user";
  EXPECT_THAT(Run(), Contains(FieldsAre(Outcome::kFailed, "sandbox",
                                        StartsWith("script_user: this machine has no user"))));
}

TEST_F(MachineCheckTest, AHiddenPathThatIsNotThereIsAWarning) {
  config_.sandbox.landlock = true;
  config_.sandbox.hidden = {temp_.Path("typo")};
  EXPECT_THAT(Run(),
              Contains(FieldsAre(Outcome::kWarning, "sandbox",
                                 AnyOf(StartsWith("hidden: there is no " + temp_.Path("typo")),
                                       StartsWith("landlock: this kernel has no")))));
}

TEST_F(MachineCheckTest, WhereTheWorkerIsWatchedIsChecked) {
  config_.watching = {.status_socket = temp_.Path("missing/s"), .health_address = "192.0.2.1:80"};
  const std::vector<Check> checks = Run();
  EXPECT_THAT(checks, Contains(CheckIs(Outcome::kFailed, "status_socket", temp_.Path("missing"))));
  EXPECT_THAT(checks, Contains(CheckIs(Outcome::kFailed, "health_address", "192.0.2.1:80")));
}

TEST_F(MachineCheckTest, UnverifiedChainsAreAWarning) {
  config_.verification.verify_cot_signature = false;
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kWarning, "chain of trust", "no signature")));
  config_.verification.verify_chain_of_trust = false;
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kWarning, "chain of trust", "not verified")));
}

TEST_F(MachineCheckTest, AJobTypeThatNoTaskHasFails) {
  config_.verification.cot_job_type = "sign";
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kFailed, "chain of trust",
                                      "cot_job_type \"sign\" is none of action, balrog")));
  config_.verification.verify_chain_of_trust = false;
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kWarning, "chain of trust", "not verified")));
}

TEST_F(MachineCheckTest, TheSecretForWorkerManagerHasToHaveItsForm) {
  config_.worker_management = {.provider = "static", .secret_path = temp_.Write("s", "too short")};
  EXPECT_THAT(Run(),
              Contains(CheckIs(Outcome::kFailed, "worker_manager_secret_path", temp_.Path("s"))));
  temp_.Write("s", std::string(44, 'a'));
  EXPECT_THAT(Run(),
              Contains(CheckIs(Outcome::kOk, "worker_manager_secret_path", temp_.Path("s"))));
}

TEST_F(MachineCheckTest, FilesThatAreReadLaterHaveToBeThere) {
  config_.signing.schema_path = temp_.Path("schema.json");
  config_.network.ca_bundle = temp_.Path("ca.pem");
  const std::vector<Check> checks = Run();
  EXPECT_THAT(checks, Contains(CheckIs(Outcome::kFailed, "cot_schema_path", "schema.json")));
  EXPECT_THAT(checks, Contains(CheckIs(Outcome::kFailed, "ca_bundle", "ca.pem")));
  temp_.Write("ca.pem", "");
  EXPECT_THAT(Run(), Contains(CheckIs(Outcome::kOk, "ca_bundle", "ca.pem")));
}

}  // namespace
}  // namespace scriptworker::worker
