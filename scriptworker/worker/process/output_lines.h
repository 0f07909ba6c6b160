// SPDX-License-Identifier: MPL-2.0
//
// Cuts what a script prints into the lines that go to the logs, in constant
// memory whatever the script prints.

#ifndef SCRIPTWORKER_WORKER_PROCESS_OUTPUT_LINES_H_
#define SCRIPTWORKER_WORKER_PROCESS_OUTPUT_LINES_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "scriptworker/worker/log/secret_redactor.h"

namespace scriptworker::worker {

// As the reference: a line is passed on with its newline once it is complete;
// a line longer than kMaxPiece comes in pieces (none of which cuts a UTF-8
// sequence or a known secret in two); the last line may lack its newline.
// Known secrets are replaced. One object for each pipe. Thread-compatible.
class OutputLines {
 public:
  static constexpr size_t kMaxPiece = 64 << 10;

  using Emit = absl::FunctionRef<void(std::string_view line)>;

  // `redactor` must outlive this object.
  explicit OutputLines(const SecretRedactor& redactor) : redactor_(redactor) {}

  void Feed(std::string_view bytes, Emit emit);
  // The end of the pipe: passes on what is left.
  void Finish(Emit emit);

 private:
  void EmitPiece(Emit emit);

  const SecretRedactor& redactor_;
  std::string buffer_;
};

// The text of a line: itself if it is UTF-8, else Python's representation of
// bytes, b'caf\xe9\n', where the newline is two characters as well.
std::string DisplayText(std::string_view line);

// The same without white space (as Python understands it) at the end, for the worker's log.
std::string TrimmedDisplayText(std::string_view line);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PROCESS_OUTPUT_LINES_H_
