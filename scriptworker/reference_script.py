#!/usr/bin/env python3
# SPDX-License-Identifier: MPL-2.0
"""A script as existing ones are: it knows only what the reference documents.

python3 reference_script.py CONFIG.json

CONFIG is JSON: work_dir, artifact_dir, expect (see script_e2e_test.cc). Checks
what the worker gives a script, then does what the task's payload says:

  write: {artifact path: text}   leaves artifacts
  wait_for_renewal: true         waits until the worker has renewed the credentials
  exit: N                        exits with N

Each check that fails is printed, and makes the exit status 99.
"""

import json
import os
import re
import stat
import sys
import time

FAILURES = []


def check(condition, what):
    if not condition:
        FAILURES.append(what)


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def read_credentials():
    """As the reference documents it: parse what is at offset 0 of the descriptor."""
    descriptor = int(os.environ["TASKCLUSTER_CREDENTIALS_FD"])
    text = os.pread(descriptor, 1 << 20, 0).decode("utf-8")
    return json.JSONDecoder().raw_decode(text)[0]


def check_environment(expected):
    check(re.fullmatch(r"[A-Za-z0-9_-]{22}", os.environ.get("TASK_ID", "")), "TASK_ID is a slugid")
    check(os.environ.get("RUN_ID") == str(expected["run_id"]), "RUN_ID is the run's number")
    check(
        os.environ.get("TASKCLUSTER_ROOT_URL") == expected["root_url"],
        "TASKCLUSTER_ROOT_URL is the configured text",
    )
    check(os.environ.get("INHERITED") == "yes", "the worker's environment is inherited")
    for secret in ("TASKCLUSTER_ACCESS_TOKEN", "SCRIPTWORKER_GITHUB_OAUTH_TOKEN"):
        check(secret not in os.environ, f"{secret} is not handed on")


def check_process(expected):
    check(os.getcwd() == expected["folder"], "the worker's current folder")
    check(os.readlink("/proc/self/fd/0") == expected["stdin"], "the worker's stdin")
    check(os.getsid(0) == os.getpid(), "a session of its own")
    check(os.getpgrp() == os.getpid(), "a process group of its own")
    check(stat.S_ISFIFO(os.fstat(1).st_mode), "stdout is a pipe")
    check(stat.S_ISFIFO(os.fstat(2).st_mode), "stderr is a pipe")
    allowed = {0, 1, 2, int(os.environ["TASKCLUSTER_CREDENTIALS_FD"])}
    others = {int(name) for name in os.listdir("/proc/self/fd")} - allowed
    check(not any(map(is_open, others)), f"no other descriptors than {allowed}: {others}")


def is_open(descriptor):
    """False for the one that listed the others."""
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def check_credentials():
    credentials = read_credentials()
    check(
        set(credentials) >= {"accessToken", "certificate", "clientId"},
        "accessToken, certificate and clientId",
    )
    check(isinstance(json.loads(credentials["certificate"]), dict), "the certificate is JSON")
    return credentials


def check_files(config):
    task = read_json(os.path.join(config["work_dir"], "task.json"))
    check("payload" in task and "metadata" in task, "task.json is the definition")
    with open(os.path.join(config["work_dir"], "task.json"), encoding="utf-8") as file:
        check(
            file.read() == json.dumps(task, indent=2, sort_keys=True),
            "task.json is sorted and indented by 2",
        )
    info = read_json(os.path.join(config["work_dir"], "current_task_info.json"))
    check(
        info == {"taskId": os.environ["TASK_ID"], "runId": int(os.environ["RUN_ID"])},
        "current_task_info.json has taskId and runId",
    )
    check(os.path.isdir(config["artifact_dir"]), "artifact_dir is there")
    return task


def wait_for_renewal(old):
    deadline = time.monotonic() + 60
    while read_credentials() == old and time.monotonic() < deadline:
        time.sleep(0.05)
    check(read_credentials() != old, "the worker renews the credentials")


def main():
    if len(sys.argv) != 2:
        sys.exit(f"Usage: {sys.argv[0]} CONFIG_FILE")
    config = read_json(sys.argv[1])
    check_environment(config["expect"])
    check_process(config["expect"])
    credentials = check_credentials()
    payload = check_files(config)["payload"]
    for name, text in payload.get("write", {}).items():
        path = os.path.join(config["artifact_dir"], name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    if payload.get("wait_for_renewal"):
        wait_for_renewal(credentials)
    print("to stdout", flush=True)
    print("to stderr: \u00e9", file=sys.stderr, flush=True)
    for failure in FAILURES:
        print("FAILED:", failure, flush=True)
    sys.exit(99 if FAILURES else payload.get("exit", 0))


if __name__ == "__main__":
    main()
