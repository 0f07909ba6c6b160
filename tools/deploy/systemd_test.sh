#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# systemd's own checks of the unit: that it is understood, and how much it exposes.
#
#   systemd_test.sh SERVICE
set -euo pipefail
unit=$PWD/$1
cd "$TEST_TMPDIR"
if ! type -P systemd-analyze >/dev/null; then
  echo "SKIPPED: there is no systemd-analyze (apt-get install systemd)"
  exit 0
fi
# `security --offline` came with 250; before 246 there is no --recursive-errors.
version=$(systemd-analyze --version | awk 'NR == 1 {print $2}')
if ((version < 252)); then
  echo "SKIPPED: systemd-analyze is of version $version, and 252 is needed"
  exit 0
fi
# The program is not installed here.
sed 's,^ExecStart=/usr/bin/scriptworker ,ExecStart=/bin/true ,' "$unit" >scriptworker.service
grep -q '^ExecStart=/bin/true ' scriptworker.service || { echo "FAILED: no ExecStart"; exit 1; }
systemd-analyze verify --man=no --recursive-errors=no ./scriptworker.service >out 2>&1 ||
  { cat out; echo "FAILED: systemd-analyze verify"; exit 1; }
# Anything but silence is something that systemd ignores.
[[ ! -s out ]] || { cat out; echo "FAILED: systemd-analyze verify warns"; exit 1; }
# From 0 (nothing) to 100 (everything).
systemd-analyze security --offline=true --no-pager --threshold=20 ./scriptworker.service >out 2>&1 ||
  { cat out; echo "FAILED: the unit exposes too much"; exit 1; }
tail -n 1 out
# And it does say so when a unit is wrong.
sed 's,^Type=notify,Type=nonsense,' scriptworker.service >other.service
if systemd-analyze verify --man=no --recursive-errors=no ./other.service >out 2>&1 && [[ ! -s out ]]; then
  echo "FAILED: systemd-analyze takes anything"
  exit 1
fi
echo "all good"
