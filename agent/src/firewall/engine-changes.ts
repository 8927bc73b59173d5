import { setTimeout as sleep } from 'node:timers/promises'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'
import type { Engine } from '#agent/engine/engine.ts'

const DIAL_AGAIN_MS = 2_000
/** What changes at once is looked at once. */
const SETTLE_MS = 50

/**
 * Calls `onChange` when networks come and go and containers start and end, and after the engine was
 * away, until the signal.
 */
export async function watchEngine(
  engine: Engine,
  onChange: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let again = false
  let running = false
  const changed = async (): Promise<void> => {
    again = true
    if (running) return
    running = true
    while (again && !signal.aborted) {
      await sleep(SETTLE_MS)
      again = false
      await onChange()
    }
    running = false
  }
  while (!signal.aborted) {
    try {
      const events = await engine.stream('GET', '/events', {
        query: {
          filters: JSON.stringify({
            type: ['network', 'container'],
            event: ['create', 'destroy', 'connect', 'disconnect', 'start', 'die'],
          }),
        },
        signal,
      })
      void changed()
      for await (const _event of readNdjson(events)) void changed()
    } catch {
      // Away or cut off: looked at again once it is back.
    }
    await sleep(DIAL_AGAIN_MS, undefined, { signal, ref: false }).catch(() => {
      // Stopping.
    })
  }
}
