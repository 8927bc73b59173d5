import type { LiveEvent } from '@vastrox/shared/live-event.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'

const MAX_KEPT = 1_000

/**
 * Events in memory. Ids begin at the time of the start, so that an id from before a restart is
 * never taken for one of after it.
 */
export function createEventStream(clock: Clock): EventStream {
  const first = clock.now().getTime()
  let nextId = first
  const kept: { teamId: string; event: LiveEvent }[] = []
  const listeners = new Set<{ teamId: string; listener: (event: LiveEvent) => void }>()

  const isKept = (id: number): boolean =>
    id >= first - 1 && id < nextId && (kept[0]?.event.id ?? nextId) <= id + 1

  return {
    emit({ teamId, type, app, subject }) {
      const event: LiveEvent = { id: nextId++, type, app, subject }
      kept.push({ teamId, event })
      if (kept.length > MAX_KEPT) kept.shift()
      for (const each of listeners) if (each.teamId === teamId) each.listener(event)
    },

    subscribe(teamId, lastEventId, listener) {
      if (lastEventId !== null) {
        if (isKept(lastEventId)) {
          for (const each of kept)
            if (each.teamId === teamId && each.event.id > lastEventId) listener(each.event)
        } else listener({ id: nextId - 1, type: 'reset', app: null, subject: null })
      }
      const entry = { teamId, listener }
      listeners.add(entry)
      return () => {
        listeners.delete(entry)
      }
    },
  }
}
