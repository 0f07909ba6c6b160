// SPDX-License-Identifier: MPL-2.0
//
// A new process that becomes another program at once, made without a copy of this
// one's memory: copying page tables, and the faults of this process afterwards, would
// cost more than the rest of a start. Linux only.
// https://man7.org/linux/man-pages/man2/clone.2.html

#ifndef SCRIPTWORKER_WORKER_PROCESS_EXEC_CLONE_H_
#define SCRIPTWORKER_WORKER_PROCESS_EXEC_CLONE_H_

#include <sys/types.h>

namespace scriptworker::worker {

// Calls run(argument) in a child, and blocks this thread until the child has executed
// a program or ended; it must do one of the two and never return. Returns the child's
// number; -1 with errno: there is none.
//
// The child shares this process's memory with it (where ExecCloneSharesMemory(), else
// it has a copy), and its other threads run on: `run` makes nothing but system calls,
// changes nothing that it has not made itself, and needs less than 32 KiB of stack.
// Nothing else is shared. The "dumpable" flag, which the kernel keeps with the memory and which
// a child that changes its user changes, is put back. The child starts with all signals
// blocked, so that no handler of this process runs in it.
//
// `cgroup_fd`: the folder of a control group to start in, if the kernel lets it; -1:
// this process's own. For one thread at a time: that flag has no other owner.
pid_t ExecClone(void (*run)(const void*), const void* argument, int cgroup_fd);

// False on processors for which nobody has written it, and under sanitizers, who keep
// records of stacks in the shared memory.
bool ExecCloneSharesMemory();

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PROCESS_EXEC_CLONE_H_
