// SPDX-License-Identifier: MPL-2.0
//
//   tools/bazel run --config=opt //scriptworker/http:poll_floor
//
// What of an idle worker's poll is the kernel's on this machine, and what is libcurl's: two
// clients that send a request over loopback, wait for the answer and do nothing else, one by
// system calls alone, one by libcurl. The server is a process of its own and answers after a
// pause, as a queue without tasks does. With a pause everything is out of the caches by then.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

#include "CLI/CLI.hpp"
#include "absl/functional/function_ref.h"
#include "absl/log/check.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "curl/curl.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::http {
namespace {

// About those of claimWork without a task.
constexpr size_t kRequestBytes = 472;
constexpr size_t kRequestBodyBytes = 60;
constexpr size_t kHeaderBytes = 200;
constexpr size_t kAnswerBodyBytes = 220;

// By its last byte the server knows that a request has come.
constexpr char kEnd = '!';

sockaddr* Generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

std::string Answer() {
  return absl::StrFormat(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
      kAnswerBodyBytes, std::string(kAnswerBodyBytes, 'x'));
}

// What has come, after waiting for it; empty at the end of the connection.
std::string_view Receive(int socket, char (&buffer)[16384]) {
  pollfd polled = {.fd = socket, .events = POLLIN, .revents = 0};
  CHECK_EQ(poll(&polled, 1, -1), 1);
  const ssize_t got = recv(socket, buffer, sizeof(buffer), 0);
  return {buffer, got > 0 ? static_cast<size_t>(got) : 0};
}

void Send(int socket, std::string_view text) {
  CHECK_EQ(send(socket, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
}

// Serves one connection after the other.
[[noreturn]] void Serve(int listener, absl::Duration pause) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  char buffer[16384];
  const std::string answer = Answer();
  while (true) {
    const UniqueFd connection(accept(listener, nullptr, nullptr));
    CHECK(connection.valid());
    while (true) {
      const std::string_view got = Receive(connection.get(), buffer);
      if (got.empty()) break;
      if (got.back() != kEnd) continue;
      absl::SleepFor(pause);
      Send(connection.get(), answer);
    }
  }
}

double CpuMilliseconds() {
  timespec now = {};
  CHECK_EQ(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
  return absl::ToDoubleMilliseconds(absl::DurationFromTimespec(now));
}

// CPU time of a request in milliseconds. The first, which connects, is not counted.
double Measure(int requests, absl::FunctionRef<void()> request) {
  request();
  const double before = CpuMilliseconds();
  for (int i = 0; i < requests; ++i) request();
  return (CpuMilliseconds() - before) / requests;
}

double MeasureSystemCalls(sockaddr_in server, int requests) {
  const UniqueFd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  CHECK_EQ(connect(client.get(), Generic(server), sizeof(server)), 0);
  const int one = 1;
  CHECK_EQ(setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)), 0);
  const std::string request = std::string(kRequestBytes - 1, 'x') + kEnd;
  const size_t answer = Answer().size();
  char buffer[16384];
  return Measure(requests, [&] {
    Send(client.get(), request);
    for (size_t got = 0; got < answer;) {
      const size_t more = Receive(client.get(), buffer).size();
      CHECK_GT(more, 0u);
      got += more;
    }
  });
}

size_t Discard(char* /*bytes*/, size_t size, size_t count, void* /*unused*/) {
  return size * count;
}

double MeasureLibcurl(sockaddr_in server, int requests) {
  struct Delete {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* headers) const { curl_slist_free_all(headers); }
  };
  const std::unique_ptr<CURL, Delete> handle(curl_easy_init());
  const std::unique_ptr<curl_slist, Delete> headers(
      curl_slist_append(nullptr, absl::StrCat("X: ", std::string(kHeaderBytes, 'x')).c_str()));
  const std::string url = absl::StrFormat("http://127.0.0.1:%d/api/queue/v1/claim-work/pool/type",
                                          ntohs(server.sin_port));
  const std::string body = std::string(kRequestBodyBytes - 1, 'x') + kEnd;
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, &Discard);
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_NOPROXY, "*");
  return Measure(requests, [&handle] { CHECK_EQ(curl_easy_perform(handle.get()), CURLE_OK); });
}

int Main(int argc, char** argv) {
  CLI::App app("Measure what a request over loopback costs at least.", "poll_floor");
  app.footer("Exit status: 0 measured, 2 wrong usage.");
  int pause_ms = 20;
  int requests = 300;
  app.add_option("--pause-ms", pause_ms, "before each answer (default: 20)")
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

  const double by_calls = MeasureSystemCalls(address, requests);
  const double by_libcurl = MeasureLibcurl(address, requests);
  std::cout << absl::StreamFormat(
      "CPU per request, each answered after %d ms: %.4f ms by system calls, %.4f ms by libcurl\n",
      pause_ms, by_calls, by_libcurl);
  kill(server, SIGKILL);
  return 0;
}

}  // namespace
}  // namespace scriptworker::http

int main(int argc, char** argv) { return scriptworker::http::Main(argc, argv); }
