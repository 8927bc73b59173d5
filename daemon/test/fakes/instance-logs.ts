import type { ObservedInstance } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { NodeAgent } from '#ports/node-agent.ts'

type Line = {
  type: 'line'
  at: string
  stream: 'stdout' | 'stderr'
  text: string
  dropped?: number | undefined
  lostAfter?: string | undefined
}

/** Containers that only log: what they print is kept until they are removed, as the engine does. */
export function createFakeInstanceLogs() {
  const containers = new Map<string, { seen: ObservedInstance; lines: Line[]; gone: boolean }>()
  let wakes: (() => void)[] = []
  let time = 0
  let away = false

  const changed = (): void => {
    for (const wake of wakes.splice(0)) wake()
  }
  const until = (signal: AbortSignal): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    wakes.push(resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
    return promise
  }
  const check = (): void => {
    if (away) throw new CodedError('ENGINE_UNREACHABLE')
  }

  const agent: Pick<NodeAgent, 'listInstances' | 'readLogs'> = {
    listInstances: async () => {
      check()
      return [...containers.values()].filter(({ gone }) => !gone).map(({ seen }) => seen)
    },
    async *readLogs({ name, since, follow }, signal) {
      check()
      const container = containers.get(name)
      if (!container || container.gone) throw new CodedError('INSTANCE_NOT_FOUND', { name })
      let next = container.lines.findIndex(({ at }) => since === null || at > since)
      if (next === -1) next = container.lines.length
      const lacks = since !== null && !container.lines.some(({ at }) => at <= since)
      let lostAfter = lacks ? since : undefined
      while (!signal.aborted) {
        check()
        const line = container.lines[next]
        if (line) {
          next += 1
          yield lostAfter === undefined ? line : { ...line, lostAfter }
          lostAfter = undefined
        } else if (!follow || container.gone) return
        else await until(signal)
      }
    },
  }

  return {
    agent,
    start(name: string, appId = 'app1', ordinal = 1): void {
      const seen: ObservedInstance = {
        name,
        appId,
        releaseId: 'release1',
        releaseNumber: 3,
        process: 'web',
        ordinal,
        generation: 1,
        node: 'node-1',
        host: '10.128.0.2',
        status: 'running',
        exitCode: null,
        oomKilled: false,
        restarts: 0,
        startedAt: null,
      }
      containers.set(name, { seen, lines: [], gone: false })
    },
    print(name: string, text: string, stream: Line['stream'] = 'stdout', dropped?: number): void {
      time += 1
      const at = `2026-11-22T17:00:00.${String(time).padStart(9, '0')}Z`
      containers.get(name)?.lines.push({ type: 'line', at, stream, text, dropped })
      changed()
    },
    /** What it printed first is overwritten, as the engine does once there is too much of it. */
    overwrite(name: string, count: number): void {
      containers.get(name)?.lines.splice(0, count)
    },
    remove(name: string): void {
      const container = containers.get(name)
      if (container) container.gone = true
      changed()
    },
    /** The engine goes away, and comes back. */
    setAway(isAway: boolean): void {
      away = isAway
      changed()
    },
  }
}
