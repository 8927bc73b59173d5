import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { Proof } from '@vastrox/shared/addon.ts'
import type { BackupSubject, SubjectOverview } from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Page, PageQuery } from '@vastrox/shared/page.ts'
import type { Subjects } from '#core/backups/subjects.ts'
import type { Clock } from '#ports/clock.ts'
import type { BackupScheduleStore } from '#store/backup-schedule-store.ts'
import type { BackupStore, ProofRow } from '#store/backup-store.ts'
import type { DestinationStore } from '#store/destination-store.ts'

interface Deps {
  backups: Pick<BackupStore, 'listProofForPlatform' | 'subjectsOfTeamForPlatform'>
  schedules: Pick<BackupScheduleStore, 'list'>
  destinations: Pick<DestinationStore, 'list'>
  subjects: Pick<Subjects, 'list'>
  clock: Clock
}

interface Listed {
  subject: BackupSubject
  isThere: boolean
}

const MONTH_MS = 30 * 86_400_000

const keyOf = ({ type, id }: Pick<BackupSubject, 'type' | 'id'>): string => `${type} ${id}`

const isGood = ({ state, damage }: ProofRow): boolean => state === 'done' && damage === null

/** Whether there is a way back (promise 6): the last that was restored for proof, not the last upload. */
export function proofOf(newestFirst: readonly ProofRow[]): Proof {
  const good = newestFirst.find(isGood)
  const proven = newestFirst
    .filter((one) => one.provenAt !== null && isGood(one))
    .toSorted((one, other) => ((one.provenAt ?? '') < (other.provenAt ?? '') ? 1 : -1))[0]
  const drilled = newestFirst.find(({ drill }) => drill !== null && drill.state !== 'skipped')
  return {
    lastBackupAt: good?.startedAt ?? null,
    provenAt: proven?.provenAt ?? null,
    provenInMs: proven?.drill?.durationMs ?? null,
    failure: drilled?.drill?.state === 'failed' ? drilled.drill.reason : null,
  }
}

/** Everything that can be backed up, and everything that was: with its proof, sizes and growth. */
export function createOverview(deps: Deps) {
  /** What is there, then what has gone. */
  function listedOf(actor: Actor): Listed[] {
    mustBeAble(actor, 'backup.read')
    const there = deps.subjects.list(actor).map(({ subject }) => subject)
    const keys = new Set(there.map(keyOf))
    const gone = deps.backups
      .subjectsOfTeamForPlatform(actor.teamId)
      .filter((subject) => !keys.has(keyOf(subject)))
    return [
      ...there.map((subject) => ({ subject, isThere: true })),
      ...gone.map((subject) => ({ subject, isThere: false })),
    ]
  }

  /** One query of each kind, however many they are. */
  function describe(actor: Actor, listed: readonly Listed[]): SubjectOverview[] {
    const schedules = Map.groupBy(deps.schedules.list(actor), ({ subject }) => keyOf(subject))
    const hasDestination = deps.destinations.list(actor).length > 0
    const since = new Date(deps.clock.now().getTime() - MONTH_MS).toISOString()
    const proofs = deps.backups.listProofForPlatform(listed.map(({ subject }) => subject))
    return listed.map(({ subject, isThere }, at) => {
      const rows = proofs[at] ?? []
      const done = rows.filter(({ state }) => state === 'done')
      const own = schedules.get(keyOf(subject)) ?? []
      return {
        subject,
        isThere,
        proof: proofOf(rows),
        backups: done.length,
        sizeBytes: done[0]?.sizeBytes ?? null,
        storedBytes: sum(done),
        grownBytes: sum(done.filter(({ startedAt }) => (startedAt ?? '') > since)),
        schedules: own.map(({ id }) => id),
        proposedSchedule: isThere && own.length === 0 && hasDestination ? '@daily' : null,
      }
    })
  }

  return {
    proofOfSubject: (subject: Pick<BackupSubject, 'type' | 'id'>): Proof =>
      proofOf(deps.backups.listProofForPlatform([subject])[0] ?? []),

    list: (actor: Actor): SubjectOverview[] => describe(actor, listedOf(actor)),

    /** The cursor is how many came before. Throws REQUEST_INVALID where it is none. */
    listPage(actor: Actor, { cursor, limit }: PageQuery): Page<SubjectOverview> {
      const from = cursor === undefined ? 0 : Number(cursor)
      if (!Number.isSafeInteger(from) || from < 0)
        throw new CodedError('REQUEST_INVALID', { reason: 'That is no cursor of this list.' })
      const listed = listedOf(actor)
      return {
        items: describe(actor, listed.slice(from, from + limit)),
        nextCursor: from + limit < listed.length ? String(from + limit) : null,
      }
    },
  }
}
export type Overview = ReturnType<typeof createOverview>

const sum = (records: readonly ProofRow[]): number =>
  records.reduce((total, { addedBytes }) => total + (addedBytes ?? 0), 0)
