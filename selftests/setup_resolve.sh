#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Endpoints with names: one that gets another address is found again by "setup -resolve",
# which kcluster-resolve.timer runs; one that is heard, or with which nobody speaks, is
# left where it is, also where that is elsewhere than its name says.
#
#	 A 192.0.2.1          B 192.0.2.2, later .22 and .33
#	  |                    |
#	==+====================+== wan
#
# shellcheck disable=SC2016 # what eval gets
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/members.sh
. "$(dirname "$0")/members.sh"

need_module
need wg jq

net wan
node A B
plug A eth0 wan 192.0.2.1/24
plug B eth0 wan 192.0.2.2/24
key_of A B
cat >"$tmp/file" <<-END
	[Cluster]
	Network = 10.6.0.0/24
	$(section A 1)
	[Node B]
	PublicKey = $(cat "$tmp/B.pub")
	Address = 10.6.0.2
	Endpoint = b.kcluster.test
END

cp /etc/hosts "$tmp/hosts"
# is ADDRESS: b.kcluster.test has it.
is()
{
	{ cat "$tmp/hosts"; echo "$1 b.kcluster.test"; } >/etc/hosts
}

endpoint()
{
	on A wg show wg0 endpoints | cut -f 2
}

pings()
{
	on "$1" ping -q -c 1 -W 1 "$2"
}

# moves FROM TO: B has another address, and says nothing of it.
moves()
{
	ipn B address del "$1/24" dev eth0
	ipn B address add "$2/24" dev eth0
}

# silence: until the last handshake is as long ago that the session is over; all the time
# at once, for looking is work.
silence()
{
	local age

	age=$(($(date +%s) - $(on A wg show wg0 latest-handshakes | cut -f 2)))
	[ "$age" -ge 181 ] || sleep $((181 - age))
	[ $(($(date +%s) - $(on A wg show wg0 latest-handshakes | cut -f 2))) -ge 180 ]
}

is 192.0.2.2
check "setup on A" setup A
check "setup on B" setup B
check "A reaches B by its name" wait_for 10 pings A 10.6.0.2
# Who said something and heard nothing shakes hands anew: from where it is then.
heard=$(on B wg show wg0 transfer | cut -f 2)
check "B hears that its answer has come" wait_for 20 eval '[ "$(on B wg show wg0 transfer | cut -f 2)" -gt '"$heard"' ]'

moves 192.0.2.2 192.0.2.22
is 192.0.2.22
check "a name has another address" setup A -resolve
check_is "but B was heard a moment ago" 192.0.2.2:51820 "$(endpoint)"
check "three minutes pass" silence
check "now it is silent" setup A -resolve
check_is "but nobody has spoken with it" 192.0.2.2:51820 "$(endpoint)"
check "also later" setup A -resolve
check_is "that is no reason" 192.0.2.2:51820 "$(endpoint)"
check_not "A speaks with it in vain" pings A 10.6.0.2
check_is "which is one" "b.kcluster.test is 192.0.2.22:51820 now" \
	"$(setup A -resolve | sed 's/^B: //')"
check_is "and the name tells where it is" 192.0.2.22:51820 "$(endpoint)"
check "A reaches B again" wait_for 15 pings A 10.6.0.2
check_is "there is no more to be done" '{"changes":0}' "$(setup A -j -resolve)"

# B moves again, and says so itself; the name is as it was.
moves 192.0.2.22 192.0.2.33
check "B speaks from elsewhere" wait_for 15 pings B 10.6.0.1
check_is "A has learned that" 192.0.2.33:51820 "$(endpoint)"
check "the name says otherwise" setup A -resolve
check_is "but B is heard there" 192.0.2.33:51820 "$(endpoint)"
check "three minutes pass" silence
setup A -resolve
setup A -resolve
check_is "nor is it forgotten when nobody speaks" 192.0.2.33:51820 "$(endpoint)"
check "so it is reached" wait_for 15 pings A 10.6.0.2

# --- a name that is none, a device that is not there -------------------------------------

cp "$tmp/hosts" /etc/hosts
ipn B link set eth0 down
check "three minutes pass" silence
setup A -resolve
check_not "B is gone" pings A 10.6.0.2
setup A -resolve >"$tmp/out" 2>&1
check_is "a name that has no address" 0 $?
check "is told" grep -q "warning: endpoint b.kcluster.test: " "$tmp/out"
check_is "and changes nothing" 192.0.2.33:51820 "$(endpoint)"
ipn A link del wg0
check "without a device there is nothing to do" setup A -resolve
check_not "and none is made" ipn A link show wg0
setup A -resolve -check >"$tmp/out" 2>&1
check_is "not with another option" 2 $?

finish
