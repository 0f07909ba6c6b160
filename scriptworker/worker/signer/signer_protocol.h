// SPDX-License-Identifier: MPL-2.0
//
// What the worker and its signer process say to each other over a stream
// socket. A frame is
//
//   1 byte   kind
//   4 bytes  length of the payload, most significant first
//   n bytes  payload
//
//   kind            payload                                    answer
//   L  load         absolute path of the key file, no NUL      K or E
//   S  sign         the message, up to 64 MiB                  G or E
//   K  public key   32 bytes
//   G  signature    64 bytes
//   E  error        a sentence, up to 4 KiB
//
// The worker asks, the signer answers, one at a time. Nothing that is sent holds
// the key. Whoever receives anything else gives the connection up.

#ifndef SCRIPTWORKER_WORKER_SIGNER_SIGNER_PROTOCOL_H_
#define SCRIPTWORKER_WORKER_SIGNER_SIGNER_PROTOCOL_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace scriptworker::worker {

inline constexpr size_t kMaxSignedBytes = size_t{64} << 20;

struct SignerFrame {
  enum class Kind : char {
    kLoad = 'L',
    kSign = 'S',
    kPublicKey = 'K',
    kSignature = 'G',
    kError = 'E',
  };
  Kind kind = Kind::kError;
  std::string payload = {};
};

// REQUIRES: the payload is one that the kind may have.
std::string FormatSignerFrame(const SignerFrame& frame);

// Takes the first frame off `buffer`. nullopt: it is not complete yet.
// kInvalidArgument: no frame begins so (unknown kind, a length or a path that
// the kind cannot have), which is known as soon as the header is there.
absl::StatusOr<std::optional<SignerFrame>> TakeSignerFrame(std::string& buffer);

// kInvalidArgument: the payload is none of this kind, nothing was sent. Other
// errors: the other side is gone. Never raises SIGPIPE.
absl::Status SendSignerFrame(int socket, const SignerFrame& frame);

// Blocks until one frame is there. kUnavailable: the other side has closed;
// kDeadlineExceeded: the socket's own time limit (SO_RCVTIMEO) is over;
// kInvalidArgument: what came is no frame, or more than one.
absl::StatusOr<SignerFrame> ReceiveSignerFrame(int socket);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_SIGNER_SIGNER_PROTOCOL_H_
