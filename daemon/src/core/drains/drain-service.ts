import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { ChannelAnswer } from '@vastrox/shared/channel.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import { AddLogDrain, type ChangeLogDrain, type LogDrain } from '@vastrox/shared/log-drain.ts'
import { isHttpTarget, shownTarget, syslogTargetOf } from '#lib/drain-target.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { type DrainBook, drainSecretContext, hostOf, targetOf } from '#core/drains/drain-book.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { LogDrainEnds } from '#ports/log-drain-end.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { LogDrainRecord, LogDrainStore } from '#store/log-drain-store.ts'

interface Deps {
  drains: LogDrainStore
  book: DrainBook
  ends: LogDrainEnds
  apps: Pick<AppStore, 'findByIdForPlatform'>
  finder: AppFinder
  secretBox: SecretBox
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
}

const MAX_DRAINS = 10
const TEST_MS = 30_000
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/

/** Where a team's logs are sent on to. */
export function createDrainService(deps: Deps) {
  const { drains, book, audit, clock, transact, secretBox } = deps

  function find(actor: Actor, id: string): LogDrainRecord {
    mustBeAble(actor, 'channel.manage')
    const found = drains.find(actor, id)
    if (!found) throw new CodedError('LOG_DRAIN_NOT_FOUND')
    return found
  }

  const show = (record: LogDrainRecord): LogDrain => ({
    id: record.id,
    kind: record.kind,
    target: record.kind === 'http' ? shownTarget(record.target) : record.target,
    format: record.format,
    app: record.appId === null ? null : (deps.apps.findByIdForPlatform(record.appId)?.name ?? null),
    isOn: record.isOn,
    hasSecret: record.secretSealed !== null,
    createdAt: record.createdAt,
    ...(book.stateOf(record.id) ?? {
      state: 'off',
      failingSince: null,
      reason: null,
      sentLines: 0,
      droppedLines: 0,
      waitingLines: 0,
    }),
  })

  const sealed = (id: string, secret: string | undefined): Buffer | null =>
    secret === undefined || secret === '' ? null : secretBox.seal(secret, drainSecretContext(id))

  function note(
    actor: Actor,
    action: string,
    { id, kind, target }: LogDrainRecord,
    details: Record<string, unknown> = {},
  ): void {
    audit.append({ actor, action, target: hostOf(target), details: { id, kind, ...details } })
  }

  const changed = ({ teamId, id }: LogDrainRecord): void =>
    deps.events.emit({ teamId, type: 'drains.changed', app: null, subject: id })

  return {
    list(actor: Actor): LogDrain[] {
      mustBeAble(actor, 'channel.manage')
      return drains.list(actor).map(show)
    },

    get: (actor: Actor, id: string): LogDrain => show(find(actor, id)),

    /** Throws LOG_DRAIN_INVALID, LOG_DRAINS_FULL and APP_NOT_FOUND. */
    async add(actor: Actor, wish: AddLogDrain): Promise<LogDrain> {
      mustBeAble(actor, 'channel.manage')
      const { kind, target, format, app: appName, secret, caPem } = AddLogDrain.parse(wish)
      if (kind === 'syslog' ? !syslogTargetOf(target) : !isHttpTarget(target))
        throw new CodedError('LOG_DRAIN_INVALID')
      if (kind === 'syslog' && secret !== undefined)
        throw invalid('Syslog has no secret: leave it out.')
      mustBeCertificate(caPem)
      const app = appName === null ? undefined : deps.finder.find(actor, appName)
      const id = deps.newId()
      const record: LogDrainRecord = {
        id,
        teamId: actor.teamId,
        kind,
        target,
        format,
        appId: app?.id ?? null,
        isOn: true,
        secretSealed: sealed(id, secret),
        caPem: caPem ?? null,
        createdAt: clock.now().toISOString(),
        isToldFailing: false,
      }
      transact(() => {
        if (drains.list(actor).length >= MAX_DRAINS)
          throw new CodedError('LOG_DRAINS_FULL', { most: MAX_DRAINS })
        drains.saveForPlatform(record)
        note(actor, 'log-drain.add', record, { app: appName })
      })
      await book.sync(id)
      changed(record)
      return show(record)
    },

    /** An empty secret or certificate takes it away. */
    async change(actor: Actor, id: string, wish: ChangeLogDrain): Promise<LogDrain> {
      mustBeCertificate(wish.caPem)
      const record = transact(() => {
        const before = find(actor, id)
        if (before.kind === 'syslog' && wish.secret !== undefined && wish.secret !== '')
          throw invalid('Syslog has no secret: leave it out.')
        const next: LogDrainRecord = {
          ...before,
          isOn: wish.isOn ?? before.isOn,
          secretSealed: wish.secret === undefined ? before.secretSealed : sealed(id, wish.secret),
          caPem: wish.caPem === undefined ? before.caPem : wish.caPem || null,
        }
        drains.saveForPlatform(next)
        note(actor, 'log-drain.change', next, { changed: Object.keys(wish) })
        return next
      })
      await book.sync(id)
      changed(record)
      return show(record)
    },

    async remove(actor: Actor, id: string): Promise<void> {
      const record = find(actor, id)
      transact(() => {
        drains.remove(actor, id)
        note(actor, 'log-drain.remove', record)
      })
      await book.sync(id)
      changed(record)
    },

    /** Sends one line by a connection of its own, and waits for what becomes of it. */
    async test(actor: Actor, id: string, signal: AbortSignal): Promise<ChannelAnswer> {
      const record = find(actor, id)
      const begunMs = clock.elapsedMs()
      const limit = AbortSignal.any([signal, AbortSignal.timeout(TEST_MS)])
      const app = record.appId && deps.apps.findByIdForPlatform(record.appId)?.name
      const text = `A test that ${actor.name} asked for.`
      const line = {
        at: clock.now().toISOString(),
        source: 'platform',
        release: null,
        stream: 'platform',
        text,
      } as const
      const answer = await handOver().then(
        () => ({ isTaken: true, answer: 'It was handed over.' }),
        (error: unknown) => ({ isTaken: false, answer: sayReason(error) }),
      )
      note(actor, 'log-drain.test', record, { isTaken: answer.isTaken })
      return { ...answer, tookMs: clock.elapsedMs() - begunMs }

      async function handOver(): Promise<void> {
        const end = await deps.ends.open(targetOf(secretBox, record), limit)
        try {
          await end.send([{ app: app ?? 'vastrox', line }], limit)
        } finally {
          end.close()
        }
      }
    },
  }
}
export type DrainService = ReturnType<typeof createDrainService>

const invalid = (reason: string): CodedError => new CodedError('LOG_DRAIN_INVALID', { reason })

function mustBeCertificate(pem: string | undefined): void {
  if (pem !== undefined && pem !== '' && !CERTIFICATE.test(pem))
    throw invalid('caPem: give certificates in PEM.')
}

function sayReason(error: unknown): string {
  const reason = error instanceof CodedError ? error.details['reason'] : undefined
  return (typeof reason === 'string' ? reason : sayError(error)).slice(0, 1_000)
}
