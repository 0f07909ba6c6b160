#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
# Renders the same recorded templates here and with Node's json-e, in turn, and
# prints renderings per second of CPU and the ratio.
#
#   tools/bench/jsone_against_node.sh CORPORA_DIR NODE_MODULES
#
# NODE_MODULES: a folder into which `npm install json-e@4.8.4 js-yaml` was run.
set -euo pipefail
cd "$(dirname "$0")/../.."
export CORPORA_DIR=$1 NODE_PATH=$2
export CORPORA_DIR=$(realpath "$CORPORA_DIR") NODE_PATH=$(realpath "$NODE_PATH")

tools/bazel build --config=opt //scriptworker/jsone:render_benchmark >&2
ours=$(mktemp)
trap 'rm -f "$ours"' EXIT
"$(tools/bazel info --config=opt bazel-bin 2>/dev/null)"/scriptworker/jsone/render_benchmark \
  --benchmark_format=json --benchmark_min_time=1s >"$ours"
node tools/bench/jsone_node.js "$ours"
