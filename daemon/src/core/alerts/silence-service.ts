import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { mustRead } from '#core/alerts/must-read.ts'
import { AddSilence, type Silence } from '@vastrox/shared/alert.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AlertBook } from '#core/alerts/alert-book.ts'
import type { RuleBook } from '#core/alerts/rule-book.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { SilenceRecord, SilenceStore } from '#store/silence-store.ts'

export interface SilenceDeps {
  silences: SilenceStore
  book: AlertBook
  rules: Pick<RuleBook, 'find'>
  apps: Pick<AppStore, 'findByIdForPlatform'>
  finder: AppFinder
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
}

const MAX_SILENCES = 200

/** For a while nobody is told: a night of work, or what is known already. */
export function createSilenceService(deps: SilenceDeps) {
  const { silences, audit, clock, transact } = deps
  const nowText = (): string => clock.now().toISOString()

  const describe = (record: SilenceRecord): Silence => ({
    id: record.id,
    rule: record.rule,
    app: record.appId === null ? null : (deps.apps.findByIdForPlatform(record.appId)?.name ?? null),
    reason: record.reason,
    by: record.by,
    createdAt: record.createdAt,
    until: record.until,
  })

  const targetOf = ({ rule, app }: Silence): string =>
    [rule ?? 'every rule', app].filter((part) => part !== null).join(' of ')

  const changed = ({ teamId }: Actor): void =>
    deps.events.emit({ teamId, type: 'alerts.changed', app: null, subject: null })

  return {
    /** Those that hold now; at most 200. */
    list(actor: Actor): Silence[] {
      mustRead(actor)
      return silences.list(actor, nowText()).map(describe)
    },

    add(actor: Actor, wish: AddSilence): Silence {
      const { rule, app: appName, reason, forMs } = AddSilence.parse(wish)
      const app = appName === null ? undefined : deps.finder.find(actor, appName)
      mustBeAble(actor, 'alert.answer')
      if (rule !== null && !deps.rules.find(actor.teamId, rule))
        throw new CodedError('ALERT_RULE_NOT_FOUND')
      if (silences.listOfTeamForPlatform(actor.teamId, nowText()).length >= MAX_SILENCES)
        throw new CodedError('SILENCES_FULL', { most: MAX_SILENCES })
      const record: SilenceRecord = {
        id: deps.newId(),
        teamId: actor.teamId,
        rule,
        appId: app?.id ?? null,
        reason,
        by: actor.name,
        createdAt: nowText(),
        until: new Date(clock.now().getTime() + forMs).toISOString(),
      }
      const silence = describe(record)
      transact(() => {
        silences.insertForPlatform(record)
        const details = { id: record.id, until: record.until, reason }
        audit.append({ actor, action: 'alert.silence', target: targetOf(silence), details })
      })
      changed(actor)
      return silence
    },

    /** People are told from now on; of what fires already, too. */
    remove(actor: Actor, id: string): void {
      mustBeAble(actor, 'alert.answer')
      const record = silences.find(actor, id)
      if (!record) throw new CodedError('SILENCE_NOT_FOUND')
      transact(() => {
        silences.remove(actor, id)
        const details = { id, reason: record.reason }
        audit.append({
          actor,
          action: 'alert.unsilence',
          target: targetOf(describe(record)),
          details,
        })
        for (const alert of deps.book.listOpen())
          if (alert.teamId === actor.teamId && alert.tellAt === record.until)
            deps.book.save({ ...alert, tellAt: nowText() })
      })
      changed(actor)
    },
  }
}
export type SilenceService = ReturnType<typeof createSilenceService>
