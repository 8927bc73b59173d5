import { z } from 'zod'
import { PortProtocol, PortSource } from './app-port.ts'

const Port = z.int().min(1).max(65_535)

/** Ports of the node that lead to instances of an app, as the node is told of them. */
export const PublishedPort = z
  .object({
    appId: z.string().regex(/^[a-z0-9]{8,40}$/),
    /** For people: the app and the process. */
    title: z.string().max(100),
    protocol: PortProtocol,
    first: Port,
    last: Port,
    /** Where instances listen for the first one. */
    to: Port,
    /** Empty: from anywhere. */
    sources: z.array(PortSource).max(200),
    newPerSecond: z.int().min(1).max(10_000).nullable(),
    connections: z.int().min(1).max(60_000).nullable(),
    /** Addresses of the instances that get what is new, in the order of their ordinals. */
    targets: z.array(z.ipv4()).max(100),
    /** Of those that keep what they have. */
    spared: z.array(z.ipv4()).max(200),
  })
  .refine(({ first, last, to }) => first <= last && to + last - first <= 65_535)
export type PublishedPort = z.infer<typeof PublishedPort>

export const PortTraffic = z.object({
  protocol: PortProtocol,
  first: Port,
  connections: z.number(),
  refused: z.number(),
  bytesIn: z.number(),
  bytesOut: z.number(),
})
export type PortTraffic = z.infer<typeof PortTraffic>

/** JSON verbs of raw ports; the wire is that of agent-api.ts. */
export const PORT_VERBS = {
  /**
   * All of them, in one transaction of the kernel, and kept over restarts and reboots. Flows that lead to
   * nobody in the list any more are ended. What is the product's own or sshd's, or leads to no instance of
   * its app, leads nowhere, and read-ports says so. Throws FIREWALL_UNAVAILABLE and FIREWALL_REFUSED.
   */
  'keep-ports': {
    input: z.object({ ports: z.array(PublishedPort).max(2_000) }),
    output: z.object({}),
  },
  /** What has met them, and what keeps them from working, in words. */
  'read-ports': {
    input: z.object({}),
    output: z.object({ ports: z.array(PortTraffic), problem: z.string().nullable() }),
  },
  /** Who has these ports on the node already, in words; nobody: an empty list. Changes nothing. */
  'check-ports': {
    input: z.object({ protocol: PortProtocol, first: Port, last: Port }),
    output: z.object({
      taken: z.array(z.object({ port: Port, by: z.string() })).max(100),
    }),
  },
  /** Where instances listen, and who is connected there. One that does not run is left out. */
  'read-port-sockets': {
    input: z.object({ names: z.array(z.string().max(200)).max(200) }),
    output: z.object({
      instances: z.array(
        z.object({
          name: z.string(),
          tcp: z.array(z.int()),
          udp: z.array(z.int()),
          /** Port → connections that stand. */
          connections: z.array(z.object({ port: z.int(), count: z.int() })),
        }),
      ),
    }),
  },
} as const
export type PortVerb = keyof typeof PORT_VERBS
export type PortOutput<Verb extends PortVerb> = z.output<(typeof PORT_VERBS)[Verb]['output']>
export type PortSockets = PortOutput<'read-port-sockets'>['instances'][number]
