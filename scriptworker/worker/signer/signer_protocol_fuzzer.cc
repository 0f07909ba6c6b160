// SPDX-License-Identifier: MPL-2.0
//
// Whatever comes over the socket: frames are taken off one by one, and each is
// made of exactly the bytes that it would be sent as.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/log/check.h"
#include "absl/status/statusor.h"
#include "scriptworker/worker/signer/signer_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using scriptworker::worker::SignerFrame;
  std::string buffer(reinterpret_cast<const char*>(data), size);
  while (true) {
    const std::string before = buffer;
    const absl::StatusOr<std::optional<SignerFrame>> frame =
        scriptworker::worker::TakeSignerFrame(buffer);
    if (!frame.ok() || !frame->has_value()) {
      CHECK_EQ(buffer, before);
      return 0;
    }
    CHECK_EQ(FormatSignerFrame(**frame) + buffer, before);
  }
}
