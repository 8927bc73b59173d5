import { z } from 'zod'
import { FirewallMode } from './firewall-rule.ts'

/** Most listeners of one machine that are told about. */
export const MOST_EXPOSED = 1_000

/** `some`: see `to`. `machine`: only programs of this machine. */
export const Exposure = z.enum(['world', 'some', 'machine', 'closed'])
export type Exposure = z.infer<typeof Exposure>

/** What became of one try from outside. `silent`: no answer came; for UDP that says nothing. */
export const ProbeOutcome = z.enum(['answered', 'refused', 'silent'])
export type ProbeOutcome = z.infer<typeof ProbeOutcome>

export const TestedPort = z.object({
  at: z.iso.datetime(),
  tries: z.array(z.object({ address: z.string(), outcome: ProbeOutcome })).max(8),
  /** Whether that is what was worked out; null where the answer does not tell. */
  agrees: z.boolean().nullable(),
})
export type TestedPort = z.infer<typeof TestedPort>

/** Whoever answers at a port. */
export const PortHolder = z.object({
  kind: z.enum(['process', 'container', 'kernel']),
  /** Of the program or of the container. */
  name: z.string(),
  pid: z.int().nullable(),
  user: z.string().nullable(),
  /** Of systemd. */
  unit: z.string().nullable(),
  image: z.string().nullable(),
  /** The product's own. */
  ours: z.boolean(),
})
export type PortHolder = z.infer<typeof PortHolder>

/** A port of a machine where something answers, and who gets there. */
export const ExposedPort = z.object({
  protocol: z.enum(['tcp', 'udp']),
  port: z.int().min(0).max(65_535),
  /** Where it listens; `0.0.0.0` and `::` are every address. */
  addresses: z.array(z.string()),
  by: PortHolder,
  reach: Exposure,
  /** Of `some`: networks, or words. */
  to: z.array(z.string()),
  /** Why it is so, in a sentence. */
  because: z.string(),
  /** null: nobody has tried. */
  tested: TestedPort.nullable(),
  warning: z
    .object({
      level: z.enum(['warn', 'bad']),
      message: z.string(),
      hint: z.string(),
      /** Whether one rule of the firewall mends it. */
      canFence: z.boolean(),
    })
    .nullable(),
})
export type ExposedPort = z.infer<typeof ExposedPort>

/** A port that is to be closed to everybody outside. */
export const FencePort = ExposedPort.pick({ protocol: true, port: true })
export type FencePort = z.infer<typeof FencePort>

/** What is reachable on a machine: worked out, and tested where somebody asked for it. */
export const ExposureReport = z.object({
  at: z.iso.datetime(),
  mode: FirewallMode,
  /** Why the firewall's rules are not in force; null where they are. */
  problem: z.string().nullable(),
  /** The addresses of this machine, those of containers' networks apart. */
  addresses: z.array(z.string()),
  /** Without one `world` is every network that this machine is on. */
  hasPublicAddress: z.boolean(),
  /** Others that filter as well, and what that means, one sentence each. */
  others: z.array(z.string()),
  ports: z.array(ExposedPort).max(MOST_EXPOSED),
  /** So many more were found. */
  leftOff: z.int(),
  testedAt: z.iso.datetime().nullable(),
  /** Rules have changed since it was tested. */
  testIsStale: z.boolean(),
})
export type ExposureReport = z.infer<typeof ExposureReport>
