import { CodedError, type ErrorCode, sayError } from '@vastrox/shared/errors.ts'
import type { RestoreAddon } from '#core/restores/restore-addon.ts'
import type { RestoreApp } from '#core/restores/restore-app.ts'
import type { RestoreBook } from '#core/restores/restore-book.ts'
import { isOver } from '#core/restores/restore-states.ts'
import type { RestoreVolume } from '#core/restores/restore-volume.ts'
import type { KeptBackups } from '#core/backups/way-back.ts'
import type { Clock } from '#ports/clock.ts'
import type { RestoreRecord, RestoreStore } from '#store/restore-store.ts'

interface Deps {
  restores: Pick<RestoreStore, 'listOpenForPlatform' | 'findForPlatform' | 'isAnyOpenForPlatform'>
  backups: Pick<KeptBackups, 'findForPlatform'>
  addon: RestoreAddon
  volume: RestoreVolume
  app: RestoreApp
  book: RestoreBook
  clock: Clock
  onProblem: (what: string, error: unknown) => void
}

/** What a crash has left is tried again until it has an end: the agent may be away. */
const AGAIN_MS = [1_000, 5_000, 15_000, 60_000, 300_000] as const
const PASSING: readonly ErrorCode[] = [
  'AGENT_UNREACHABLE',
  'ENGINE_UNREACHABLE',
  'DESTINATION_UNREACHABLE',
  'FENCED',
]
/** Of all else: others wait behind it. */
const MOST_TRIES = 5

/** Runs restores one after the other, and ends what a crash has left. */
export function createRestoreRunner(deps: Deps) {
  const { restores, backups, book } = deps
  const stopping = new AbortController()
  /** Rows of an import: somebody's upload runs them, not this. */
  const held = new Set<string>()
  let running: Promise<void> | undefined

  async function work(record: RestoreRecord): Promise<void> {
    const { signal } = stopping
    const backup = backups.findForPlatform(record.backupId ?? '')
    if (!backup) throw new CodedError('BACKUP_NOT_FOUND')
    switch (record.subject.type) {
      case 'addon':
        await deps.addon.run(record, deps.addon.contentOf(backup), signal)
        return
      case 'volume':
        await deps.volume.run(record, deps.volume.contentOf(backup), signal)
        return
      case 'app':
        await deps.app.run(record, backup, signal)
        return
      case 'platform':
        throw new CodedError('RESTORE_NOT_HERE')
    }
  }

  /** Whatever was thrown: the row gets its end, in words. A daemon that stops leaves it to the next one. */
  function endWith(id: string, error: unknown): void {
    if (stopping.signal.aborted) return
    const now = restores.findForPlatform(id)
    if (now && !isOver(now.state)) book.fail(now, sayError(error))
    if (!(error instanceof CodedError)) deps.onProblem('a restore broke off', error)
  }

  async function run(record: RestoreRecord): Promise<void> {
    try {
      await work(record)
    } catch (error) {
      endWith(record.id, error)
    }
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const next = restores
        .listOpenForPlatform()
        .find(({ id, state, backupId }) => state === 'queued' && backupId !== null && !held.has(id))
      if (!next) return
      await run(next)
    }
  }

  function takeUpOne(record: RestoreRecord): Promise<void> {
    const { signal } = stopping
    const { type } = record.subject
    if (type === 'addon') return deps.addon.takeUp(record, signal)
    if (type === 'volume') return deps.volume.takeUp(record, signal)
    return deps.app.takeUp(record, signal)
  }

  async function untilTakenUp(record: RestoreRecord): Promise<void> {
    for (let tries = 0; !stopping.signal.aborted; tries += 1)
      try {
        const now = restores.findForPlatform(record.id)
        if (now && !isOver(now.state)) await takeUpOne(now)
        return
      } catch (error) {
        if (stopping.signal.aborted) return
        deps.onProblem(`restore ${record.id} could not be taken up`, error)
        const isPassing = error instanceof CodedError && PASSING.includes(error.code)
        if (!isPassing && tries + 1 >= MOST_TRIES) {
          endWith(record.id, error)
          return
        }
        const waitMs = AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)] ?? 0
        await deps.clock.sleep(waitMs, stopping.signal).catch(() => undefined)
      }
  }

  return {
    isAnyOpen: (): boolean => restores.isAnyOpenForPlatform(),

    /** Those that wait begin; those that were under way get their end first. */
    async takeUp(): Promise<void> {
      const left = restores
        .listOpenForPlatform()
        .filter(({ state, backupId }) => state !== 'queued' || backupId === null)
      for (const record of left) await untilTakenUp(record)
    },

    /** There may be one in the rows. */
    kick(): void {
      if (stopping.signal.aborted) return
      running = (running ?? Promise.resolve())
        .then(loop)
        .catch((error: unknown) => deps.onProblem('restores could not be looked at', error))
    },

    /** Of an upload, which brings the content itself. Never rejects: the row has the end. */
    async hold(record: RestoreRecord, its: (signal: AbortSignal) => Promise<void>): Promise<void> {
      held.add(record.id)
      try {
        await its(stopping.signal)
      } catch (error) {
        endWith(record.id, error)
      } finally {
        held.delete(record.id)
      }
    },

    async stop(): Promise<void> {
      stopping.abort(new Error('the daemon stops'))
      await running
    },
  }
}
export type RestoreRunner = ReturnType<typeof createRestoreRunner>
