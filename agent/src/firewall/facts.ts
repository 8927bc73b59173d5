import { PinnedPort } from '@vastrox/shared/firewall-rule.ts'
import { z } from 'zod'
import { LoadedException } from '#agent/firewall/loaded-exception.ts'
import { LoadedPort } from '#agent/firewall/loaded-port.ts'

/** What the ruleset has to know about this machine besides what the operator wants. */
export const Facts = z.object({
  instance: z.string(),
  /** Of the product itself, ranges included. */
  productPorts: z.array(z.object({ protocol: z.enum(['tcp', 'udp']), ports: z.string() })),
  /** Where apps are visited. */
  proxyPorts: z.array(z.int()),
  /** Where sshd really listens. */
  sshPorts: z.array(z.int()),
  /** From where somebody was signed in by sshd when this was applied. */
  operators: z.array(PinnedPort),
  /** Name servers of this machine that are reached through the network. */
  resolvers: z.array(z.string()),
  /** Bridges with containers of others. */
  containerBridges: z.array(z.string()),
  appBridges: z.array(z.object({ appId: z.string(), bridge: z.string() })),
  /** Of add-ons: nothing leaves them. */
  addonBridges: z.array(z.string()).default([]),
  /** The engine's default bridge, where it builds. */
  buildBridge: z.string().nullable(),
  building: z.object({ appId: z.string() }).nullable(),
  /** Addresses of containers on that bridge which are no builds. */
  neighbours: z.array(z.string()),
  /** HTTP proxies by which this machine reaches others; builds use them. */
  proxies: z.array(z.object({ address: z.string(), port: z.int() })),
  /** Connections that the kernel remembers at most, everybody's together; what is kept from before has none. */
  flowsAtMost: z.int().default(65_536),
  /** Raw ports of apps. What is kept with a change of the firewall has none: they have a file of their own. */
  ports: z.array(LoadedPort).default([]),
  /** Ways in to add-ons for a while, as little kept with a change. */
  exceptions: z.array(LoadedException).default([]),
})
export type Facts = z.infer<typeof Facts>
