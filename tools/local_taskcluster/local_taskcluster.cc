// SPDX-License-Identifier: MPL-2.0

#include "tools/local_taskcluster/local_taskcluster.h"

#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "httplib.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/client.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster_options.h"
#include "scriptworker/taskcluster/testing/wire.h"
#include "tools/local_taskcluster/connection_threads.h"
#include "tools/local_taskcluster/http_front.h"

namespace scriptworker::tools {
namespace {

using taskcluster::fake::WireReply;
using taskcluster::fake::WireRequest;

constexpr char kHost[] = "127.0.0.1";
constexpr char kAnyPath[] = R"([\s\S]*)";
constexpr size_t kMaxConnections = 900;  // httplib waits by select()
constexpr int kBacklog = 512;
constexpr time_t kKeepAliveSeconds = 90;  // as the real queue

}  // namespace

void MakeTokensRandom(taskcluster::FakeTaskclusterOptions& options) {
  absl::BitGen random;
  options.seed = absl::Uniform<uint64_t>(random);
  for (taskcluster::fake::Client& client : options.clients) {
    client.access_token = absl::StrCat(taskcluster::TaskId::Random(random).str(),
                                       taskcluster::TaskId::Random(random).str());
  }
}

class LocalTaskcluster::Server {
 public:
  explicit Server(LocalTaskclusterOptions options) : options_(std::move(options)) {
    server_.new_task_queue = [] { return new ConnectionThreads(kMaxConnections); };
    server_.set_tcp_nodelay(true);
    server_.set_keep_alive_timeout(kKeepAliveSeconds);
    server_.set_keep_alive_max_count(1'000'000'000);
    server_.set_socket_options([this](socket_t socket) {
      // Not httplib's SO_REUSEPORT, with which two servers can share a port.
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
      listener_ = socket;
    });
    server_.set_pre_routing_handler([](const httplib::Request& request, httplib::Response&) {
      DisarmRequest(const_cast<httplib::Request&>(request));
      return httplib::Server::HandlerResponse::Unhandled;
    });
    const auto without_body = [this](const httplib::Request& request, httplib::Response& response) {
      Handle(request, response, nullptr);
    };
    const auto with_body = [this](const httplib::Request& request, httplib::Response& response,
                                  const httplib::ContentReader& reader) {
      Handle(request, response, &reader);
    };
    server_.Get(kAnyPath, without_body);
    server_.Post(kAnyPath, with_body);
    server_.Put(kAnyPath, with_body);
    server_.Delete(kAnyPath, with_body);
  }

  ~Server() {
    stopping_ = true;
    if (fake_ != nullptr) fake_->Shutdown();
    server_.stop();
    if (listen_.joinable()) listen_.join();
  }

  absl::Status Start(Clock& clock) {
    const int port = options_.port == 0                           ? server_.bind_to_any_port(kHost)
                     : server_.bind_to_port(kHost, options_.port) ? options_.port
                                                                  : -1;
    if (port <= 0) {
      return absl::UnavailableError(
          absl::StrCat("cannot listen on ", kHost, ":", options_.port, "; is the port taken?"));
    }
    // httplib's own backlog is too small for many clients at once.
    ::listen(listener_, kBacklog);
    options_.fake.root_url = absl::StrCat("http://", kHost, ":", port);
    options_.fake.storage_url = absl::StrCat(options_.fake.root_url, "/storage");
    fake_ = std::make_unique<taskcluster::FakeTaskcluster>(clock, options_.fake);
    listen_ = std::thread([this] { server_.listen_after_bind(); });
    server_.wait_until_ready();
    return absl::OkStatus();
  }

  taskcluster::FakeTaskcluster* fake() { return fake_.get(); }

 private:
  void Handle(const httplib::Request& request, httplib::Response& response,
              const httplib::ContentReader* reader) {
    WireRequest wire = ToWire(request);
    const bool has_body = reader != nullptr && (wire.headers.contains("Content-Length") ||
                                                wire.headers.contains("Transfer-Encoding"));
    bool consumed = !has_body;
    const auto read_body =
        [&](const std::function<absl::Status(std::string_view)>& sink) -> absl::Status {
      consumed = true;
      absl::Status status = absl::OkStatus();
      const bool whole = (*reader)([&](const char* data, size_t size) {
        if (status.ok()) status = sink(std::string_view(data, size));
        return true;
      });
      if (!whole) return absl::DataLossError("the body did not arrive as a whole");
      return status;
    };
    const bool upload = absl::StartsWith(wire.target, "/storage/");
    if (has_body && upload) {
      wire.read_body = read_body;
    } else if (has_body) {
      const absl::Status status = read_body([&wire](std::string_view piece) {
        wire.body.append(piece);
        return absl::OkStatus();
      });
      if (!status.ok()) return CloseConnection(request);
    }
    if (options_.latency > absl::ZeroDuration()) absl::SleepFor(options_.latency);
    const WireReply reply = fake_->Serve(wire);
    // What is left of the body would be taken for the next request.
    if (!consumed) read_body([](std::string_view) { return absl::OkStatus(); }).IgnoreError();
    if (reply.delivery == WireReply::Delivery::kNever) {
      while (!stopping_ && !request.is_connection_closed()) absl::SleepFor(absl::Milliseconds(20));
    }
    if (reply.delivery == WireReply::Delivery::kNever ||
        reply.delivery == WireReply::Delivery::kReset) {
      return CloseConnection(request);
    }
    FromWire(request, reply, options_.compress && !upload, response);
  }

  LocalTaskclusterOptions options_;
  std::unique_ptr<taskcluster::FakeTaskcluster> fake_;
  httplib::Server server_;
  socket_t listener_ = INVALID_SOCKET;
  std::atomic<bool> stopping_ = false;
  std::thread listen_;
};

absl::StatusOr<std::unique_ptr<LocalTaskcluster>> LocalTaskcluster::Start(
    Clock& clock, LocalTaskclusterOptions options) {
  auto server = std::make_unique<Server>(std::move(options));
  if (absl::Status status = server->Start(clock); !status.ok()) return status;
  return std::unique_ptr<LocalTaskcluster>(new LocalTaskcluster(std::move(server)));
}

LocalTaskcluster::LocalTaskcluster(std::unique_ptr<Server> server)
    : server_(std::move(server)), fake_(server_->fake()) {}

LocalTaskcluster::~LocalTaskcluster() = default;

}  // namespace scriptworker::tools
