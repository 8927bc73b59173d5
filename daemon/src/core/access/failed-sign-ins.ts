import type { Actor } from '@vastrox/shared/actor.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'

interface Deps {
  auditLog: Pick<AuditLog, 'append'>
  clock: Clock
  transact: <T>(work: () => T) => T
}

interface Failures {
  actor: Actor
  action: string
  target: string
  details: Record<string, unknown>
  count: number
}

const AFTER_MS = 1_000
/** Beyond it what comes is only counted, and of nobody: a flood is a flood. */
const MAX_KEPT = 500

/**
 * Audit events of what somebody could not show. They are written a second later, all in one go: a
 * write in the middle of the request would tell by its time which names there are, and a flood of
 * guesses would be a flood of writes.
 */
export function createFailedSignIns({ auditLog, clock, transact }: Deps) {
  let kept = new Map<string, Failures>()
  let isWaiting = false

  function flush(): void {
    const failures = [...kept.values()]
    kept = new Map()
    if (failures.length === 0) return
    transact(() => {
      for (const { count, details, ...event } of failures)
        auditLog.append({
          ...event,
          result: 'failed',
          details: count === 1 ? details : { ...details, times: count },
        })
    })
  }

  return {
    note(
      actor: Actor,
      action: string,
      target: string,
      details: Record<string, unknown> = {},
    ): void {
      const key = JSON.stringify([actor.address, action, target, details])
      const isLeftOut = kept.size >= MAX_KEPT && !kept.has(key)
      const under = isLeftOut ? `others ${action}` : key
      const known = kept.get(under)
      if (known) known.count += 1
      else if (isLeftOut) kept.set(under, { ...others(actor), action, count: 1 })
      else kept.set(under, { actor, action, target, details, count: 1 })
      if (isWaiting) return
      isWaiting = true
      void clock
        .sleep(AFTER_MS)
        .then(flush)
        // A database that is being closed: `flush` was called before.
        .catch(() => {})
        .finally(() => {
          isWaiting = false
        })
    },

    /** At once; for the end of the daemon, and for whoever reads the log. */
    flush,
  }
}
export type FailedSignIns = ReturnType<typeof createFailedSignIns>

const others = (actor: Actor): Pick<Failures, 'actor' | 'target' | 'details'> => ({
  actor: {
    ...actor,
    id: 'others',
    name: 'others',
    userId: null,
    address: null,
    via: undefined,
  },
  target: 'others',
  details: {},
})
