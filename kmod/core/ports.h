/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which protocols have ports, as their first four octets.
 */
#ifndef KC_CORE_PORTS_H
#define KC_CORE_PORTS_H

#include "types.h"

/**
 * kc_has_ports() - does its header begin with two ports?
 * @protocol: number of the protocol, assigned by IANA
 */
static inline bool kc_has_ports(u8 protocol)
{
	switch (protocol) {
	case 6:			/* TCP */
	case 17:		/* UDP */
	case 33:		/* DCCP */
	case 132:		/* SCTP */
	case 136:		/* UDP-Lite */
		return true;
	default:
		return false;
	}
}

#endif
