import { z } from 'zod'
import { Cidr } from './firewall-rule.ts'

/** Networks that are known by name: a service in front, or a reverse proxy on this machine. */
export const TrustedProxyPreset = z.enum(['cloudflare', 'loopback'])
export type TrustedProxyPreset = z.infer<typeof TrustedProxyPreset>

/** Whose word about where a visitor comes from is believed (rule P3): nobody's, unless it is said. */
export const TrustedProxies = z.object({
  presets: z.array(TrustedProxyPreset).max(TrustedProxyPreset.options.length).default([]),
  ranges: z.array(Cidr).max(200).default([]),
})
export type TrustedProxies = z.infer<typeof TrustedProxies>

export const ShownTrustedProxies = TrustedProxies.extend({
  /** Every network of both. */
  networks: z.array(z.string()),
  /** As of when the networks of a service are what it has published. */
  asOf: z.record(z.string(), z.iso.date()),
})
export type ShownTrustedProxies = z.infer<typeof ShownTrustedProxies>
