#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MPL-2.0
"""Counts test cases in a build event file of Bazel (--build_event_json_file).

Prints a line `PASSED FAILED SKIPPED` of numbers, then what failed, what was
skipped, and the tallies that tests print (`wycheproof 151/151`), one a line. A
test skips a case by GTEST_SKIP, or, if it is no GoogleTest, by printing a line that
starts with SKIPPED; such a test has not passed.
"""

import json
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree


class Counts:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []
        self.tallies = []


def read_events(path):
    """The last attempt of each test's runs and shards; and what was not built."""
    results, unbuilt = {}, []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            name = event.get("id", {})
            if "testResult" in name:
                run = name["testResult"]
                key = (run["label"], run.get("run"), run.get("shard"))
                results[key] = event.get("testResult", {})
            elif "targetCompleted" in name:
                # The JSON leaves `success` out where it is false.
                if not event.get("completed", {}).get("success"):
                    unbuilt.append(name["targetCompleted"]["label"])
    return results, unbuilt


def read_output(result, name):
    for output in result.get("testActionOutput", []):
        if output["name"] == name:
            path = urllib.parse.unquote(urllib.parse.urlparse(output["uri"]).path)
            with open(path, encoding="utf-8", errors="replace") as file:
                return file.read()
    return ""


def count_cases(counts, label, xml):
    """Adds a GoogleTest's cases. False if the XML is not GoogleTest's."""
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError:
        return False
    cases = [case for case in root.iter("testcase") if case.get("result") or case.get("classname")]
    for case in cases:
        name = f"{label} {case.get('classname')}.{case.get('name')}"
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            counts.failed.append(name)
        elif case.get("status") == "notrun":
            counts.skipped.append(f"{name}: disabled")
        elif skip is not None or case.get("result") == "skipped":
            reason = "" if skip is None else (skip.text or skip.get("message") or "")
            counts.skipped.append(f"{name}: {' '.join(reason.split())}")
        else:
            counts.passed += 1
    return bool(cases)


def count(results, unbuilt):
    counts = Counts()
    counts.failed += [f"{label} was not built" for label in sorted(set(unbuilt))]
    for (label, _, _), result in sorted(results.items(), key=lambda item: str(item[0])):
        succeeded = result.get("status") in ("PASSED", "FLAKY")
        failed_before = len(counts.failed)
        log = read_output(result, "test.log")
        counts.tallies += re.findall(r"^[a-z][\w .-]* \d+/\d+$", log, re.MULTILINE)
        if not count_cases(counts, label, read_output(result, "test.xml")) and succeeded:
            skips = [line for line in log.splitlines() if line.startswith("SKIPPED")]
            counts.skipped += [f"{label} {line}" for line in skips]
            counts.passed += 0 if skips else 1
        if not succeeded and len(counts.failed) == failed_before:
            counts.failed.append(f"{label} {result.get('status', 'gave no result')}")
    return counts


def main():
    counts = count(*read_events(sys.argv[1]))
    print(counts.passed, len(counts.failed), len(counts.skipped))
    for name in counts.failed:
        print(f"FAILED {name}")
    for name in counts.skipped:
        print(f"SKIPPED {name}")
    for tally in counts.tallies:
        print(tally)


if __name__ == "__main__":
    main()
