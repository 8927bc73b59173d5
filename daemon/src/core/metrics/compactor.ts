import {
  ceilTo,
  COMPACT_AFTER_MS,
  FINEST,
  floorTo,
  RESOLUTIONS,
} from '#core/metrics/resolutions.ts'
import { placeInto, rollUp, withPercentiles } from '#core/metrics/roll-up.ts'
import type { Clock } from '#ports/clock.ts'
import type { Columns } from '#store/metrics-columns.ts'
import type { MetricsStore } from '#store/metrics-store.ts'

interface Deps {
  store: Pick<
    MetricsStore,
    | 'oldestTick'
    | 'holdTicks'
    | 'removeTicks'
    | 'readBlocks'
    | 'saveBlocks'
    | 'removeBlocks'
    | 'forgetSubjects'
    | 'forgetReports'
  >
  clock: Clock
}

/** Others of the daemon come in between. */
const SUBJECTS_AT_ONCE = 8
const REMOVED_AT_ONCE = 500

/**
 * Makes columns of every hour that is over, for each resolution, and removes what is too old. It can be
 * ended at any moment and begun again: what it has done is written over by the same.
 */
export function createCompactor({ store, clock }: Deps) {
  async function breathe(signal: AbortSignal): Promise<void> {
    await clock.sleep(0, signal)
  }

  async function compactHour(hour: number, signal: AbortSignal): Promise<void> {
    const end = hour + FINEST.blockMs
    const { ticks, subjects, columnsOf } = store.holdTicks(hour, end)
    for (const [at, subject] of subjects.entries()) {
      compactSubject(subject, hour, columnsOf(subject))
      if (at % SUBJECTS_AT_ONCE === 0) await breathe(signal)
    }
    // What came late meanwhile is there still, with what was held, and is put together once more.
    store.removeTicks(ticks)
  }

  function compactSubject(subject: string, hour: number, ticks: Columns): void {
    const fine: Columns = new Map()
    const steps = FINEST.blockMs / FINEST.stepMs
    const known = store.readBlocks(subject, FINEST.stepMs, hour, hour + 1)[0]
    if (known) placeInto(fine, known.columns, { offset: 0, steps, overwrite: true })
    placeInto(fine, ticks, { offset: 0, steps, overwrite: true })
    const blocks = RESOLUTIONS.slice(1).map(({ stepMs, blockMs }) => {
      const at = floorTo(hour, blockMs)
      const columns: Columns = new Map()
      const place = { offset: 0, steps: blockMs / stepMs, overwrite: true }
      const before = store.readBlocks(subject, stepMs, at, at + 1)[0]
      if (before) placeInto(columns, before.columns, place)
      const rolled = rollUp(fine, stepMs / FINEST.stepMs)
      placeInto(columns, isPart(subject) ? withPercentiles(rolled) : rolled, {
        ...place,
        offset: (hour - at) / stepMs,
      })
      return { resolution: stepMs, at, columns }
    })
    store.saveBlocks(subject, [{ resolution: FINEST.stepMs, at: hour, columns: fine }, ...blocks])
  }

  async function removeOld(signal: AbortSignal): Promise<void> {
    const now = clock.now().getTime()
    for (const { stepMs, keepMs, blockMs } of RESOLUTIONS) {
      const before = now - keepMs - blockMs
      while (store.removeBlocks(stepMs, before, REMOVED_AT_ONCE) === REMOVED_AT_ONCE)
        await breathe(signal)
    }
    const [, , { keepMs, blockMs }] = RESOLUTIONS
    store.forgetReports(now - FINEST.keepMs)
    store.forgetSubjects(now - keepMs - 2 * blockMs)
  }

  return {
    /** Rejects with the signal's reason when it aborts. */
    async run(signal: AbortSignal): Promise<void> {
      const end = floorTo(clock.now().getTime() - COMPACT_AFTER_MS, FINEST.blockMs)
      let isAny = false
      for (;;) {
        const oldest = store.oldestTick()
        if (oldest === undefined || ceilTo(oldest + 1, FINEST.blockMs) > end) break
        await compactHour(floorTo(oldest, FINEST.blockMs), signal)
        isAny = true
      }
      if (isAny) await removeOld(signal)
    },
  }
}
export type Compactor = ReturnType<typeof createCompactor>

/** `edge:<app>/release.3` */
const isPart = (subject: string): boolean => subject.startsWith('edge:') && subject.includes('/')
