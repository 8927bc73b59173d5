import { setTimeout as sleep } from 'node:timers/promises'
import type { WatchEvent } from '@vastrox/shared/agent-api.ts'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'
import { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import type { Notices } from '#agent/containers/notices.ts'
import type { Engine } from '#agent/engine/engine.ts'
import type { StreamCall } from '#agent/server/bind.ts'

const HEARTBEAT_MS = 15_000
const DIAL_AGAIN_MS = 500

const EngineEvent = z.object({
  Action: z.enum(['start', 'die', 'oom', 'destroy']),
  Actor: z.object({ Attributes: z.record(z.string(), z.string()) }),
})

/** The engine's events about our instances, for as long as the caller listens (rule K6: hints only). */
export async function watch(
  { engine, instance, notices }: { engine: Engine; instance: string; notices: Notices },
  { emit, signal }: StreamCall<WatchEvent>,
): Promise<void> {
  await emit({ type: 'heartbeat' })
  const heartbeat = setInterval(() => {
    emit({ type: 'heartbeat' }).catch(() => {
      // The connection has gone; the signal ends the loop below.
    })
  }, HEARTBEAT_MS)
  const stopNotices = notices.on((event) => {
    emit(event).catch(() => {
      // As above.
    })
  })
  try {
    await forward(engine, instance, emit, signal)
  } finally {
    stopNotices()
    clearInterval(heartbeat)
  }
}

async function forward(
  engine: Engine,
  instance: string,
  emit: StreamCall<WatchEvent>['emit'],
  signal: AbortSignal,
): Promise<void> {
  let wasAway = false
  while (!signal.aborted) {
    try {
      const events = await subscribe(engine, instance, signal)
      if (wasAway) await emit({ type: 'engine-restarted' })
      wasAway = false
      for await (const raw of readNdjson(events)) {
        const event = toWatchEvent(raw)
        if (event) await emit(event)
      }
    } catch (error) {
      // Away or cut off: the caller is told once it is back, and reads everything again.
      if (signal.aborted) throw error
    }
    wasAway = true
    await sleep(DIAL_AGAIN_MS, undefined, { signal })
  }
}

const subscribe = (engine: Engine, instance: string, signal: AbortSignal) =>
  engine.stream('GET', '/events', {
    query: {
      filters: JSON.stringify({
        type: ['container'],
        event: EngineEvent.shape.Action.options,
        label: [`${LABEL.instance}=${instance}`, `${LABEL.kind}=instance`],
      }),
    },
    signal,
  })

function toWatchEvent(raw: unknown): WatchEvent | undefined {
  const parsed = EngineEvent.safeParse(raw)
  if (!parsed.success) return undefined
  const { Action, Actor } = parsed.data
  const { name, exitCode } = Actor.Attributes
  if (name === undefined) return undefined
  return {
    type: 'instance',
    name,
    action: Action,
    exitCode: exitCode === undefined ? null : Number(exitCode),
  }
}
