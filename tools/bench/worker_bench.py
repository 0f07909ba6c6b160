#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MPL-2.0
"""What the worker's program costs on a local Taskcluster, beside its targets.

Usage: worker_bench.py WORKER LOCAL_TASKCLUSTER [--tasks N] [--artifact-mib N]

WORKER and LOCAL_TASKCLUSTER are the built //scriptworker:scriptworker and
//tools/local_taskcluster. CPU is that of the worker's own process: scripts, and the
local Taskcluster, are not in it. Exits 1 if a target is missed.
"""

import argparse
import base64
import contextlib
import datetime
import hashlib
import hmac
import http.client
import json
import os
import re
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import uuid

TICK = 1 / os.sysconf("SC_CLK_TCK")

CONFIG = """\
taskcluster_root_url: {root}
provisioner_id: test-provisioner
worker_type: test-worker
worker_group: bench
worker_id: bench
credentials: {{clientId: "{client}", accessToken: "{token}"}}
task_script: {script}
poll_interval: 0
verbose: false
work_dir: {home}/work
artifact_dir: {home}/artifacts
task_log_dir: {home}/artifacts/public/logs
log_dir: {home}/log
ed25519_private_key_path: {home}/key
"""


class Report:
    def __init__(self):
        self.missed = 0

    def add(self, what, value, target, unit):
        hit = value <= target
        self.missed += not hit
        verdict = "reached" if hit else "MISSED"
        print(f"{what:<44} {value:9.3f} {unit:<4} target {target:8.3f}  {verdict}", flush=True)


def seconds_of_cpu(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def status_mib(pid, name):
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return int(re.search(rf"^{name}:\s+(\d+) kB", status.read(), re.M).group(1)) / 1024


def await_condition(condition, limit=300):
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("nothing happened for too long")
        time.sleep(0.005)


class Taskcluster:
    """The local Taskcluster as a process, with its events in a file."""

    def __init__(self, program, home, poll_seconds):
        self.events = os.path.join(home, "events")
        with open(self.events, "wb") as out:
            self.process = subprocess.Popen(
                [program, "--events", f"--poll-seconds={poll_seconds}"], stdout=out)
        await_condition(lambda: "export TASKCLUSTER_ACCESS_TOKEN" in self.text())
        text = self.text()
        self.root = re.search(r"^root URL +(\S+)", text, re.M).group(1)
        self.worker_client = re.search(r"^client for workers +(\S+)", text, re.M).group(1)
        self.client = re.search(r"^client for all +(\S+)", text, re.M).group(1)
        self.token = re.search(r"^access token +(\S+)", text, re.M).group(1)
        self.worker_token = re.search(r"^token for workers +(\S+)", text, re.M).group(1)
        self.submitted = 0

    def text(self):
        with open(self.events, encoding="utf-8") as events:
            return events.read()

    def count(self, word):
        return self.text().count(word)

    def submit(self):
        now = datetime.datetime.now(datetime.timezone.utc)

        def stamp(hours):
            at = now + datetime.timedelta(hours=hours)
            return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")

        task_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[:22]
        body = json.dumps({
            "provisionerId": "test-provisioner", "workerType": "test-worker",
            "created": stamp(0), "deadline": stamp(1), "expires": stamp(24),
            "payload": {"maxRunTime": 600},
            "metadata": {"name": "bench", "description": "bench", "owner": "nobody@example.com",
                         "source": "https://example.com/bench"}})
        url = urllib.parse.urlsplit(self.root)
        path = f"/api/queue/v1/task/{task_id}"
        stamp_now, nonce = str(int(time.time())), secrets.token_hex(4)
        text = "\n".join(["hawk.1.header", stamp_now, nonce, "PUT", path, url.hostname,
                          str(url.port), "", "", ""])
        mac = base64.b64encode(
            hmac.new(self.token.encode(), text.encode(), hashlib.sha256).digest()).decode()
        connection = http.client.HTTPConnection(url.hostname, url.port)
        connection.request("PUT", path, body, {
            "Content-Type": "application/json",
            "Authorization": f'Hawk id="{self.client}", ts="{stamp_now}", nonce="{nonce}", '
                             f'mac="{mac}"'})
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"createTask: {answer.status} {answer.read().decode()}")
        connection.close()
        self.submitted += 1

    def stop(self):
        """Returns how many requests it has served, without those of submit()."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        served = re.search(r"^(\d+) requests served", self.text(), re.M)
        return int(served.group(1)) - self.submitted


@contextlib.contextmanager
def running(options, script, poll_seconds, tasks):
    """Yields (worker process, Taskcluster) with `tasks` submitted before the start."""
    with tempfile.TemporaryDirectory() as home:
        taskcluster = Taskcluster(options.local_taskcluster, home, poll_seconds)
        worker = None
        try:
            with open(os.path.join(home, "key"), "wb") as key:
                key.write(base64.b64encode(secrets.token_bytes(32)))
            os.chmod(key.name, 0o600)
            config = os.path.join(home, "scriptworker.yaml")
            with open(config, "w", encoding="utf-8") as out:
                os.chmod(config, 0o600)
                out.write(CONFIG.format(
                    root=taskcluster.root, client=taskcluster.worker_client,
                    token=taskcluster.worker_token, home=home,
                    script=json.dumps([part.format(home=home) for part in script])))
            for _ in range(tasks):
                taskcluster.submit()
            with open(os.path.join(home, "worker.log"), "wb") as log:
                worker = subprocess.Popen([options.worker, config], stdout=log, stderr=log)
            yield worker, taskcluster
        finally:
            if worker and worker.poll() is None:
                worker.terminate()
                worker.wait()
            if taskcluster.process.poll() is None:
                taskcluster.stop()


def peak_mib(command):
    """Of a short process. Its own rusage would hold this Python's size before exec."""
    result = subprocess.run(["/usr/bin/time", "-f", "%M", *command], check=True,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return int(result.stderr.split()[-1]) / 1024


def measure_start(options, report):
    command, walls = [options.worker, "--help"], []
    for _ in range(21):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        walls.append((time.perf_counter() - start) * 1e3)
    report.add("start (--help), wall, median of 21", statistics.median(walls), 10, "ms")
    peak = statistics.median(peak_mib(command) for _ in range(5))
    report.add("start (--help), peak resident", peak, 10, "MiB")


def measure_idle(options, report):
    poll = 0.02
    with running(options, ["/bin/true"], poll, 0) as (worker, taskcluster):
        time.sleep(1)
        cpu, start = seconds_of_cpu(worker.pid), time.monotonic()
        time.sleep(12)
        cpu = seconds_of_cpu(worker.pid) - cpu
        window = time.monotonic() - start
        resident = status_mib(worker.pid, "VmRSS")
        whole = time.monotonic() - start + 1
        worker.terminate()
        worker.wait()
        polls = taskcluster.stop() * window / whole
    report.add("idle worker, resident", resident, 12, "MiB")
    report.add(f"idle worker, CPU of a poll (of {polls:.0f})", cpu * 1e3 / polls, 0.1, "ms")


def measure_tasks(options, report):
    count = options.tasks
    with running(options, ["/bin/true"], 20, count) as (worker, taskcluster):
        await_condition(lambda: taskcluster.count("task-completed") >= 1)
        done = taskcluster.count("task-completed")
        cpu, start = seconds_of_cpu(worker.pid), time.monotonic()
        await_condition(lambda: taskcluster.count("task-completed") >= count)
        cpu = seconds_of_cpu(worker.pid) - cpu
        wall = time.monotonic() - start
        measured = count - done
        peak = status_mib(worker.pid, "VmHWM")
        time.sleep(0.2)  # by now the claim behind the last task is under way
        worker.terminate()
        worker.wait()
        requests = taskcluster.stop() - 1
    report.add(f"trivial task, CPU (mean of {measured})", cpu * 1e3 / measured, 3, "ms")
    report.add("trivial task, wall, claim to claim", wall * 1e3 / measured, 55, "ms")
    report.add("trivial task, requests", requests / count, 8, "")
    report.add(f"peak resident over {count} tasks", peak, 12, "MiB")


def measure_upload(options, report):
    script = ["/bin/sh", "-c",
              "mkdir -p {home}/artifacts/public && head -c "
              f"{options.artifact_mib}M /dev/zero > {{home}}/artifacts/public/big.bin"]
    with running(options, script, 20, 1) as (worker, taskcluster):
        start = time.monotonic()
        await_condition(lambda: taskcluster.count("task-completed") >= 1)
        wall = time.monotonic() - start
        peak, cpu = status_mib(worker.pid, "VmHWM"), seconds_of_cpu(worker.pid)
    report.add(f"artifact of {options.artifact_mib} MiB, peak resident", peak, 20, "MiB")
    print(f"  (CPU {cpu:.2f} s with hashing it for the chain of trust; "
          f"wall {wall:.2f} s with the script and the store)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("worker", type=os.path.abspath)
    parser.add_argument("local_taskcluster", type=os.path.abspath)
    parser.add_argument("--tasks", type=int, default=200)
    parser.add_argument("--artifact-mib", type=int, default=1024)
    options = parser.parse_args()
    report = Report()
    measure_start(options, report)
    measure_idle(options, report)
    measure_tasks(options, report)
    measure_upload(options, report)
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
