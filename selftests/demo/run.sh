#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The demo: nodes around the globe, one address and three machines, two firewalls and
# the connections through them, and an address that three machines answer together.
# Exits with an error if anything differs from what they say.

here=$(dirname "$0")
status=0
"$here/globe.sh" || status=1
"$here/address.sh" || status=1
"$here/firewalls.sh" || status=1
"$here/shares.sh" || status=1
exit $status
