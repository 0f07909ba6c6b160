#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# Where nothing can be installed, the last line that tools/apt_install writes has the
# command to run by hand.
#
#   apt_install_test.sh tools/apt_install
set -uo pipefail

programs=$TEST_TMPDIR/programs
mkdir -p "$programs"
export PATH=$programs:$PATH

# program NAME: reads what a program in the machine's place does.
program() {
  { echo '#!/bin/sh'; cat; } >"$programs/$1"
  chmod +x "$programs/$1"
}

failed=0
expect_command() {
  local said status=0
  said=$("$apt_install" gcc make 2>&1) || status=$?
  if ((status != 1)) || [[ ${said##*$'\n'} != *'Run as root: apt-get update && apt-get install -y --no-install-recommends gcc make' ]]; then
    printf 'FAILED %s: status %s and\n%s\n' "$1" "$status" "$said"
    failed=1
  fi
}

apt_install=$1
program apt-get <<<'echo "E: no network" >&2; exit 100'
program sudo <<<'[ "$1" != -n ] || shift; "$@"'
expect_command 'apt-get fails'
# As root sudo is not asked.
program sudo <<<'[ "$*" = "-n true" ] || { echo "sudo: not allowed" >&2; exit 1; }'
expect_command 'sudo allows nothing but true'
program sudo <<<'exit 1'
expect_command 'sudo refuses'
exit $failed
