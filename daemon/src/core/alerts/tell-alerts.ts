import type { AlertBefore } from '@vastrox/shared/alert.ts'
import type { Notification } from '@vastrox/shared/channel.ts'
import type { AlertBook } from '#core/alerts/alert-book.ts'
import { rootOf } from '#core/alerts/follows.ts'
import { notificationOf, type Told } from '#core/alerts/notification-of.ts'
import type { Narrowed } from '#core/channels/notify.ts'
import type { RuleBook } from '#core/alerts/rule-book.ts'
import { silencedUntil } from '#core/alerts/silenced.ts'
import type { Clock } from '#ports/clock.ts'
import type { AlertRecord, AlertStore } from '#store/alert-store.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { SilenceRecord, SilenceStore } from '#store/silence-store.ts'

export interface TellDeps {
  store: AlertStore
  book: AlertBook
  rules: Pick<RuleBook, 'find'>
  silences: Pick<SilenceStore, 'listOfTeamForPlatform'>
  apps: Pick<AppStore, 'findByIdForPlatform'>
  /** Queued within the transaction; never throws. */
  notify: (teamId: string, notification: Notification, narrowed: Narrowed) => void
  beforeOf: (alert: AlertRecord) => AlertBefore | null
  dashboardUrl: () => string
  clock: Clock
  transact: Transact
}

/** Whoever looks after nothing is told once more. */
const REMIND_MS = 86_400_000
/** What comes of a root that people know of is told with it, not more often than that. */
const UPDATE_MS = 5 * 60_000
/** What comes of something takes a little longer to be well again. */
const RELEASE_MS = 5 * 60_000

/**
 * Tells people of alerts: what comes of another one is named with it, what is of one rule is one message,
 * what is silenced waits. Rows and queue are written together, so that a crash tells nothing twice.
 */
export function createTellAlerts(deps: TellDeps) {
  const { store, book, clock, transact } = deps
  const inMs = (ms: number): string => new Date(clock.now().getTime() + ms).toISOString()

  const firingOf = (teamId: string): AlertRecord[] =>
    book.listOpen().filter((one) => one.teamId === teamId && one.state === 'firing')

  const ruleName = (teamId: string, id: string): string => deps.rules.find(teamId, id)?.name ?? id

  const appNameOf = (appId: string): string => deps.apps.findByIdForPlatform(appId)?.name ?? appId

  function send(told: Told): void {
    const [first] = told.alerts
    if (!first) return
    const names = { dashboardUrl: deps.dashboardUrl(), appNameOf }
    deps.notify(first.teamId, notificationOf(told, names), (appIds) => {
      const its = withinApps(told, appIds)
      return its.alerts.length === 0 ? undefined : notificationOf(its, names)
    })
  }

  const followersOf = (ids: ReadonlySet<string>, firing: readonly AlertRecord[]) =>
    firing
      .filter(({ becauseOf }) => becauseOf !== null && ids.has(becauseOf))
      .map((alert) => ({ alert, rule: ruleName(alert.teamId, alert.rule) }))

  /** True where it is told by another one, or not now. */
  function isHeldBack(
    alert: AlertRecord,
    firing: readonly AlertRecord[],
    silences: readonly SilenceRecord[],
  ): boolean {
    const until = silencedUntil(alert, silences)
    if (until !== undefined) {
      book.save({ ...alert, tellAt: until })
      return true
    }
    if (alert.toldAt !== null) {
      if (alert.acknowledgedBy === null) return false
      book.save({ ...alert, tellAt: null })
      return true
    }
    // Behind what nobody is told of nothing is held back, nor what is critical behind what was told.
    const roots = firing.filter(
      (one) =>
        silencedUntil(one, silences) === undefined &&
        (one.acknowledgedBy === null || alert.severity !== 'critical'),
    )
    const root = rootOf(alert, roots)
    if (!root) return false
    book.save({ ...alert, becauseOf: root.id, tellAt: null })
    const known = book.listOpen().find(({ id }) => id === root.id)
    // People know of the root already: they are told what visitors suffer by it.
    if (known?.toldAt != null && alert.severity === 'critical') {
      const next = new Date(
        Math.max(clock.now().getTime(), Date.parse(known.toldAt) + UPDATE_MS),
      ).toISOString()
      book.save({ ...known, tellAt: next })
    }
    return true
  }

  function tellFiring(teamId: string, due: readonly AlertRecord[]): void {
    const silences = deps.silences.listOfTeamForPlatform(teamId, clock.now().toISOString())
    const firing = firingOf(teamId)
    const ids = due.filter((alert) => !isHeldBack(alert, firing, silences)).map(({ id }) => id)
    const toTell = firingOf(teamId).filter(({ id }) => ids.includes(id))
    for (const alerts of Map.groupBy(toTell, ({ rule }) => rule).values()) {
      const [first] = alerts
      if (!first) continue
      const key = first.toldKey ?? first.key
      send({
        key,
        kind: 'alert',
        rule: ruleName(teamId, first.rule),
        alerts,
        followers: followersOf(new Set(alerts.map(({ id }) => id)), firingOf(teamId)),
        still: [],
        isReminder: alerts.every(({ toldAt }) => toldAt !== null),
        at: clock.now(),
      })
      const at = clock.now().toISOString()
      for (const alert of alerts)
        book.save({ ...alert, toldAt: at, toldKey: alert.toldKey ?? key, tellAt: inMs(REMIND_MS) })
    }
  }

  function tellResolved(teamId: string, due: readonly AlertRecord[]): void {
    const silences = deps.silences.listOfTeamForPlatform(teamId, clock.now().toISOString())
    for (const alert of due) store.saveForPlatform({ ...alert, tellAt: null })
    const audible = due.filter((alert) => silencedUntil(alert, silences) === undefined)
    for (const [key, alerts] of Map.groupBy(audible, ({ toldKey, id }) => toldKey ?? id)) {
      const [first] = alerts
      if (!first) continue
      const firing = firingOf(teamId)
      send({
        key,
        kind: 'resolved',
        rule: ruleName(teamId, first.rule),
        alerts,
        followers: followersOf(new Set(alerts.map(({ id }) => id)), firing),
        still: firing.filter(({ toldKey }) => toldKey === key),
        isReminder: false,
        at: clock.now(),
      })
    }
  }

  /** What came of something that is over stands by itself from now on. */
  function releaseFollowers(): void {
    const open = book.listOpen()
    const ids = new Set(open.filter(({ state }) => state === 'firing').map(({ id }) => id))
    for (const alert of open)
      if (alert.becauseOf !== null && !ids.has(alert.becauseOf))
        book.save({ ...alert, becauseOf: null, tellAt: inMs(RELEASE_MS) })
  }

  function tellDue(): void {
    const due = store.listToTellForPlatform(clock.now().toISOString())
    for (const [teamId, ofTeam] of Map.groupBy(due, (alert) => alert.teamId)) {
      const now = ofTeam.filter(({ state }) => state === 'firing')
      for (const alert of now)
        if (alert.before === null && alert.toldAt === null)
          book.save({ ...alert, before: deps.beforeOf(alert) })
      const fresh = new Set(now.map(({ id }) => id))
      tellFiring(
        teamId,
        firingOf(teamId).filter(({ id }) => fresh.has(id)),
      )
      tellResolved(
        teamId,
        ofTeam.filter(({ state }) => state === 'resolved'),
      )
    }
  }

  return {
    /** Tells what is due by now. */
    run(): void {
      transact(() => {
        tellDue()
        releaseFollowers()
      })
    },
  }
}
export type TellAlerts = ReturnType<typeof createTellAlerts>

/** Whose channel it is reads nothing of other apps. */
function withinApps(told: Told, appIds: ReadonlySet<string>): Told {
  const isIts = ({ appId }: AlertRecord): boolean => appId === null || appIds.has(appId)
  return {
    ...told,
    alerts: told.alerts.filter(isIts),
    followers: told.followers.filter(({ alert }) => isIts(alert)),
    still: told.still.filter(isIts),
  }
}
