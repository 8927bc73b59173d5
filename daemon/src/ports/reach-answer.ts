/** Our proxy answers here for whoever asks, with what only this installation can say. */
export const REACH_PATH = '/.well-known/vastrox-reach/'

/** What of the path behind REACH_PATH is answered. */
export const REACH_NONCE = /^[0-9a-f]{32}$/

/** What is signed: the host is in it, so that a relay which changes it is found out. */
export const reachText = (host: string, nonce: string): string => `vastrox-reach|${host}|${nonce}`
