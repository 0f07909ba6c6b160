#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MPL-2.0
"""verify_cot on chains whose verdict by the reference is known (CORPORA_DIR/chains).

Each case is a test case in the XML that the test writes. Any status of refusal agrees
with any other: where the reference fails in another way than it meant to, ours says 3.
Usage: chains_test.py VERIFY_COT. Needs root, since the cases are served under their
production URLs inside a private mount and network namespace.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

COMMAND = (
    "{impl} --config {config} --task-type {task_type} --cot-product {cot_product} "
    "--verify-sigs --no-check-task --cleanup {task_id}"
)


def reason_to_skip():
    corpora = os.environ.get("CORPORA_DIR")
    if not corpora:
        return "CORPORA_DIR is not set"
    if not os.path.exists(os.path.join(corpora, "chains", "run_chains.py")):
        return f"{corpora} has no chains"
    if os.geteuid() != 0:
        return "needs root, to serve production URLs in a namespace of its own"
    for program in ("unshare", "openssl"):
        if not shutil.which(program):
            return f"needs {program}"
    if subprocess.run(["unshare", "-m", "-n", "true"], check=False, capture_output=True).returncode:
        return "this machine allows no namespaces"
    return ""


def run_cases(verify_cot, scratch):
    chains = os.path.join(os.environ["CORPORA_DIR"], "chains")
    results = os.path.join(scratch, "results.json")
    run = subprocess.run(
        [sys.executable, "-B", os.path.join(chains, "run_chains.py"), "--root", chains,
         "--tls", os.path.join(scratch, "tls"), "--any-reject-code", "--json", results,
         "--impl-cmd", COMMAND, "--var", f"impl={os.path.abspath(verify_cot)}"],
        check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(run.stdout)
    with open(results, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def write_xml(results):
    path = os.environ.get("XML_OUTPUT_FILE")
    if not path:
        return
    suite = ElementTree.Element("testsuite", name="chains", tests=str(len(results)))
    for result in results:
        case = ElementTree.SubElement(
            suite, "testcase", classname="chains", name=result["id"], time=str(result["wall"]))
        if not result["agree"]:
            expected = result["expect"]["verdict"]
            failure = ElementTree.SubElement(
                case, "failure", message=f"expected {expected}, got {result['got']}")
            text = result.get("message", "")
            failure.text = "".join(c for c in text if c.isprintable() or c in "\n\t")
    ElementTree.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def main():
    reason = reason_to_skip()
    if reason:
        print(f"SKIPPED: {reason}")
        return 0
    with tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR")) as scratch:
        results = run_cases(sys.argv[1], scratch)
    write_xml(results)
    agree = sum(result["agree"] for result in results)
    unsafe = sum(result["unsafe"] for result in results)
    crashes = sum(result["crash"] for result in results)
    print(f"crashes {crashes}, unsafe accepts {unsafe}")
    print(f"chains {agree}/{len(results)}")
    return 0 if results and agree == len(results) and not unsafe and not crashes else 1


if __name__ == "__main__":
    sys.exit(main())
