// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/signer/signer_protocol.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/ed25519.h"

namespace scriptworker::worker {
namespace {

using Kind = SignerFrame::Kind;

constexpr size_t kHeaderSize = 5;
constexpr size_t kMaxText = 4096;
constexpr size_t kChunk = size_t{64} << 10;

struct Sizes {
  size_t least, most;
};

// nullopt: no kind has this letter.
std::optional<Sizes> SizesOf(char kind) {
  switch (static_cast<Kind>(kind)) {
    case Kind::kLoad:
      return Sizes{1, kMaxText};
    case Kind::kSign:
      return Sizes{0, kMaxSignedBytes};
    case Kind::kPublicKey:
      return Sizes{crypto::kEd25519PublicKeySize, crypto::kEd25519PublicKeySize};
    case Kind::kSignature:
      return Sizes{crypto::kEd25519SignatureSize, crypto::kEd25519SignatureSize};
    case Kind::kError:
      return Sizes{0, kMaxText};
  }
  return std::nullopt;
}

absl::Status CheckSize(char kind, size_t size) {
  const std::optional<Sizes> sizes = SizesOf(kind);
  if (!sizes.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("signer: no frame has the kind ", static_cast<unsigned char>(kind)));
  }
  if (size < sizes->least || size > sizes->most) {
    return absl::InvalidArgumentError(absl::StrCat(
        "signer: a frame of kind ", std::string_view(&kind, 1), " cannot have ", size, " bytes"));
  }
  return absl::OkStatus();
}

absl::Status CheckPayload(Kind kind, std::string_view payload) {
  if (kind == Kind::kLoad &&
      (payload.front() != '/' || payload.find('\0') != std::string_view::npos)) {
    return absl::InvalidArgumentError("signer: the key file has to have an absolute path");
  }
  return absl::OkStatus();
}

}  // namespace

std::string FormatSignerFrame(const SignerFrame& frame) {
  const auto size = static_cast<uint32_t>(frame.payload.size());
  std::string text(1, static_cast<char>(frame.kind));
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    text.push_back(static_cast<char>(size >> shift & 0xFFU));
  }
  return text.append(frame.payload);
}

absl::StatusOr<std::optional<SignerFrame>> TakeSignerFrame(std::string& buffer) {
  if (buffer.empty()) return std::nullopt;
  if (!SizesOf(buffer[0]).has_value()) return CheckSize(buffer[0], 0);
  if (buffer.size() < kHeaderSize) return std::nullopt;
  size_t size = 0;
  for (size_t i = 1; i < kHeaderSize; ++i)
    size = size << 8U | static_cast<unsigned char>(buffer[i]);
  SW_RETURN_IF_ERROR(CheckSize(buffer[0], size));
  if (buffer.size() - kHeaderSize < size) return std::nullopt;
  SignerFrame frame{.kind = static_cast<Kind>(buffer[0]),
                    .payload = buffer.substr(kHeaderSize, size)};
  SW_RETURN_IF_ERROR(CheckPayload(frame.kind, frame.payload));
  buffer.erase(0, kHeaderSize + size);
  return frame;
}

absl::Status SendSignerFrame(int socket, const SignerFrame& frame) {
  SW_RETURN_IF_ERROR(CheckSize(static_cast<char>(frame.kind), frame.payload.size()));
  SW_RETURN_IF_ERROR(CheckPayload(frame.kind, frame.payload));
  const std::string text = FormatSignerFrame(frame);
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t sent = ::send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) {
      return absl::DeadlineExceededError("signer: the other side does not listen");
    }
    if (sent <= 0) return absl::UnavailableError("signer: the other side has closed");
    rest.remove_prefix(static_cast<size_t>(sent));
  }
  return absl::OkStatus();
}

absl::StatusOr<SignerFrame> ReceiveSignerFrame(int socket) {
  std::string buffer;
  while (true) {
    SW_ASSIGN_OR_RETURN(std::optional<SignerFrame> frame, TakeSignerFrame(buffer));
    if (frame.has_value()) {
      if (buffer.empty()) return *std::move(frame);
      return absl::InvalidArgumentError("signer: more came than was asked for");
    }
    const size_t size = buffer.size();
    buffer.resize(size + kChunk);
    const ssize_t got = ::recv(socket, buffer.data() + size, kChunk, 0);
    buffer.resize(size + static_cast<size_t>(std::max(got, ssize_t{0})));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) {
      return absl::DeadlineExceededError("signer: the other side does not answer");
    }
    if (got <= 0) return absl::UnavailableError("signer: the other side has closed");
  }
}

}  // namespace scriptworker::worker
