// SPDX-License-Identifier: MPL-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/worker/journal/journal_entry.h"

// Any bytes are a slot, an empty one or an error; so is any text with a right
// digest. What was read is written and read alike.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using ::scriptworker::worker::FormatJournalSlot;
  using ::scriptworker::worker::JournalSlot;
  using ::scriptworker::worker::ParseJournalSlot;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const bool readable = ParseJournalSlot(text).ok();
  (void)readable;
  const std::string slot =
      absl::StrCat("scriptworker-journal 1 1 ", text.size(), " ",
                   scriptworker::crypto::HexEncode(scriptworker::crypto::Sha256(text)), "\n", text);
  const absl::StatusOr<std::optional<JournalSlot>> parsed = ParseJournalSlot(slot);
  if (!parsed.ok()) return 0;
  const std::string again(FormatJournalSlot((*parsed)->entry, 1).reveal());
  const absl::StatusOr<std::optional<JournalSlot>> reread = ParseJournalSlot(again);
  if (!reread.ok() || FormatJournalSlot((*reread)->entry, 1).reveal() != again) std::abort();
  return 0;
}
