import { z } from 'zod'
import { PortRange, portsOf } from './firewall-rule.ts'
import { ProcessName } from './process.ts'

/** Ports of the server that one app may have. */
export const MAX_PORTS_OF_APP = 100

export const PortProtocol = z.enum(['tcp', 'udp'])
export type PortProtocol = z.infer<typeof PortProtocol>

/** Apps have IPv4 networks, so that is what is let in. */
export const PortSource = z.union(
  [z.ipv4(), z.cidrv4()],
  'Write an IPv4 address such as 203.0.113.7 or a network such as 203.0.113.0/24.',
)

/** How a port is named: `25565-tcp`, or a range such as `27015-27030-udp`. */
export const PortName = z
  .string()
  .regex(/^[1-9]\d{0,4}(-[1-9]\d{0,4})?-(tcp|udp)$/, 'Write 25565-tcp or 27015-27030-udp.')

export const portNameOf = (ports: string, protocol: PortProtocol): string => `${ports}-${protocol}`

const settings = {
  /** Whose instances answer. */
  process: ProcessName,
  /** Where they listen; of a range the first port, the others follow it. */
  to: z.int().min(1).max(65_535),
  /** Empty: from anywhere. */
  sources: z.array(PortSource).max(200),
  /** Connections, or flows of UDP, that one address may begin in a second; null: as many as it likes. */
  newPerSecond: z.int().min(1).max(10_000).nullable(),
  /** Those that it may have at the same time; null: as many as it likes. */
  connections: z.int().min(1).max(60_000).nullable(),
  /**
   * What a deployment does to flows of UDP that go on: `end`, their next packet is for the new release;
   * `finish`, they stay with the instance that they know for as long as it drains. Connections of TCP
   * always finish.
   */
  oldFlows: z.enum(['end', 'finish']),
}

/** What is in force unless somebody says something else. */
export const DEFAULT_PORT_SETTINGS = {
  process: 'web',
  sources: [],
  newPerSecond: 50,
  connections: 256,
  oldFlows: 'end',
} as const

export const CreateAppPort = z
  .object({
    protocol: PortProtocol,
    ports: PortRange,
    /** Left out: the same ports as outside. */
    to: settings.to.optional(),
    process: settings.process.default(DEFAULT_PORT_SETTINGS.process),
    sources: settings.sources.default([]),
    newPerSecond: settings.newPerSecond.default(DEFAULT_PORT_SETTINGS.newPerSecond),
    connections: settings.connections.default(DEFAULT_PORT_SETTINGS.connections),
    oldFlows: settings.oldFlows.default(DEFAULT_PORT_SETTINGS.oldFlows),
  })
  .refine(({ ports }) => countOf(ports) <= MAX_PORTS_OF_APP, {
    path: ['ports'],
    message: `A range has at most ${MAX_PORTS_OF_APP} ports.`,
  })
  .refine(({ ports, to }) => to === undefined || to + countOf(ports) <= 65_536, {
    path: ['to'],
    message: 'The range goes beyond 65535 inside.',
  })
export type CreateAppPort = z.input<typeof CreateAppPort>

export const ChangeAppPort = z.object(settings).partial()
export type ChangeAppPort = z.infer<typeof ChangeAppPort>

/** A port of the server that leads to instances of an app. */
export const AppPort = z.object({
  name: PortName,
  protocol: PortProtocol,
  ports: PortRange,
  ...settings,
  /** Where clients go. */
  address: z.string(),
  /** So many instances answer. */
  instances: z.int(),
  /** Why nobody gets in at the moment; null where all is well. */
  problem: z.string().nullable(),
  /** Since the node's agent came up; null where it does not answer. */
  traffic: z
    .object({
      /** Connections and flows that were let in. */
      connections: z.number(),
      /** Those that were over a limit or from elsewhere. */
      refused: z.number(),
      bytesIn: z.number(),
      bytesOut: z.number(),
    })
    .nullable(),
  createdAt: z.iso.datetime(),
})
export type AppPort = z.infer<typeof AppPort>

export const AppPorts = z.object({
  ports: z.array(AppPort),
  /** What the operator gives out. */
  allowed: z.array(PortRange),
})
export type AppPorts = z.infer<typeof AppPorts>

/** What apps may have of the server's ports. */
export const PortPolicy = z.object({
  ranges: z.array(PortRange).max(20),
  perTeam: z.int().min(0).max(10_000),
})
export type PortPolicy = z.infer<typeof PortPolicy>

/** Ports below belong to the system. */
export const DEFAULT_PORT_POLICY: PortPolicy = { ranges: ['1024-65535'], perTeam: 200 }

export function countOf(range: string): number {
  const { first, last } = portsOf(range)
  return last - first + 1
}
