import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { mustRead } from '#core/alerts/must-read.ts'
import type { Alert } from '@vastrox/shared/alert.ts'
import type { AlertSummary } from '@vastrox/shared/alert-summary.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Page, PageQuery } from '@vastrox/shared/page.ts'
import type { AlertBook } from '#core/alerts/alert-book.ts'
import { silencedUntil } from '#core/alerts/silenced.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { AlertRecord, AlertStore } from '#store/alert-store.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { SilenceRecord, SilenceStore } from '#store/silence-store.ts'

export interface AlertServiceDeps {
  store: AlertStore
  book: AlertBook
  silences: SilenceStore
  apps: Pick<AppStore, 'findByIdForPlatform'>
  finder: AppFinder
  hasChannel: (teamId: string) => boolean
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  transact: Transact
}

interface Wanted extends PageQuery {
  state: 'firing' | 'resolved'
  app?: string | undefined
  rule?: string | undefined
}

const MOST_COUNTED = 5_000

/** Alerts as people see them, and that somebody looks after one. */
export function createAlertService(deps: AlertServiceDeps) {
  const { store, book, clock } = deps

  const silencesOf = (actor: Actor): SilenceRecord[] =>
    deps.silences.listOfTeamForPlatform(actor.teamId, clock.now().toISOString())

  const describe = (record: AlertRecord, silences: readonly SilenceRecord[]): Alert => ({
    id: record.id,
    rule: record.rule,
    severity: record.severity,
    state: record.state === 'resolved' ? 'resolved' : 'firing',
    subject: record.subject,
    app: record.appId === null ? null : (deps.apps.findByIdForPlatform(record.appId)?.name ?? null),
    title: record.title,
    detail: record.detail,
    value: record.value,
    limit: record.limit,
    isDataMissing: record.isDataMissing,
    since: record.since,
    resolvedAt: record.resolvedAt,
    before: record.before,
    link: record.link,
    acknowledgedBy: record.acknowledgedBy,
    silencedUntil: record.state === 'resolved' ? null : (silencedUntil(record, silences) ?? null),
    becauseOf: record.becauseOf,
  })

  function find(actor: Actor, id: string): AlertRecord {
    const found = store.find(actor, id)
    if (!found) throw new CodedError('ALERT_NOT_FOUND')
    return found
  }

  return {
    /** Newest first. Throws APP_NOT_FOUND for one that the actor does not see. */
    list(actor: Actor, { state, app, rule, cursor, limit }: Wanted): Page<Alert> {
      mustRead(actor)
      const appId = app === undefined ? undefined : deps.finder.find(actor, app).id
      const found = store.listPage(actor, { state, appId, rule }, cursor, limit + 1)
      const silences = silencesOf(actor)
      const last = found.length > limit ? found[limit - 1] : undefined
      return {
        items: found.slice(0, limit).map((record) => describe(record, silences)),
        nextCursor: last?.id ?? null,
      }
    },

    get(actor: Actor, id: string): Alert {
      mustRead(actor)
      return describe(find(actor, id), silencesOf(actor))
    },

    summary(actor: Actor): AlertSummary {
      mustRead(actor)
      const silences = silencesOf(actor)
      const firing = store
        .listPage(actor, { state: 'firing' }, undefined, MOST_COUNTED)
        .filter((record) => silencedUntil(record, silences) === undefined)
      const count = (severity: Alert['severity']): number =>
        firing.filter((record) => record.severity === severity).length
      return {
        critical: count('critical'),
        warning: count('warning'),
        info: count('info'),
        hasChannel: deps.hasChannel(actor.teamId),
      }
    },

    /** Somebody looks after it: nobody is reminded of it. Of one that is over it says who did. */
    acknowledge(actor: Actor, id: string): Alert {
      mustBeAble(actor, 'alert.answer')
      const record = find(actor, id)
      if (record.acknowledgedBy === null)
        deps.transact(() => {
          const isReminder = record.state === 'firing' && record.toldAt !== null
          const acknowledged = {
            ...record,
            acknowledgedBy: actor.name,
            tellAt: isReminder ? null : record.tellAt,
          }
          if (record.state === 'resolved') store.saveForPlatform(acknowledged)
          else book.save(acknowledged)
          deps.audit.append({
            actor,
            action: 'alert.acknowledge',
            target: record.subject.name === '' ? record.rule : record.subject.name,
            details: { alert: id, rule: record.rule },
          })
        })
      book.changed(record)
      return this.get(actor, id)
    },
  }
}
export type AlertService = ReturnType<typeof createAlertService>
