import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { FirewallReading } from '@vastrox/shared/agent-api-firewall.ts'
import type { FirewallState } from '@vastrox/shared/firewall-rule.ts'
import type { AgentClient } from '#test/agent-client.ts'
import type { Place } from '#test/network-lab.ts'

const LAB_PROGRAMS = join(import.meta.dirname, 'lab')
const SILENT_AFTER_MS = 500

const Outcomes = z.array(z.enum(['open', 'refused', 'silent']))
const Siege = z.object({
  tried: z.int(),
  letIn: z.int(),
  late: z.int(),
  refused: z.int(),
  lost: z.int(),
  answered: z.int(),
  failed: z.record(z.string(), z.int()),
  underWay: z.int(),
  seconds: z.number(),
})

/** `tcp,203.0.113.10,5000` and the like, all tried at once; one outcome each. */
export async function probe(from: Place, ...targets: readonly string[]) {
  const printed = await from.must(process.execPath, [
    join(LAB_PROGRAMS, 'probe.ts'),
    String(SILENT_AFTER_MS),
    ...targets,
  ])
  return Outcomes.parse(JSON.parse(printed))
}

/** Listeners on these ports, by TCP and UDP over both families. Resolves once they listen. */
export async function listenOn(
  place: Place,
  ports: readonly number[],
  /** An answer by UDP has to come from the address that was asked. */
  udpAddress = '::',
): Promise<void> {
  const listener = place.start(process.execPath, [
    join(LAB_PROGRAMS, 'listen.ts'),
    `udp=${udpAddress}`,
    ...ports.map(String),
  ])
  if (listener.stdout) await once(listener.stdout, 'data')
}

/** Tries targets at a rate until `end` is called, which resolves with what was against expectation. */
export function besiege(from: Place, rate: number, seconds: number, targets: readonly string[]) {
  const child = from.start(process.execPath, [
    join(LAB_PROGRAMS, 'siege.ts'),
    String(rate),
    String(seconds),
    ...targets,
  ])
  if (!child.stdout) throw new Error('the siege has no output')
  const printed = text(child.stdout)
  return {
    async end() {
      child.stdin?.end()
      return Siege.parse(JSON.parse(await printed))
    },
  }
}

const Applied = z.object({ generation: z.int(), pendingUntil: z.string().nullable() })

/** The verbs of the firewall, as a daemon would call them; anything but 200 throws its code. */
export function firewallOf(client: AgentClient) {
  const call = async (verb: string, input: unknown) => {
    const { status, body } = await client.call(verb, input)
    if (status !== 200)
      throw new Error(z.object({ error: z.object({ code: z.string() }) }).parse(body).error.code)
    return body
  }
  const apply = async (state: FirewallState, confirmWithinMs: number) =>
    Applied.parse(await call('apply-firewall', { state, confirmWithinMs }))
  const confirm = (generation: number) => call('confirm-firewall', { generation })
  return {
    call,
    apply,
    confirm,
    read: async () => FirewallReading.parse(await call('read-firewall', {})),
    async applyAndConfirm(state: FirewallState): Promise<number> {
      const { generation } = await apply(state, 60_000)
      await confirm(generation)
      return generation
    },
  }
}
