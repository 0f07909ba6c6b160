#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
set -euo pipefail
