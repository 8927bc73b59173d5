import type { PortSockets, PublishedPort } from '@vastrox/shared/agent-api-ports.ts'
import type { CodedError } from '@vastrox/shared/errors.ts'
import type { NodePorts } from '#ports/node-ports.ts'

/** A node whose ports are what it was told, and what a test says. */
export function createFakePorts() {
  const fake = {
    /** Every list that was taken, the newest last. */
    kept: [] as PublishedPort[][],
    /** Set: it refuses what it is told. */
    refuse: undefined as CodedError | undefined,
    /** Set: it takes what it is told, and its answer is lost. */
    lose: undefined as CodedError | undefined,
    /** Who has a port already. */
    takenBy: (_protocol: 'tcp' | 'udp', _port: number): string | undefined => undefined,
    sockets: [] as PortSockets[],
    /** What leads where now. */
    now: (): PublishedPort[] => fake.kept.at(-1) ?? [],
    agent: (ask: (verb: string) => Promise<void>): NodePorts => ({
      async keep(ports) {
        await ask('keep-ports')
        if (fake.refuse) throw fake.refuse
        fake.kept.push([...ports])
        if (fake.lose) throw fake.lose
      },
      async read() {
        await ask('read-ports')
        return {
          ports: fake.now().map(({ protocol, first }) => ({
            protocol,
            first,
            connections: 3,
            refused: 1,
            bytesIn: 2_048,
            bytesOut: 4_096,
          })),
          problem: null,
        }
      },
      async check(protocol, first, last) {
        await ask('check-ports')
        return Array.from({ length: last - first + 1 }, (_, at) => first + at).flatMap((port) => {
          const by = fake.takenBy(protocol, port)
          return by === undefined ? [] : [{ port, by }]
        })
      },
      async sockets(names) {
        await ask('read-port-sockets')
        return fake.sockets.filter(({ name }) => names.includes(name))
      },
    }),
  }
  return fake
}
export type FakePorts = ReturnType<typeof createFakePorts>
