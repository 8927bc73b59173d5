import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AppSleep } from '@vastrox/shared/sleep.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Sleeping } from '#core/sleep/sleeping.ts'
import type { Clock } from '#ports/clock.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { SleepStore } from '#store/sleep-store.ts'

interface Deps {
  finder: AppFinder
  sleeps: SleepStore
  sleeping: Sleeping
  whyAwake: (app: AppRecord) => string | undefined
  audit: Pick<AuditLog, 'append'>
  clock: Clock
}

const DAY_MS = 86_400_000
const KEPT_MS = 31 * DAY_MS

/** Apps that sleep, for those who look after them. */
export function createSleepService(deps: Deps) {
  const { finder, sleeps, sleeping, audit, clock } = deps

  function describe(actor: Actor, app: AppRecord): AppSleep {
    const nowMs = clock.now().getTime()
    const dayAgo = nowMs - DAY_MS
    const ofDay = sleeps.listSince(actor, app.id, new Date(dayAgo).toISOString()).map((one) => {
      const fromMs = Math.max(dayAgo, Date.parse(one.beganAt))
      const toMs = one.endedAt === null ? nowMs : Date.parse(one.endedAt)
      return { ...one, ms: Math.max(0, toMs - fromMs) }
    })
    const asleepMs = ofDay.reduce((sum, { ms }) => sum + ms, 0)
    const byteMs = ofDay.reduce((sum, { ms, memoryBytes }) => sum + ms * memoryBytes, 0)
    const wakes = ofDay.flatMap(({ wakeMs }) => wakeMs ?? [])
    const isAsleep = sleeping.isAsleep(app.id)
    return {
      isAsleep,
      since: ofDay.find(({ endedAt }) => endedAt === null)?.beganAt ?? null,
      afterMs: app.settings.sleepAfterMs,
      staysAwake: isAsleep ? null : (deps.whyAwake(app) ?? null),
      lastDay: {
        asleepMs,
        times: ofDay.length,
        freedBytes: asleepMs === 0 ? 0 : Math.round(byteMs / asleepMs),
        slowestWakeMs: wakes.length === 0 ? null : Math.max(...wakes),
      },
    }
  }

  function findToRun(actor: Actor, name: string): AppRecord {
    const app = finder.find(actor, name)
    mustBeAble(actor, 'app.change', app.id)
    return app
  }

  return {
    get: (actor: Actor, name: string): AppSleep => describe(actor, finder.find(actor, name)),

    /** Puts it to sleep now. Throws APP_STAYS_AWAKE where it must not sleep, or somebody came meanwhile. */
    async sleep(actor: Actor, name: string): Promise<AppSleep> {
      const app = findToRun(actor, name)
      await sleeping.settled(app.id)
      if (sleeping.isAsleep(app.id)) return describe(actor, app)
      const reason = deps.whyAwake(app)
      if (reason !== undefined) throw new CodedError('APP_STAYS_AWAKE', { reason })
      if (!(await sleeping.sleep(app, `${actor.name} put it to sleep`)))
        throw new CodedError('APP_STAYS_AWAKE', {
          reason: deps.whyAwake(app) ?? 'somebody visits it',
        })
      audit.append({ actor, action: 'app.sleep', target: name })
      return describe(actor, app)
    },

    /** Resolves when it serves again. */
    async wake(actor: Actor, name: string): Promise<AppSleep> {
      const app = findToRun(actor, name)
      if (sleeping.isAsleep(app.id)) audit.append({ actor, action: 'app.wake', target: name })
      await sleeping.wake(app.id)
      return describe(actor, app)
    },

    forgetOld(): void {
      sleeps.pruneForPlatform(new Date(clock.now().getTime() - KEPT_MS).toISOString())
    },
  }
}
export type SleepService = ReturnType<typeof createSleepService>
