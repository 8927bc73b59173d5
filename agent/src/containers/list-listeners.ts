import type { Listener } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { parseListeners } from '#agent/containers/proc-net-tcp.ts'
import { readSocketTables } from '#agent/containers/socket-tables.ts'
import { ownerOf } from '#agent/containers/stop-instances.ts'
import type { Engine } from '#agent/engine/engine.ts'

/** The engine's own name server listens in every container's namespace. */
const ENGINE_RESOLVER = '127.0.0.11'

const Found = z.object({ State: z.object({ Pid: z.int() }) })

/** What listens inside the instance's own network namespace, read through its init's /proc entry. */
export async function listListeners(
  { engine, instance }: { engine: Engine; instance: string },
  { name }: { name: string },
): Promise<{ listeners: Listener[] }> {
  if ((await ownerOf(engine, instance, name)) === undefined)
    throw new CodedError('INSTANCE_NOT_FOUND', { name })
  const { State } = await engine.get(`/containers/${encodeURIComponent(name)}/json`, Found)
  if (State.Pid === 0) return { listeners: [] }
  const tables = await readSocketTables(State.Pid)
  return {
    listeners: tables
      .flatMap(parseListeners)
      .filter((listener) => listener.address !== ENGINE_RESOLVER),
  }
}
