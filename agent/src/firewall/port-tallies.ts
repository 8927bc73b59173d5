import type { PortTraffic } from '@vastrox/shared/agent-api-ports.ts'
import { z } from 'zod'
import { isServed, keyOf, type LoadedPort } from '#agent/firewall/loaded-port.ts'
import { type Listing, listObject } from '#agent/firewall/nft.ts'

type Counts = Omit<PortTraffic, 'protocol' | 'first'>

const Count = z.object({ packets: z.int(), bytes: z.int() })
const Rule = z.object({
  comment: z.string().startsWith('port '),
  expr: z.array(z.record(z.string(), z.unknown())),
})
const Elements = z.object({
  elem: z
    .array(
      z.object({
        elem: z.object({
          val: z.int(),
          counter: Count.optional(),
        }),
      }),
    )
    .default([]),
})
const NONE: Counts = { connections: 0, refused: 0, bytesIn: 0, bytesOut: 0 }

/** What has met raw ports, in the kernel now and in rulesets that were loaded before. */
export function createPortTallies(table: string) {
  const before = new Map<string, Counts>()

  async function read(ports: readonly LoadedPort[]): Promise<Map<string, Counts>> {
    const served = ports.filter(isServed)
    if (served.length === 0) return new Map()
    const bytes = new Map<string, Map<number, number>>()
    for (const protocol of new Set(served.map((port) => port.protocol)))
      for (const way of ['in', 'out'])
        bytes.set(
          `${way} ${protocol}`,
          bytesIn(await listObject('set', table, `port_${way}_${protocol}`)),
        )
    const seen = new Map<string, Counts>()
    for (const port of served) {
      const counted = countsIn(await listObject('chain', table, `to_${keyOf(port)}`))
      seen.set(keyOf(port), {
        ...counted,
        bytesIn: sumOf(bytes.get(`in ${port.protocol}`), port),
        bytesOut: sumOf(bytes.get(`out ${port.protocol}`), port),
      })
    }
    return seen
  }

  return {
    /** Before another ruleset takes the place of this one. */
    async keep(ports: readonly LoadedPort[]): Promise<void> {
      for (const [key, counts] of await read(ports)) before.set(key, add(counts, before.get(key)))
      const known = new Set(ports.map(keyOf))
      for (const key of before.keys()) if (!known.has(key)) before.delete(key)
    },

    async totals(ports: readonly LoadedPort[]): Promise<PortTraffic[]> {
      const now = await read(ports)
      return ports.map((port) => ({
        protocol: port.protocol,
        first: port.first,
        ...add(now.get(keyOf(port)) ?? NONE, before.get(keyOf(port))),
      }))
    },
  }
}
export type PortTallies = ReturnType<typeof createPortTallies>

const add = (one: Counts, other: Counts = NONE): Counts => ({
  connections: one.connections + other.connections,
  refused: one.refused + other.refused,
  bytesIn: one.bytesIn + other.bytesIn,
  bytesOut: one.bytesOut + other.bytesOut,
})

/** A chain of a port has a line for each that was let in, and lines for those that were not. */
export function countsIn(listing: Listing): Pick<Counts, 'connections' | 'refused'> {
  const counted = { connections: 0, refused: 0 }
  for (const { rule } of listing) {
    const parsed = Rule.safeParse(rule)
    if (!parsed.success) continue
    const packets = parsed.data.expr
      .map(({ counter }) => Count.safeParse(counter).data?.packets ?? 0)
      .reduce((sum, each) => sum + each, 0)
    counted[parsed.data.comment.endsWith(' opened') ? 'connections' : 'refused'] += packets
  }
  return counted
}

/** Bytes by port. */
export const bytesIn = (listing: Listing): Map<number, number> =>
  new Map(
    listing.flatMap(({ set }) => {
      const parsed = Elements.safeParse(set)
      if (!parsed.success) return []
      return parsed.data.elem.map(({ elem: { val, counter } }) => [val, counter?.bytes ?? 0])
    }),
  )

function sumOf(
  bytes: ReadonlyMap<number, number> = new Map(),
  { first, last }: LoadedPort,
): number {
  let sum = 0
  for (let port = first; port <= last; port++) sum += bytes.get(port) ?? 0
  return sum
}
