import { readFile } from 'node:fs/promises'
import type { PortSockets } from '@vastrox/shared/agent-api-ports.ts'
import { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { isNotFound } from '#agent/engine/engine-error.ts'
import { isLoopback, parseSockets } from '#agent/firewall/sockets.ts'

const Found = z.object({
  State: z.object({ Pid: z.int() }),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullable() }),
})
const TABLES = [
  ['tcp', 'tcp'],
  ['tcp6', 'tcp'],
  ['udp', 'udp'],
  ['udp6', 'udp'],
] as const

/** Where instances listen for others, and how many are connected, by the kernel's own tables. */
export async function readPortSockets(
  { engine, instance }: { engine: Engine; instance: string },
  { names }: { names: readonly string[] },
): Promise<{ instances: PortSockets[] }> {
  const found = await Promise.all(names.map((name) => readOne(engine, instance, name)))
  return { instances: found.flatMap((each) => each ?? []) }
}

async function readOne(
  engine: Engine,
  instance: string,
  name: string,
): Promise<PortSockets | undefined> {
  const found = await engine
    .get(`/containers/${encodeURIComponent(name)}/json`, Found)
    .catch((error: unknown) => {
      if (isNotFound(error)) return undefined
      throw error
    })
  if (!found || found.State.Pid === 0) return undefined
  if (found.Config.Labels?.[LABEL.instance] !== instance) return undefined
  const tables = await Promise.all(
    TABLES.map(async ([file, protocol]) =>
      // The instance may end at this moment, and a kernel may be without IPv6.
      parseSockets(
        await readFile(`/proc/${found.State.Pid}/net/${file}`, 'utf8').catch(() => ''),
        protocol,
      ),
    ),
  )
  const sockets = tables.flat()
  const listening = (wanted: 'tcp' | 'udp'): number[] => [
    ...new Set(
      sockets
        .filter(
          ({ protocol, state, address }) =>
            protocol === wanted && state === 'listening' && !isLoopback(address),
        )
        .map(({ port }) => port),
    ),
  ]
  const counts = new Map<number, number>()
  for (const { protocol, state, port } of sockets)
    if (protocol === 'tcp' && state === 'established') counts.set(port, (counts.get(port) ?? 0) + 1)
  const tcp = listening('tcp')
  return {
    name,
    tcp,
    udp: listening('udp'),
    connections: tcp.map((port) => ({ port, count: counts.get(port) ?? 0 })),
  }
}
