import { CodedError, type ErrorCode, sayError } from '@vastrox/shared/errors.ts'
import type { DrillBook } from '#core/drills/drill-book.ts'
import { sayWorst } from '#core/drills/drill-checks.ts'
import { isShort, type NodeNow, whyNot } from '#core/drills/drill-room.ts'
import type { DrillWork } from '#core/drills/drill.ts'
import type { GoodBackup, KeptBackups, TakeTurn } from '#core/backups/way-back.ts'
import type { Clock } from '#ports/clock.ts'
import type { DrillRecord, DrillStore } from '#store/drill-store.ts'

interface Deps {
  drills: Pick<DrillStore, 'listOpenForPlatform' | 'findForPlatform'>
  backups: Pick<KeptBackups, 'findForPlatform'>
  work: DrillWork
  book: DrillBook
  describeNode: () => Promise<NodeNow>
  /** The node's, one at a time: backups and restores go first. */
  takeTurn: TakeTurn
  /** A restore waits: somebody sits there. */
  mustGiveWay: () => boolean
  clock: Clock
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

/** A drill that cannot begin is looked at again. */
const LOOK_EVERY_MS = 60_000
/** A drill under way gives way to what lives. */
const WATCH_EVERY_MS = 15_000
const AGAIN_MS = 15 * 60_000
/** A drill that the daemon does not survive is not begun for ever. */
const MOST_ATTEMPTS = 3
/** Proof that is so late counts for more than the load. */
const PATIENCE_MS = 24 * 3_600_000
/** Says nothing about the backup: it is tried again (rule K8), and fails in the end. */
const PASSING: readonly ErrorCode[] = [
  'AGENT_UNREACHABLE',
  'ENGINE_UNREACHABLE',
  'DESTINATION_UNREACHABLE',
  'DISK_FULL',
  'ADDON_NOT_RUNNING',
]
const GAVE_WAY = 'put off: the server was short of memory'
const WAITED_FOR = 'put off: a restore goes first'

/**
 * Runs drills one at a time, when the node has room for one. There is a timer only while one waits.
 */
export function createDrillRunner(deps: Deps) {
  const { drills, backups, work, book, clock } = deps
  const stopping = new AbortController()
  let waking = new AbortController()
  let running: Promise<void> | undefined

  /** What became of the backup that it was to prove; a newer one of the same subject makes it idle. */
  function outdated(record: DrillRecord, all: readonly DrillRecord[]): boolean {
    if (record.cause === 'asked') return false
    return all.some(
      ({ id, subject, backupId }) =>
        id > record.id &&
        backupId > record.backupId &&
        subject.type === record.subject.type &&
        subject.id === record.subject.id,
    )
  }

  async function mayBegin(record: DrillRecord, backup: GoodBackup): Promise<string | null> {
    if (deps.mustGiveWay()) return WAITED_FOR
    const waited = clock.now().getTime() - Date.parse(record.askedAt)
    const isPatient = record.cause !== 'asked' && waited < PATIENCE_MS
    try {
      return whyNot(await deps.describeNode(), work.needsOf(backup), isPatient)
    } catch (error) {
      return `put off: ${sayError(error)}`
    }
  }

  function putOff(record: DrillRecord, reason: string, forMs: number): void {
    const notBefore = new Date(clock.now().getTime() + forMs).toISOString()
    book.save({ ...record, state: 'queued', reason, notBefore })
  }

  /** Ends the drill when what lives needs its memory. */
  async function giveWay(ending: AbortController, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(WATCH_EVERY_MS, signal).catch(() => undefined)
      if (signal.aborted) return
      const node = await deps.describeNode().catch(() => undefined)
      if (deps.mustGiveWay()) ending.abort(WAITED_FOR)
      else if (node && isShort(node)) ending.abort(GAVE_WAY)
    }
  }

  async function run(record: DrillRecord, backup: GoodBackup): Promise<void> {
    const begun = book.save({
      ...record,
      state: 'running',
      attempts: record.attempts + 1,
      startedAt: clock.now().toISOString(),
      reason: null,
    })
    deps.crashPoint('drill.running')
    const ending = new AbortController()
    const over = new AbortController()
    const since = clock.elapsedMs()
    const watching = giveWay(ending, AbortSignal.any([over.signal, stopping.signal]))
    try {
      const checks = await work.run(backup, AbortSignal.any([ending.signal, stopping.signal]))
      const durationMs = Math.round(clock.elapsedMs() - since)
      if (work.isProof(checks)) book.end(begun, 'proven', { checks, durationMs })
      else book.end(begun, 'failed', { checks, durationMs, reason: sayWorst(checks) })
    } catch (error) {
      if (stopping.signal.aborted) return
      const durationMs = Math.round(clock.elapsedMs() - since)
      if (ending.signal.aborted)
        putOff({ ...begun, attempts: record.attempts }, String(ending.signal.reason), LOOK_EVERY_MS)
      else if (isPassing(error) && begun.attempts < MOST_ATTEMPTS)
        putOff(begun, `put off: ${sayError(error)}`, AGAIN_MS)
      else book.end(begun, 'failed', { durationMs, reason: sayError(error) })
      if (!(error instanceof CodedError)) deps.onProblem('a drill broke off', error)
    } finally {
      over.abort()
      await watching
    }
  }

  /** Gives how long to wait before the next look; undefined where nothing waits. */
  async function step(): Promise<number | undefined> {
    const open = drills.listOpenForPlatform()
    const now = clock.now().getTime()
    const due = open.find(({ notBefore }) => Date.parse(notBefore) <= now)
    if (!due) {
      const [next] = open
      return next && Math.min(LOOK_EVERY_MS * 10, Math.max(1, Date.parse(next.notBefore) - now))
    }
    const backup = backups.findForPlatform(due.backupId)
    if (!backup || outdated(due, open)) {
      const reason = backup
        ? 'a newer backup is drilled'
        : 'the backup is not there any more, or was found damaged'
      book.end(due, 'skipped', { reason })
      return 0
    }
    const reason = await mayBegin(due, backup)
    if (stopping.signal.aborted) return undefined
    if (reason !== null) {
      putOff(due, reason, LOOK_EVERY_MS)
      return LOOK_EVERY_MS
    }
    const endTurn = await deps.takeTurn(stopping.signal)
    try {
      // The turn may have taken hours: what has gone meanwhile is found out by the next look.
      const now = backups.findForPlatform(due.backupId)
      if (now) await run(due, now)
    } finally {
      endTurn()
    }
    return 0
  }

  async function loop(): Promise<void> {
    let troubles = 0
    while (!stopping.signal.aborted) {
      waking = new AbortController()
      let restMs: number | undefined
      try {
        restMs = await step()
        troubles = 0
      } catch (error) {
        troubles += 1
        deps.onProblem('drills could not be looked at', error)
        restMs = LOOK_EVERY_MS * Math.min(10, troubles)
      }
      if (restMs === undefined) return
      if (restMs > 0)
        await clock
          .sleep(restMs, AbortSignal.any([stopping.signal, waking.signal]))
          .catch(() => undefined)
    }
  }

  return {
    /** What was under way when the daemon ended begins anew; its throw-away place is gone by now. */
    takeUp(): void {
      for (const record of drills.listOpenForPlatform()) {
        if (record.state !== 'running') continue
        if (record.attempts < MOST_ATTEMPTS)
          putOff(record, 'put off: Vastrox was started anew', LOOK_EVERY_MS)
        else
          book.end(record, 'failed', {
            reason: `Vastrox ended ${record.attempts} times while it ran.`,
          })
      }
    },

    /** There may be one in the rows. */
    kick(): void {
      if (stopping.signal.aborted) return
      waking.abort()
      running ??= loop().finally(() => {
        running = undefined
      })
    },

    async stop(): Promise<void> {
      stopping.abort(new Error('the daemon stops'))
      await running
    },
  }
}
export type DrillRunner = ReturnType<typeof createDrillRunner>

const isPassing = (error: unknown): boolean =>
  error instanceof CodedError && PASSING.includes(error.code)
