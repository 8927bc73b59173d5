import { PublishedPort } from '@vastrox/shared/agent-api-ports.ts'
import { z } from 'zod'

/** A raw port as the ruleset needs it. */
export const LoadedPort = z.object({
  ...PublishedPort.shape,
  /** Of the app's own network. */
  subnet: z.cidrv4(),
})
export type LoadedPort = z.infer<typeof LoadedPort>

/** Those that lead somewhere. */
export const isServed = ({ targets }: LoadedPort): boolean => targets.length > 0

export const rangeOf = ({ first, last }: Pick<LoadedPort, 'first' | 'last'>): string =>
  first === last ? String(first) : `${first}-${last}`

/** Of chains, sets and comments: no two ports have one. */
export const keyOf = ({ protocol, first }: Pick<LoadedPort, 'protocol' | 'first'>): string =>
  `${protocol}_${first}`
