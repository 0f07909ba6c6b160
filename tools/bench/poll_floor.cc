// SPDX-License-Identifier: MPL-2.0
//
//   tools/bazel run --config=opt //tools/bench:poll_floor
//
// What of an idle worker's poll is the kernel's on this machine: a client that sends a
// request over loopback, waits, receives the answer and does nothing else. The server is
// a process of its own and answers after a pause, as a queue without tasks does. With a
// pause everything is out of the caches by then.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/log/check.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker {
namespace {

// Those of claimWork without a task.
constexpr size_t kRequestBytes = 472;
constexpr size_t kAnswerBytes = 313;

sockaddr* Generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

void Receive(int socket, size_t bytes) {
  char buffer[16384];
  while (bytes > 0) {
    pollfd polled = {.fd = socket, .events = POLLIN, .revents = 0};
    CHECK_EQ(poll(&polled, 1, -1), 1);
    const ssize_t got = recv(socket, buffer, bytes, 0);
    if (got <= 0) _exit(0);
    bytes -= static_cast<size_t>(got);
  }
}

void Send(int socket, size_t bytes) {
  const std::string text(bytes, 'x');
  CHECK_EQ(send(socket, text.data(), bytes, MSG_NOSIGNAL), static_cast<ssize_t>(bytes));
}

[[noreturn]] void Serve(int listener, absl::Duration pause) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const UniqueFd connection(accept(listener, nullptr, nullptr));
  while (true) {
    Receive(connection.get(), kRequestBytes);
    absl::SleepFor(pause);
    Send(connection.get(), kAnswerBytes);
  }
}

double CpuMilliseconds() {
  timespec now = {};
  CHECK_EQ(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
  return absl::ToDoubleMilliseconds(absl::DurationFromTimespec(now));
}

int Main(int argc, char** argv) {
  CLI::App app("Measure what a request over loopback costs at least.", "poll_floor");
  app.footer("Exit status: 0 measured, 2 wrong usage.");
  int pause_ms = 20;
  int requests = 300;
  app.add_option("--pause-ms", pause_ms, "before each request (default: 20)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N");
  app.add_option("--requests", requests, "how many (default: 300)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }

  const UniqueFd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  CHECK_EQ(bind(listener.get(), Generic(address), size), 0);
  CHECK_EQ(listen(listener.get(), 1), 0);
  CHECK_EQ(getsockname(listener.get(), Generic(address), &size), 0);
  const pid_t server = fork();
  CHECK_GE(server, 0);
  if (server == 0) Serve(listener.get(), absl::Milliseconds(pause_ms));

  const UniqueFd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  CHECK_EQ(connect(client.get(), Generic(address), size), 0);
  const int one = 1;
  CHECK_EQ(setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)), 0);
  const double before = CpuMilliseconds();
  for (int i = 0; i < requests; ++i) {
    Send(client.get(), kRequestBytes);
    Receive(client.get(), kAnswerBytes);
  }
  std::cout << absl::StreamFormat("%.4f ms of CPU per request, each after a pause of %d ms\n",
                                  (CpuMilliseconds() - before) / requests, pause_ms);
  return 0;
}

}  // namespace
}  // namespace scriptworker

int main(int argc, char** argv) { return scriptworker::Main(argc, argv); }
