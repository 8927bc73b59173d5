/** The table of an installation; nothing of ours is anywhere else in the kernel's ruleset. */
export const tableOf = (instance: string): string => `vastrox_${instance}`

/** What each bridge of an app is called: `vx`, the installation, its subnet (networks/app-networks.ts). */
export const bridgesOf = (instance: string): string => `vx${instance}*`
