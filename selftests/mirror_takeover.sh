#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Scenario 2: no established connection is lost when the master dies. Hundreds of
# connections through two firewalls, hidden behind one address and published at
# another, IPv4 and IPv6; the master falls silent and is replaced, twice, ten times
# with KC_LONG, or KC_ROUNDS times; each time it comes back empty, learns and takes
# the addresses back.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/scenario2.sh
. "$(dirname "$0")/scenario2.sh"
# shellcheck source=selftests/flows.sh
. "$(dirname "$0")/flows.sh"

rounds=${KC_ROUNDS-${KC_LONG:+10}}
rounds=${rounds:-2}
# Of each kind of way: hidden and published, IPv4 and IPv6.
tcp=${TCP-125}
udp=${UDP-50}

need_module
need jq conntrack nft flows
build_scenario2

# start_firewall NODE PRIORITY
start_firewall()
{
	policy "$1" && mirrored "$1" && routers "$1" "$2"
}

# --- both are there ---------------------------------------------------------
check "fw1 is set up" start_firewall fw1 200
check "fw2 is set up" start_firewall fw2 150
check "fw1 is master of all addresses" wait_for 10 is_master fw1
serve_all
begin_all
check "$((4 * tcp + 4)) TCP and $((4 * udp + 4)) UDP connections are up" wait_for 60 ready
check "both say that it is safe to fail over" wait_for 30 safe

# --- and one dies -----------------------------------------------------------
for round in $(seq "$rounds"); do
	tell mark
	for network in lan outside sync; do
		silence fw1 $network
	done
	check "$round: fw1 is cut off: fw2 has all addresses" \
		wait_for 10 has fw2 203.0.113.131 eth1
	check "$round, fw2 took over: and says that flows are its own" eval \
		'cc fw2 -j mirror show | jq -e ".imported < .own"'
	lived "$round, fw2 took over"
	bulk_resumed "$round, fw2 took over"

	# It comes back as after a crash: with nothing.
	cc fw1 flush
	on fw1 conntrack -F 2>/dev/null
	for network in lan outside sync; do
		restore fw1 $network
	done
	tell mark
	check "$round: fw1 starts anew" start_firewall fw1 200
	check "$round: and takes the addresses back" wait_for 30 is_master fw1
	lived "$round, fw1 is back"
	check "$round: safe again" wait_for 30 safe
done

tell quit
finish
