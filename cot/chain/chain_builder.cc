// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/chain_builder.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/dependencies.h"
#include "cot/chain/link_id.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/taskcluster/queue_error.h"

namespace cot {
namespace {

using scriptworker::CancellationToken;
using scriptworker::Logger;
using scriptworker::TaskPool;
using scriptworker::taskcluster::TaskDefinition;
using scriptworker::taskcluster::TaskId;
using scriptworker::taskcluster::TaskReader;

class Builder {
 public:
  Builder(const ChainRequest& request, const std::vector<std::string>& scriptworker_provisioners,
          TaskReader& queue, TaskPool& queue_reads, Logger& logger,
          const CancellationToken& cancellation, std::vector<Finding>& findings)
      : request_(request),
        provisioners_(scriptworker_provisioners),
        queue_(queue),
        queue_reads_(queue_reads),
        logger_(logger),
        cancellation_(cancellation),
        findings_(findings) {}

  absl::StatusOr<Chain> Build(TaskDefinition target);

 private:
  // The tasks that `level` rests on and that were not seen before, in order; no more than one
  // over `room`.
  std::vector<LinkId> NextLevel(const std::vector<Link>& level, size_t room);
  absl::StatusOr<std::vector<Link>> Fetch(const std::vector<LinkId>& dependencies);
  // A finding is kept and OK returned; any other error is returned.
  absl::Status Keep(const absl::Status& error, const LinkId& dependency);
  bool IsTooDeep(const Link& link);
  // The target becomes a link as it is: its definition is not asked for again.
  void AddTarget(const Link& target, std::vector<Link>& links);
  void Announce(const LinkId& link) {
    if (request_.on_link_id != nullptr) request_.on_link_id(link);
  }
  void Announce(const Link& link) {
    if (request_.on_link != nullptr) request_.on_link(link);
  }

  const ChainRequest& request_;
  const std::vector<std::string>& provisioners_;
  TaskReader& queue_;
  TaskPool& queue_reads_;
  Logger& logger_;
  const CancellationToken& cancellation_;
  std::vector<Finding>& findings_;
  absl::flat_hash_set<TaskId> seen_;
  bool is_target_needed_ = false;  // as a link: it is to be checked, or a task rests on it
};

// Of a line of the log that lists the dependencies of one task.
constexpr size_t kMaxListedBytes = size_t{64} << 10;

std::string NameOf(const Link& link, const Dependency& dependency) {
  return absl::StrCat(link.name(), ":", dependency.type);
}

// A decision task belongs to its own group.
bool IsItself(const Link& link, const Dependency& dependency) {
  return link.type() == TaskType::kDecision && dependency.type == kParentType &&
         dependency.task_id == link.task_id();
}

std::string InPythonsWords(const Link& link, const std::vector<Dependency>& dependencies) {
  std::string text = "[";
  size_t listed = 0;
  for (; listed < dependencies.size() && text.size() < kMaxListedBytes; ++listed) {
    const Dependency& dependency = dependencies[listed];
    absl::StrAppend(&text, listed == 0 ? "" : ", ", "('", NameOf(link, dependency), "', '",
                    dependency.task_id.str(), "')");
  }
  text += "]";
  if (listed == dependencies.size()) return text;
  return absl::StrCat(text, " and ", dependencies.size() - listed, " more");
}

bool Builder::IsTooDeep(const Link& link) {
  const auto colons = std::count(link.name().begin(), link.name().end(), ':');
  if (colons <= request_.max_chain_length) return false;
  findings_.push_back(
      About(link.id(), Step::kBuildChain,
            {.violation = Violation::kChainTooDeep,
             .message = absl::StrCat("Too deep recursion!\n", link.name()),
             .expected = absl::StrCat("at most ", request_.max_chain_length, " steps"),
             .found = absl::StrCat(colons),
             .source = "max_chain_length"}));
  return true;
}

std::vector<LinkId> Builder::NextLevel(const std::vector<Link>& level, size_t room) {
  std::vector<LinkId> next;
  for (const Link& link : level) {
    if (cancellation_.cancelled()) break;
    logger_.Info(absl::StrCat("build_task_dependencies ", link.Label()));
    if (IsTooDeep(link)) continue;
    logger_.Info(absl::StrCat("find_sorted_task_dependencies ", link.Label()));
    const absl::StatusOr<std::vector<Dependency>> dependencies = FindDependencies(link);
    if (!dependencies.ok()) {
      findings_.push_back(FindingOf(dependencies.status()));
      continue;
    }
    logger_.Info(absl::StrCat("found dependencies: ", InPythonsWords(link, *dependencies)));
    for (const Dependency& dependency : *dependencies) {
      if (IsItself(link, dependency)) continue;
      if (dependency.task_id == request_.task_id) is_target_needed_ = true;
      if (!seen_.insert(dependency.task_id).second) continue;
      next.push_back({NameOf(link, dependency), dependency.task_id});
      if (next.size() > room) return next;
    }
  }
  return next;
}

absl::Status Builder::Keep(const absl::Status& error, const LinkId& dependency) {
  if (std::optional<Finding> finding = GetFinding(error)) {
    if (finding->task_id.empty()) *finding = About(dependency, finding->step, *finding);
    findings_.push_back(*std::move(finding));
    return absl::OkStatus();
  }
  const bool missing = absl::IsNotFound(error);
  // A definition of the wrong shape is the task's fault, not the network's.
  if (!missing && !scriptworker::taskcluster::IsWrongShape(error) &&
      !absl::IsInvalidArgument(error)) {
    return error;
  }
  findings_.push_back(
      About(dependency, Step::kBuildChain,
            {.violation = missing ? Violation::kTaskMissing : Violation::kMalformedTask,
             .message = absl::StrCat(dependency.Label(), ": ", error.message())}));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Link>> Builder::Fetch(const std::vector<LinkId>& dependencies) {
  for (const LinkId& dependency : dependencies) Announce(dependency);
  std::vector<absl::StatusOr<Link>> fetched(dependencies.size(), absl::UnknownError("not fetched"));
  queue_reads_.ForEach(static_cast<int>(dependencies.size()), [&](int i) {
    const size_t index = static_cast<size_t>(i);
    if (cancellation_.cancelled()) {
      fetched[index] = cancellation_.reason();
      return;
    }
    const LinkId& dependency = dependencies[index];
    absl::StatusOr<TaskDefinition> task = queue_.Task(dependency.task_id, cancellation_);
    fetched[index] = task.ok() ? Link::Create(dependency.name, dependency.task_id, *std::move(task),
                                              Link::Role::kUpstream, provisioners_)
                               : absl::StatusOr<Link>(task.status());
    if (fetched[index].ok()) Announce(*fetched[index]);
  });
  std::vector<Link> links;
  for (size_t i = 0; i < dependencies.size(); ++i) {
    if (!fetched[i].ok()) {
      SW_RETURN_IF_ERROR(Keep(fetched[i].status(), dependencies[i]));
      continue;
    }
    logger_.Debug(absl::StrCat(fetched[i]->Label(), " is ", ToString(fetched[i]->worker_impl())));
    links.push_back(*std::move(fetched[i]));
  }
  return links;
}

void Builder::AddTarget(const Link& target, std::vector<Link>& links) {
  links.push_back(target);
  Announce(target.id());
  Announce(target);
}

absl::StatusOr<Chain> Builder::Build(TaskDefinition target_task) {
  SW_ASSIGN_OR_RETURN(Link target,
                      Link::Create(request_.name, request_.task_id, std::move(target_task),
                                   Link::Role::kTarget, provisioners_));
  std::vector<Link> links;
  seen_.insert(target.task_id());
  is_target_needed_ = request_.check_target;
  if (is_target_needed_) AddTarget(target, links);
  std::vector<Link> level = {target};
  const size_t max_links = static_cast<size_t>(request_.max_links);
  size_t named = links.size();  // those that are missing, too: each is asked for
  while (!level.empty()) {
    const size_t room = max_links - std::min(max_links, named);
    const bool has_target = is_target_needed_;
    const std::vector<LinkId> next = NextLevel(level, room);
    if (cancellation_.cancelled()) return cancellation_.reason();
    named += next.size();
    if (is_target_needed_ && !has_target) {
      AddTarget(target, links);
      ++named;
    }
    if (named > max_links) {
      findings_.push_back(
          {.violation = Violation::kChainTooLong,
           .message = absl::StrCat("The chain has more than ", request_.max_links, " links!"),
           .expected = absl::StrCat("at most ", request_.max_links)});
      break;
    }
    SW_ASSIGN_OR_RETURN(level, Fetch(next));
    links.insert(links.end(), level.begin(), level.end());
  }
  return Chain(std::move(target), std::move(links));
}

}  // namespace

absl::StatusOr<Chain> BuildChain(const ChainRequest& request, TaskDefinition target,
                                 const std::vector<std::string>& scriptworker_provisioners,
                                 TaskReader& queue, TaskPool& queue_reads, Logger& logger,
                                 const CancellationToken& cancellation,
                                 std::vector<Finding>& findings) {
  return Builder(request, scriptworker_provisioners, queue, queue_reads, logger, cancellation,
                 findings)
      .Build(std::move(target));
}

}  // namespace cot
