import { z } from 'zod'

/** A way in to an add-on for a while, as the ruleset needs it. */
export const LoadedException = z.object({
  addonId: z.string(),
  /** For people. */
  addonName: z.string(),
  /** One address or a network of IPv4, as nft takes it. */
  from: z.string(),
  hostPort: z.int(),
  addonPort: z.int(),
  until: z.iso.datetime(),
  /** Where the add-on is, on its own bridge. */
  target: z.ipv4(),
})
export type LoadedException = z.infer<typeof LoadedException>

export const isOver = ({ until }: LoadedException, now: Date): boolean =>
  Date.parse(until) <= now.getTime()

/** No two have one. */
export const exceptionKey = ({ from, hostPort, addonPort, target }: LoadedException): string =>
  `${hostPort} ${from} ${target}:${addonPort}`
