#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# What the quickstart's worker runs for each task: the part that a "script" of
# the reference plays (signingscript, beetmoverscript, ...). The worker starts it
# with the task in $1/task.json and uploads what it leaves in $2.
set -eu
work_dir=$1
artifact_dir=$2

kind=$(sed -n 's/^ *"kind": "\([a-z]*\)",*$/\1/p' "$work_dir/task.json")
mkdir -p "$artifact_dir/public/build"
cd "$artifact_dir"
echo "task $TASK_ID, run $RUN_ID: ${kind:-a recorded task}"

case $kind in
  artifacts)
    for i in $(seq 2000); do echo "line $i of a build log"; done >public/build/build.log
    echo '{"answer": 42}' >public/build/data.json
    head -c 300000 /dev/zero | tr '\0' '\252' >public/build/target.bin
    mkdir private
    echo "not for everybody" >private/notes.txt
    ;;
  failing)
    echo "something is wrong with this task" >&2
    exit 1
    ;;
  timeout)
    echo "this takes longer than the payload's maxRunTime"
    sleep 60
    ;;
  retried)
    if [ "$RUN_ID" = 0 ]; then
      echo "245 is intermittent-task: the queue makes another run"
      exit 245
    fi
    echo "better this time" >public/build/result.txt
    ;;
  long)
    for i in $(seq 11); do
      echo "second $i; the claim would be lost without reclaiming"
      sleep 1
    done
    echo "done" >public/build/result.txt
    ;;
  *)
    # As the recorded task's script did, byte for byte.
    for i in $(seq 200); do echo "line $i of the text artifact"; done >public/build/hello.txt
    echo '{"a": [1, 2, 3]}' >public/build/data.json
    bytes=
    for ((i = 0; i < 3000; i++)); do
      printf -v byte '\\x%02x' $(((i * 7 + (i >> 8)) & 255))
      bytes+=$byte
    done
    # shellcheck disable=SC2059
    printf "$bytes" >public/build/target.bin
    for i in $(seq 300); do echo "log line $i"; done
    ;;
esac
