// SPDX-License-Identifier: MPL-2.0
//
//   tools/bazel run --config=opt //scriptworker/crypto:hash_benchmark

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "absl/log/check.h"
#include "benchmark/benchmark.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/crypto/hash.h"

namespace scriptworker::crypto {
namespace {

void BM_Hash(benchmark::State& state, HashAlgorithm algorithm) {
  const std::string bytes(static_cast<size_t>(state.range(0)), 'x');
  Hasher hasher(algorithm);
  for (auto _ : state) {
    hasher.Update(bytes);
    benchmark::DoNotOptimize(hasher.Finish());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK_CAPTURE(BM_Hash, sha256, HashAlgorithm::kSha256)->Range(64, 1 << 20);
BENCHMARK_CAPTURE(BM_Hash, sha512, HashAlgorithm::kSha512)->Range(64, 1 << 20);

void BM_HashFile(benchmark::State& state) {
  std::string path = "/tmp/hash_benchmark.XXXXXX";
  const UniqueFd fd(::mkostemp(path.data(), O_CLOEXEC));
  PCHECK(fd.valid() && ::unlink(path.c_str()) == 0) << path;
  const std::string bytes(64 << 20, 'x');
  const auto written = WriteAll(fd.get(), bytes, path);
  CHECK(written.ok()) << written;
  for (auto _ : state) {
    const auto digest = HashFileHex(HashAlgorithm::kSha256, fd.get(), path);
    CHECK(digest.ok()) << digest.status();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(bytes.size()));
}
BENCHMARK(BM_HashFile);

void BM_Ed25519Sign(benchmark::State& state) {
  const Ed25519PrivateKey key = Ed25519PrivateKey::Generate();
  const std::string message(4096, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(key.Sign(message));
}
BENCHMARK(BM_Ed25519Sign);

void BM_Ed25519Verify(benchmark::State& state) {
  const Ed25519PrivateKey key = Ed25519PrivateKey::Generate();
  const std::string message(4096, 'x');
  const std::string signature = key.Sign(message);
  for (auto _ : state) {
    CHECK(key.public_key().Verify(signature, message).ok());
  }
}
BENCHMARK(BM_Ed25519Verify);

void BM_Ed25519LoadPublicKey(benchmark::State& state) {
  const std::string text = Ed25519PrivateKey::Generate().public_key().ToBase64();
  for (auto _ : state) {
    CHECK(Ed25519PublicKey::FromBase64(text).ok());
  }
}
BENCHMARK(BM_Ed25519LoadPublicKey);

}  // namespace
}  // namespace scriptworker::crypto
