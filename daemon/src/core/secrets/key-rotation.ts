import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { PurposeKeys } from '#core/secrets/purpose-keys.ts'
import { sealedContext } from '#core/secrets/sealed-context.ts'
import type { Clock } from '#ports/clock.ts'
import type { KeyRing } from '#ports/key-ring.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { Transact } from '#store/database.ts'
import type { SealedColumn, SealedRow, SealedStore } from '#store/sealed-store.ts'

interface Deps {
  keys: KeyRing
  sealed: SealedStore
  secretBox: SecretBox
  purposeKeys: Pick<PurposeKeys, 'signOutEverybody'>
  audit: Pick<AuditLog, 'append'>
  /** The platform itself, for what is done with nobody asking. */
  system: () => Actor
  clock: Clock
  transact: Transact
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

/** What `vastrox secrets` shows. */
export interface KeyStatus {
  origin: ReturnType<KeyRing['origin']>
  /** Newest first, with how many sealed values name each; `isHere` is false for one that is missing. */
  keys: { id: string; isNewest: boolean; isHere: boolean; values: number }[]
  /** True while values are being sealed anew. */
  isUnderWay: boolean
  /** Sealed values in all, and those that the newest key has sealed. */
  values: number
  done: number
  /** Values that cannot be opened, as `table.column key`; their keys stay. At most 20 are named. */
  unreadable: string[]
}

/** Rows in a transaction: some milliseconds, in which nothing else of the daemon's waits long. */
const BATCH = 100
const PAUSE_MS = 20
/** What was sealed before the new key came, and written after its column was looked at, is written by then. */
const SETTLE_MS = 10_000
const MAX_NAMED = 20

/**
 * Another master key without downtime. Which values are still to be sealed anew stands in the values
 * themselves: each names its key. So a daemon that is killed anywhere goes on at its next start, and
 * a key that is put in front by hand (a systemd credential) is taken up the same way.
 */
export function createKeyRotation(deps: Deps) {
  const { keys, sealed, secretBox, audit, clock, transact, crashPoint } = deps
  let stopping = new AbortController()
  let running: Promise<void> | undefined
  let isAdding = false
  let unreadable: string[] = []

  const newest = (): string => keys.ids()[0] ?? ''

  /** Gives how many were sealed anew. */
  async function resealColumn(column: SealedColumn, signal: AbortSignal): Promise<number> {
    let done = 0
    let after: SealedRow['key'] | undefined
    for (;;) {
      signal.throwIfAborted()
      const rows = sealed.listOthers(column, newest(), after, BATCH)
      const last = rows.at(-1)
      if (!last) return done
      after = last.key
      done += transact(() => rows.filter((row) => reseal(column, row)).length)
      crashPoint('secrets.resealed')
      await clock.sleep(PAUSE_MS, signal)
    }
  }

  function reseal(column: SealedColumn, row: SealedRow): boolean {
    const context = sealedContext(column, row)
    try {
      sealed.replace(column, row, secretBox.seal(secretBox.open(row.sealed, context), context))
      return true
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      unreadable.push(`${column.table}.${column.column} ${row.key.join('/')}`)
      return false
    }
  }

  async function resealAll(signal: AbortSignal): Promise<void> {
    let done = 0
    sealed.overwriteFreed(true)
    try {
      for (let changed = -1; changed !== 0; ) {
        if (changed > 0) await clock.sleep(SETTLE_MS, signal)
        changed = 0
        unreadable = []
        for (const column of sealed.columns()) changed += await resealColumn(column, signal)
        done += changed
      }
    } finally {
      sealed.overwriteFreed(false)
    }
    await dropOld(done)
  }

  /** A key goes when no value names it, never before. Told first: a crash between tells it twice. */
  async function dropOld(resealed: number): Promise<void> {
    const named = sealed.countByKey()
    const unused = keys.ownIds().filter((id) => id !== newest() && !named.has(id))
    if (unreadable.length > 0)
      deps.onProblem(
        `${unreadable.length} sealed values cannot be opened, and keep their key`,
        new Error(unreadable.slice(0, MAX_NAMED).join(', ')),
      )
    if (unused.length === 0 && resealed === 0) return
    crashPoint('secrets.resealedAll')
    const details = { values: resealed, unused, unreadable: unreadable.slice(0, MAX_NAMED) }
    audit.append({ actor: deps.system(), action: 'secrets.rotated', target: newest(), details })
    crashPoint('secrets.beforeDrop')
    await keys.drop(unused)
    crashPoint('secrets.dropped')
  }

  function begin(): void {
    const { signal } = stopping
    running ??= resealAll(signal)
      .catch((error: unknown) => {
        if (!signal.aborted) deps.onProblem('sealing secrets with the new master key', error)
      })
      .finally(() => {
        running = undefined
      })
  }

  /** Whether there is anything for the newest key to take over. */
  const isWanted = (): boolean =>
    keys.ids().length > 1 || [...sealed.countByKey().keys()].some((id) => id !== newest())

  return {
    /** Goes on where a daemon before stopped, and takes up a key that was put in front. */
    start(): void {
      if (isWanted()) begin()
    },

    async stop(): Promise<void> {
      stopping.abort()
      await running
      stopping = new AbortController()
    },

    /**
     * Makes a new key, which seals from then on, and begins to seal everything anew. Throws
     * SECRETS_ROTATING while the one before is not done, MASTER_KEY_GIVEN where keys come from outside.
     */
    async rotate(actor: Actor, { signOut }: { signOut: boolean }): Promise<KeyStatus> {
      // Of two at once the later file would not have the key of the earlier, which seals already.
      if (running || isAdding) throw new CodedError('SECRETS_ROTATING')
      isAdding = true
      try {
        const before = newest()
        const id = await keys.add()
        crashPoint('secrets.keyMade')
        transact(() => {
          const signedOut = signOut ? deps.purposeKeys.signOutEverybody() : null
          const details = { before, signedOut }
          audit.append({ actor, action: 'secrets.rotate', target: id, details })
        })
        begin()
      } finally {
        isAdding = false
      }
      return this.status()
    },

    status(): KeyStatus {
      const named = sealed.countByKey()
      const here = keys.ids()
      const ids = [...new Set([...here, ...named.keys()])]
      return {
        origin: keys.origin(),
        keys: ids.map((id) => ({
          id,
          isNewest: id === newest(),
          isHere: here.includes(id),
          values: named.get(id) ?? 0,
        })),
        isUnderWay: running !== undefined,
        values: [...named.values()].reduce((sum, count) => sum + count, 0),
        done: named.get(newest()) ?? 0,
        unreadable: unreadable.slice(0, MAX_NAMED),
      }
    },

    /** Resolves when nothing more is sealed anew, or rejects with the signal. */
    async untilDone(signal: AbortSignal, onStatus: (status: KeyStatus) => Promise<void>) {
      for (;;) {
        const status = this.status()
        await onStatus(status)
        if (!status.isUnderWay) return status
        await clock.sleep(1_000, signal)
      }
    },
  }
}
export type KeyRotation = ReturnType<typeof createKeyRotation>
