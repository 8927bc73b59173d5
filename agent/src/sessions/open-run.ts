import type { OpenRun, SessionEvent } from '@vastrox/shared/agent-api.ts'
import type { z } from 'zod'
import { type OneOffDeps, runOneOff } from '#agent/containers/one-off.ts'
import type { StreamCall } from '#agent/server/bind.ts'
import { type Attached, carry } from '#agent/sessions/attached.ts'

/** A command in a container of its own that somebody works with. */
export async function openRun(
  deps: OneOffDeps,
  spec: z.output<typeof OpenRun>,
  call: StreamCall<SessionEvent>,
): Promise<void> {
  const { engine } = deps
  const isTerminal = spec.terminal !== null
  const ends = { stdin: spec.stdin, isTerminal }
  const ending = await runOneOff(deps, spec, ends, call.signal, async ({ path, socket, start }) => {
    const attached: Attached = {
      socket,
      isTerminal,
      resize: ({ columns, rows }) =>
        engine.act('POST', `${path}/resize`, { query: { h: rows, w: columns } }),
      signal: (signal) => engine.act('POST', `${path}/kill`, { query: { signal } }),
    }
    await start()
    if (spec.terminal) await attached.resize(spec.terminal).catch(() => undefined)
    await call.emit({ type: 'started' })
    await carry(attached, spec, call)
  })
  await call.emit(ending)
}
