// SPDX-License-Identifier: MPL-2.0
//
// No answer of a queue crashes the worker; what is read is usable.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/taskcluster/artifact_list.h"
#include "scriptworker/taskcluster/queue_error.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_status.h"

namespace tc = ::scriptworker::taskcluster;
namespace json = ::scriptworker::json;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto error = tc::GetQueueError(tc::MakeQueueError("fuzz", tc::ParseQueueError(400, text)));
  CHECK(error.has_value());
  const auto value = json::Parse(text);
  if (!value.ok()) return 0;
  const json::Reader reader(*value, "fuzz");
  if (const auto claims = tc::ParseClaimedTasks(reader); claims.ok()) {
    for (const tc::ClaimedTask& claim : *claims) {
      CHECK_EQ(claim.task_id.str().size(), 22u);
      CHECK_GE(claim.run_id, 0);
      CHECK(!claim.task.ok() || claim.task->payload().is_object());
    }
  }
  (void)tc::ParseReclaim(reader);
  (void)tc::TaskStatus::FromAnswer(reader);
  (void)tc::ParseArtifactPage(reader);
  (void)tc::TaskDefinition::FromJson(*value, "fuzz");
  return 0;
}
