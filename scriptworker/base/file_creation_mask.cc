// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/base/file_creation_mask.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/base/file.h"

namespace scriptworker {

mode_t FileCreationMask() {
  constexpr std::string_view kField = "\nUmask:\t";
  constexpr mode_t kStrictest = 077;
  const absl::StatusOr<std::string> status = ReadFile("/proc/self/status");
  const size_t field = status.ok() ? status->find(kField) : std::string::npos;
  if (field == std::string::npos) return kStrictest;
  mode_t mask = 0;
  for (size_t i = field + kField.size(); i < status->size() && (*status)[i] != '\n'; ++i) {
    const char digit = (*status)[i];
    if (digit < '0' || digit > '7') return kStrictest;
    mask = mask << 3U | static_cast<mode_t>(digit - '0');
  }
  return mask & mode_t{0777};
}

}  // namespace scriptworker
