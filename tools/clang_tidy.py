#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MPL-2.0
"""Runs clang-tidy on sources of this workspace, with the flags Bazel compiles with.

    tools/clang_tidy.py [--startup=OPTION...] FILE...
    tools/clang_tidy.py --all

A header is checked through the source of the same name, else through its test, else
through one that includes it, if only by other headers. Files that no target compiles
are left out. The build must be up to date (bazel build //...), since
generated headers are read. Exits 1 if there is a finding.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OURS = ("scriptworker/", "cot/", "tools/")
# Flags of gcc that clang does not know, and flags with a file.
DROPPED = {
    "-fno-canonical-system-headers",
    "-Wno-free-nonheap-object",
    "-Wunused-but-set-parameter",
    "-Werror",
    "-MD",
    "-c",
}
# (-include: tests are checked without the prelude that .bazelrc puts before them.)
DROPPED_WITH_VALUE = {"-MF", "-o", "-include"}


def bazel(startup, *arguments):
    command = [os.path.join(ROOT, "tools/bazel"), *startup, *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


def compile_commands(startup):
    """The compiler's arguments by source file, for the sources that are ours."""
    query = bazel(
        startup,
        "aquery",
        "--output=jsonproto",
        "--noshow_progress",
        "--ui_event_filters=-info",
        'mnemonic("CppCompile", //scriptworker/... + //cot/... + //tools/...)',
    )
    commands = {}
    for action in json.loads(query).get("actions", []):
        arguments = action["arguments"]
        source = arguments[arguments.index("-c") + 1] if "-c" in arguments else ""
        if source.startswith(OURS) and source.endswith(".cc"):
            commands[source] = clang_arguments(arguments, source)
    return commands


def clang_arguments(arguments, source):
    kept = []
    values = iter(arguments[1:])
    for argument in values:
        if argument in DROPPED_WITH_VALUE:
            next(values)
        elif argument not in DROPPED and argument != source:
            kept.append(argument)
    # As in --config=clang: Abseil and RE2 are included as "absl/..." and "re2/...".
    return kept + ["--system-header-prefix=absl/", "--system-header-prefix=re2/"]


def source_of(file, sources, includers):
    """The source to check `file` through, or None. `includers`: those of a header."""
    if not file.endswith(".h"):
        return file if file in sources else None
    stem = file[: -len(".h")]
    seen, waiting = {file}, collections.deque([stem + ".cc", stem + "_test.cc", file])
    while waiting:
        candidate = waiting.popleft()
        if candidate in sources:
            return candidate
        following = sorted(includers.get(candidate, set()) - seen)
        seen.update(following)
        waiting.extend(following)
    return None


def read_includers(root):
    """By the path of each included file those of ours that include it."""
    includers = collections.defaultdict(set)
    for ours in OURS:
        for folder, _, names in os.walk(os.path.join(root, ours)):
            for name in names:
                if name.endswith((".h", ".cc")):
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8") as file:
                        for included in re.findall(r'^#include "(.+)"', file.read(), re.MULTILINE):
                            includers[included].add(os.path.relpath(path, root))
    return includers


def link_view(startup, view):
    """Fills a folder with links, laid out as the compiler sees the sources.

    Bazel's own execution root holds only what its last command needed.
    """
    info = bazel(startup, "info", "execution_root", "output_base").decode()
    places = dict(line.split(": ", 1) for line in info.splitlines())
    for name in os.listdir(ROOT):
        if not name.startswith("bazel-"):
            os.symlink(os.path.join(ROOT, name), os.path.join(view, name))
    os.symlink(os.path.join(places["output_base"], "external"), os.path.join(view, "external"))
    os.symlink(os.path.join(places["execution_root"], "bazel-out"), os.path.join(view, "bazel-out"))


def tidy(program, view, source, arguments):
    """clang-tidy's findings in one source, or an empty string."""
    config = "--config-file=" + os.path.join(ROOT, ".clang-tidy")
    run = subprocess.run(
        [program, "--quiet", config, source, "--", *arguments],
        cwd=view,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if run.returncode == 0:
        return ""
    return run.stdout or run.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--startup", action="append", default=[], help="a Bazel startup option")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()

    program = shutil.which("clang-tidy-14") or shutil.which("clang-tidy")
    commands = compile_commands(options.startup)
    includers = read_includers(ROOT)
    wanted = {source_of(file, commands, includers) for file in options.files}
    sources = sorted(source for source in commands if options.all or source in wanted)

    found = 0
    with tempfile.TemporaryDirectory() as view, concurrent.futures.ThreadPoolExecutor(
        os.cpu_count()
    ) as pool:
        link_view(options.startup, view)
        runs = [pool.submit(tidy, program, view, source, commands[source]) for source in sources]
        for run in runs:
            if run.result():
                found += 1
                print(run.result().replace(view + "/", ""), flush=True)
    print(f"clang-tidy: {len(sources)} sources, findings in {found}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
