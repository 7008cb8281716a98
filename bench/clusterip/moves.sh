#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which clients the loss of a node disturbs: computed, not measured.
#
#	moves.sh CLIENTS

# shellcheck source=bench/lib.sh
. "$(dirname "$0")/../lib.sh"

"$tools/moves" "$1"
