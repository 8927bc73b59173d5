import type { AlertEvent } from '@vastrox/shared/alert.ts'
import type { Announce } from '#core/outgoing-webhooks/announce.ts'
import type { RuleBook } from '#core/alerts/rule-book.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { AlertRecord, AlertStore } from '#store/alert-store.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'

interface Deps {
  store: AlertStore
  rules: Pick<RuleBook, 'find'>
  apps: Pick<AppStore, 'findByIdForPlatform'>
  announce: Announce['announce']
  dashboardUrl: () => string
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
  onProblem: (what: string, error: unknown) => void
}

/** What a rule over a metric has found; of a rule of somebody's own the id. */
export type Finding = Omit<AlertEvent, 'rule'> & {
  rule: string
  since?: Date
}

/** So long others that come of the same are waited for, before people are told. */
export const GROUP_WAIT_MS = 20_000
/** Come and gone so often within an hour, it has to stay well for longer. */
const FLAPS = 2
const FLAP_WINDOW_MS = 3_600_000
const FLAP_HOLD_MS = 15 * 60_000
/** Of each team. */
const KEPT = 1_000
/** A value that changes with every sample is not written with every sample. */
const WRITE_EVERY_MS = 5 * 60_000
/** What happens every second does not put off its end every second. */
const EXTEND_MS = 60_000
const MAX_TITLE = 200
const MAX_DETAIL = 1_000
const MAX_LINK = 300

/**
 * The life of alerts, rows first: pending, firing, resolved, each once. What is over is held for a while,
 * so that what comes and goes is one alert.
 */
export function createAlertBook(deps: Deps) {
  const { store, rules, clock, transact } = deps
  /** Pending and firing ones, by team and key. */
  const open = new Map<string, AlertRecord>()
  const written = new Map<string, number>()
  reload()

  function reload(): void {
    open.clear()
    for (const record of store.listOpenForPlatform()) open.set(placeOf(record), record)
  }

  function save(record: AlertRecord): AlertRecord {
    store.saveForPlatform(record)
    if (record.state === 'resolved') open.delete(placeOf(record))
    else open.set(placeOf(record), record)
    return record
  }

  function changed({ teamId, appId, id }: AlertRecord): void {
    const app = appId === null ? null : (deps.apps.findByIdForPlatform(appId)?.name ?? null)
    deps.events.emit({ teamId, type: 'alerts.changed', app, subject: id })
  }

  function announce(record: AlertRecord, event: 'alert.firing' | 'alert.resolved'): void {
    const { teamId, appId } = record
    const app = appId === null ? undefined : deps.apps.findByIdForPlatform(appId)
    deps.announce({
      teamId,
      appId,
      event,
      data: {
        alert: record.id,
        rule: record.rule,
        severity: record.severity,
        subject: record.subject,
        app: app?.name ?? null,
        title: record.title,
        detail: record.detail,
        value: record.value,
        limit: record.limit,
        since: record.since,
        resolvedAt: record.resolvedAt,
        url: `${deps.dashboardUrl()}${record.link}`,
      },
    })
  }

  const nowText = (): string => clock.now().toISOString()
  const inMs = (ms: number): string => new Date(clock.now().getTime() + ms).toISOString()

  function begin(event: Finding, state: 'pending' | 'firing'): AlertRecord | undefined {
    const rule = rules.find(event.teamId, event.rule)
    if (!rule?.isOn) return undefined
    const now = clock.now()
    const flaps = store.countResolvedForPlatform(
      event.teamId,
      event.key,
      new Date(now.getTime() - FLAP_WINDOW_MS).toISOString(),
    )
    return {
      id: deps.newId(),
      teamId: event.teamId,
      key: event.key,
      rule: event.rule,
      severity: event.severity ?? rule.severity,
      state,
      subject: event.subject,
      appId: event.appId,
      ...textsOf(event),
      isDataMissing: false,
      since: (event.since ?? now).toISOString(),
      firedAt: state === 'firing' ? now.toISOString() : null,
      wellSince: null,
      holdMs: flaps >= FLAPS ? Math.max(rule.holdMs, FLAP_HOLD_MS) : rule.holdMs,
      resolvedAt: null,
      endsAt: event.endsAfterMs === undefined ? null : inMs(event.endsAfterMs),
      before: null,
      acknowledgedBy: null,
      becauseOf: null,
      tellAt: state === 'firing' ? inMs(GROUP_WAIT_MS) : null,
      toldAt: null,
      toldKey: null,
    }
  }

  /** It is so still: nobody is told again, and what was well again is not. */
  function goOn(record: AlertRecord, event: Finding): void {
    const texts = textsOf(event)
    const isOld = clock.now().getTime() - (written.get(record.id) ?? 0) >= WRITE_EVERY_MS
    const { endsAt } = record
    const isExtended =
      event.endsAfterMs !== undefined &&
      (endsAt === null || Date.parse(inMs(event.endsAfterMs)) - Date.parse(endsAt) >= EXTEND_MS)
    const isSame =
      record.wellSince === null &&
      !record.isDataMissing &&
      !isExtended &&
      (!isOld || (record.detail === texts.detail && record.value === texts.value))
    if (isSame) return
    written.set(record.id, clock.now().getTime())
    save({
      ...record,
      ...texts,
      wellSince: null,
      isDataMissing: false,
      endsAt: event.endsAfterMs === undefined ? record.endsAt : inMs(event.endsAfterMs),
    })
    changed(record)
  }
  function resolve(record: AlertRecord): void {
    transact(() => {
      const over = save({
        ...record,
        state: 'resolved',
        resolvedAt: nowText(),
        // Who was told that it fires is told that it is over.
        tellAt: record.toldAt === null ? null : inMs(GROUP_WAIT_MS),
      })
      written.delete(record.id)
      announce(over, 'alert.resolved')
      store.pruneForPlatform(record.teamId, KEPT)
    })
    changed(record)
  }

  function find(teamId: string, key: string): AlertRecord | undefined {
    return open.get(placeOf({ teamId, key }))
  }

  return {
    find,
    listOpen: (): readonly AlertRecord[] => [...open.values()],
    isAnyOpen: (): boolean => open.size > 0,
    save,
    changed,
    /** As the rows say. */
    reload,

    /** It may come to something: kept, so that a restart does not begin its time anew. */
    pend(finding: Finding): void {
      if (find(finding.teamId, finding.key)) return
      const record = begin(finding, 'pending')
      if (record) save(record)
    },

    /** What was pending came to nothing. */
    drop(teamId: string, key: string): void {
      const record = find(teamId, key)
      if (record?.state !== 'pending') return
      open.delete(placeOf(record))
      store.dropForPlatform(record.id)
    },

    /**
     * Something happened, or is so until it is settled. What fires already goes on firing: nobody is told
     * twice. Within the transaction of what it tells of, and never throws.
     */
    note(finding: Finding): void {
      try {
        const before = find(finding.teamId, finding.key)
        if (before?.state === 'firing') return goOn(before, finding)
        transact(() => {
          const begun = begin(finding, 'firing')
          if (!begun) return
          const record = save(before ? { ...begun, id: before.id, since: before.since } : begun)
          announce(record, 'alert.firing')
          changed(record)
        })
      } catch (error) {
        deps.onProblem(`an alert could not be kept: ${finding.title}`, error)
      }
    },

    /** It is well again. It is over once it has stayed so for a while. */
    settle(key: string): void {
      try {
        for (const record of open.values())
          if (record.key === key && record.state === 'firing' && record.wellSince === null) {
            save({ ...record, wellSince: nowText(), isDataMissing: false })
          }
      } catch (error) {
        deps.onProblem(`an alert could not be settled: ${key}`, error)
      }
    },

    /** At once: what it was about is not there any more. */
    end(record: AlertRecord): void {
      if (record.state === 'pending') this.drop(record.teamId, record.key)
      else resolve(record)
    },

    /** Nothing is measured any more, so that nobody knows. */
    noteMissing(teamId: string, key: string): void {
      const record = find(teamId, key)
      if (record?.state !== 'firing' || record.isDataMissing) return
      save({ ...record, isDataMissing: true, wellSince: null })
      changed(record)
    },

    /** Ends what has stayed well for long enough, and what ends by itself. */
    settleDue(): void {
      const nowMs = clock.now().getTime()
      for (const record of open.values()) {
        if (record.state !== 'firing') continue
        const { wellSince, holdMs, endsAt } = record
        const isWell = wellSince !== null && nowMs - Date.parse(wellSince) >= holdMs
        if (isWell || (endsAt !== null && Date.parse(endsAt) <= nowMs)) resolve(record)
      }
    },
  }
}
export type AlertBook = ReturnType<typeof createAlertBook>

const placeOf = ({ teamId, key }: Pick<AlertRecord, 'teamId' | 'key'>): string => `${teamId}|${key}`

const textsOf = ({ title, detail, link, value, limit }: Finding) => ({
  title: title.slice(0, MAX_TITLE),
  detail: detail.slice(0, MAX_DETAIL),
  link: link.slice(0, MAX_LINK),
  value: value ?? null,
  limit: limit ?? null,
})
