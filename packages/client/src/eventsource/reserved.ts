import { BYE, CATCHUP, DENIED, END, HELLO, LIVE, PRESENCE, RESET, REVOKED } from '@tidewire/protocol'

/** The names of all events that are Tidewire's own. */
export const RESERVED: readonly string[] = [HELLO, CATCHUP, LIVE, RESET, DENIED, REVOKED, END, PRESENCE, BYE]
