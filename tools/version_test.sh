#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# Each program says its name and the project's version, in one line.
#
#   version_test.sh VERSION_FILE PROGRAM...
set -uo pipefail

version=$(<"$1")
shift
failed=0
for program; do
  name=$(basename "$program")
  said=$("$program" --version 2>&1)
  status=$?
  if ((status != 0)) || [[ $said != "$name $version" ]]; then
    echo "FAILED $name --version: status $status, said '$said', expected '$name $version'"
    failed=1
  fi
done
exit $failed
