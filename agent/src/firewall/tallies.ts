import type { FirewallReading } from '@vastrox/shared/agent-api-firewall.ts'
import { z } from 'zod'
import { type Listing, listObject } from '#agent/firewall/nft.ts'

type Counter = FirewallReading['counters'][number]
type Dropped = FirewallReading['wouldDrop'][number]

const DAY_MS = 86_400_000
const MOST_PORTS = 200
const MOST_SOURCES = 5

const Count = z.object({ packets: z.int(), bytes: z.int() })
const Rule = z.object({
  comment: z.string().startsWith('rule '),
  expr: z.array(z.record(z.string(), z.unknown())),
})
const PROTOCOLS = new Map<string | number, 'tcp' | 'udp'>([
  ['tcp', 'tcp'],
  [6, 'tcp'],
  ['udp', 'udp'],
  [17, 'udp'],
])
const Elements = z.object({
  elem: z
    .array(
      z.object({
        elem: z.object({
          val: z.object({ concat: z.array(z.union([z.string(), z.number()])) }),
          expires: z.number().default(0),
          counter: Count.optional(),
        }),
      }),
    )
    .default([]),
})

/** What rules and closed ports have counted, in the kernel now and in rulesets that were loaded before. */
export function createTallies(table: string, now: () => Date) {
  const rules = new Map<string, Counter>()
  const ports = new Map<string, Dropped & { lastAt: number }>()

  async function read(): Promise<{ counters: Counter[]; dropped: Dropped[] }> {
    const [chain, closed, from4, from6] = [
      await listObject('chain', table, 'rules'),
      await listObject('set', table, 'closed'),
      await listObject('set', table, 'closed_from4'),
      await listObject('set', table, 'closed_from6'),
    ]
    return { counters: countersIn(chain), dropped: droppedIn(closed, [...from4, ...from6]) }
  }

  return {
    /** Before another ruleset takes the place of this one: its counts would be lost. */
    async keep(): Promise<void> {
      const { counters, dropped } = await read()
      for (const counter of counters) rules.set(counter.ruleId, add(counter, rules))
      for (const one of dropped)
        ports.set(keyOf(one), { ...join(one, ports.get(keyOf(one))), lastAt: now().getTime() })
      for (const [key, { lastAt }] of ports)
        if (now().getTime() - lastAt > DAY_MS) ports.delete(key)
    },

    /** Of `ruleIds` and of every closed port. */
    async totals(ruleIds: ReadonlySet<string>) {
      const { counters, dropped } = await read()
      const known = new Map([...rules].filter(([id]) => ruleIds.has(id)))
      for (const counter of counters) known.set(counter.ruleId, add(counter, rules))
      const all = new Map<string, Dropped>(ports)
      for (const one of dropped) all.set(keyOf(one), join(one, all.get(keyOf(one))))
      return {
        counters: [...known.values()],
        wouldDrop: [...all.values()]
          .toSorted((one, other) => other.packets - one.packets)
          .slice(0, MOST_PORTS),
      }
    },
  }
}
export type Tallies = ReturnType<typeof createTallies>

const keyOf = ({ protocol, port }: Pick<Dropped, 'protocol' | 'port'>): string =>
  `${protocol} ${port}`

function add(counter: Counter, before: ReadonlyMap<string, Counter>): Counter {
  const old = before.get(counter.ruleId)
  return {
    ruleId: counter.ruleId,
    packets: counter.packets + (old?.packets ?? 0),
    bytes: counter.bytes + (old?.bytes ?? 0),
  }
}

const join = (fresh: Dropped, old: Dropped | undefined): Dropped => ({
  ...fresh,
  packets: fresh.packets + (old?.packets ?? 0),
  lastSources: [...new Set([...fresh.lastSources, ...(old?.lastSources ?? [])])].slice(
    0,
    MOST_SOURCES,
  ),
})

/** The lines of a rule have its id in their comment; they are added up. */
export function countersIn(listing: Listing): Counter[] {
  const sums = new Map<string, Counter>()
  for (const { rule } of listing) {
    const parsed = Rule.safeParse(rule)
    if (!parsed.success) continue
    const ruleId = parsed.data.comment.slice('rule '.length)
    const counted = parsed.data.expr
      .map(({ counter }) => Count.safeParse(counter).data)
      .find((count) => count !== undefined)
    sums.set(ruleId, add({ ruleId, packets: 0, bytes: 0, ...counted }, sums))
  }
  return [...sums.values()]
}

export function droppedIn(closed: Listing, from: Listing): Dropped[] {
  const sources = elementsIn(from).toSorted((one, other) => other.expires - one.expires)
  return elementsIn(closed).map(({ protocol, port, packets }) => ({
    protocol,
    port,
    packets,
    lastSources: sources
      .filter((each) => each.protocol === protocol && each.port === port)
      .map(({ source }) => source)
      .slice(0, MOST_SOURCES),
  }))
}

function elementsIn(listing: Listing) {
  return listing.flatMap(({ set }) => {
    const parsed = Elements.safeParse(set)
    if (!parsed.success) return []
    return parsed.data.elem.flatMap(({ elem: { val, expires, counter } }) => {
      const [name = '', port, source = ''] = val.concat
      const protocol = PROTOCOLS.get(name)
      return protocol === undefined || typeof port !== 'number'
        ? []
        : [{ protocol, port, source: String(source), expires, packets: counter?.packets ?? 0 }]
    })
  })
}
