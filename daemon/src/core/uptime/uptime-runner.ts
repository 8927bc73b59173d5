import type { AlertEvent } from '@vastrox/shared/alert.ts'
import type { OwnChecks } from '#core/uptime/own-checks.ts'
import type { UptimeCounts } from '#core/uptime/uptime-counts.ts'
import {
  alertOf,
  alertOfCertificate,
  alertKey,
  certificateKey,
} from '#core/uptime/uptime-alerts.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { UptimeFound, UptimeProbe } from '#ports/uptime-probe.ts'
import type { Transact } from '#store/database.ts'
import type { UptimeHistoryStore } from '#store/uptime-history-store.ts'
import type { UptimeRecord, UptimeState, UptimeStore } from '#store/uptime-store.ts'

interface Deps {
  checks: Pick<UptimeStore, 'listForPlatform' | 'findForPlatform' | 'saveForPlatform'>
  history: Pick<UptimeHistoryStore, 'beginForPlatform' | 'endForPlatform'>
  counts: UptimeCounts
  own: Pick<OwnChecks, 'makeMissing' | 'planOf' | 'isSwitching' | 'shown'>
  probe: UptimeProbe
  alerts: { note(event: AlertEvent): void; settle(key: string): void }
  /** A value of ours in the book of metrics. */
  addMetric: (at: Date, series: string, value: number) => void
  events: Pick<EventStream, 'emit'>
  clock: Clock
  transact: Transact
  /** From 0 to 1. */
  random: () => number
  onProblem: (what: string, error: unknown) => void
}

/** What the last look found, as far as it is not in the row. */
export interface Looked {
  at: string
  tookMs: number
  certificateDays: number | null
  /** Why it is not up. */
  reason: string | null
}

type Outcome = UptimeFound | { pausedFor: string }

interface Scheduled {
  nextAtMs: number
  isUnderWay: boolean
  /** Looks in a row that were not counted, since a deployment switched. */
  postponed: number
  /** An alert of ours may be open from before the daemon started. */
  hasSaid: boolean
  /** What was told of its certificate last. */
  certificateDays: number | null
}

/** A look that found it worse is believed once a second one has found the same. */
const CONFIRM_MS = 10_000
/** Who is down is looked at at least so often, so that its end is not told late. */
const DOWN_EVERY_MS = 60_000
const RELOAD_MS = 60_000
/** After a start the looks are spread over this time, and never in step with each other. */
const SPREAD_MS = 30_000
const JITTER = 0.1
const AT_ONCE = 8
/** Of them for addresses that teams have added: what answers nobody holds up no look at an app. */
const ADDED_AT_ONCE = 6
const MAX_POSTPONED = 6
const RANK: Readonly<Record<UptimeState, number>> = {
  waiting: 0,
  paused: 0,
  up: 0,
  slow: 1,
  down: 2,
}

/** Looks at everything in its turn. One timer for all; what takes long holds up nobody else. */
export function createUptimeRunner(deps: Deps) {
  const { checks, history, counts, own, clock } = deps
  const scheduled = new Map<string, Scheduled>()
  const looked = new Map<string, Looked>()
  const stopping = new AbortController()
  let records: readonly UptimeRecord[] = []
  let reloadAtMs = 0
  let waking = new AbortController()
  let running: Promise<void> | undefined
  const underWay = new Set<Promise<void>>()
  let addedUnderWay = 0

  function reload(): void {
    own.makeMissing()
    records = checks.listForPlatform()
    reloadAtMs = clock.elapsedMs() + RELOAD_MS
    const ids = new Set(records.map(({ id }) => id))
    for (const id of scheduled.keys()) if (!ids.has(id)) forget(id)
    for (const { id, everyMs } of records)
      if (!scheduled.has(id)) schedule(id, deps.random() * Math.min(everyMs, SPREAD_MS))
  }

  function schedule(id: string, inMs: number): void {
    const known = scheduled.get(id)
    if (known) known.nextAtMs = clock.elapsedMs() + inMs
    else
      scheduled.set(id, {
        nextAtMs: clock.elapsedMs() + inMs,
        isUnderWay: false,
        postponed: 0,
        hasSaid: false,
        certificateDays: null,
      })
  }

  function forget(id: string): void {
    scheduled.delete(id)
    looked.delete(id)
    counts.forget(id)
  }

  /** Gives the time until there is something to do. */
  function startDue(): number {
    if (clock.elapsedMs() >= reloadAtMs) reload()
    let nextAtMs = reloadAtMs
    const due: { record: UptimeRecord; turn: Scheduled }[] = []
    for (const record of records) {
      const turn = scheduled.get(record.id)
      if (!turn || turn.isUnderWay) continue
      if (turn.nextAtMs <= clock.elapsedMs()) due.push({ record, turn })
      else nextAtMs = Math.min(nextAtMs, turn.nextAtMs)
    }
    // Who has waited longest goes first: otherwise some would never get their turn.
    const inLine = due.toSorted((one, other) => one.turn.nextAtMs - other.turn.nextAtMs)
    for (const { record, turn } of inLine) if (hasPlaceFor(record)) begin(record, turn)
    // Those that have no place get one as soon as a look is over: that wakes us.
    return Math.max(1, nextAtMs - clock.elapsedMs())
  }

  const hasPlaceFor = ({ appId }: UptimeRecord): boolean =>
    underWay.size < AT_ONCE && (appId !== null || addedUnderWay < ADDED_AT_ONCE)

  function begin({ id, name, appId }: UptimeRecord, turn: Scheduled): void {
    turn.isUnderWay = true
    const place = appId === null ? 1 : 0
    addedUnderWay += place
    const round = look(id, turn)
      .catch((error: unknown) => {
        if (stopping.signal.aborted) return
        schedule(id, DOWN_EVERY_MS)
        deps.onProblem(`looking at ${name} failed`, error)
      })
      .finally(() => {
        turn.isUnderWay = false
        addedUnderWay -= place
        underWay.delete(round)
        waking.abort()
      })
    underWay.add(round)
  }

  /** One round: a look, a second one where the first found it worse, and what follows from it. */
  async function look(id: string, turn: Scheduled): Promise<void> {
    const before = checks.findForPlatform(id)
    if (!before) return
    const beganAt = clock.now().toISOString()
    let outcome = await outcomeOf(before)
    if (RANK[stateOf(outcome)] > RANK[before.state]) {
      await clock.sleep(CONFIRM_MS, stopping.signal)
      outcome = await outcomeOf(before)
    }
    stopping.signal.throwIfAborted()
    const record = checks.findForPlatform(id)
    if (!record || !isSame(before, record)) {
      schedule(id, 0)
      return
    }
    const isDown = stateOf(outcome) === 'down'
    if (isDown && turn.postponed < MAX_POSTPONED && own.isSwitching(record)) {
      turn.postponed += 1
      schedule(id, CONFIRM_MS)
      return
    }
    turn.postponed = 0
    note(record, outcome, { beganAt, turn })
    const everyMs = isDown ? Math.min(record.everyMs, DOWN_EVERY_MS) : record.everyMs
    schedule(id, everyMs * (1 - JITTER + 2 * JITTER * deps.random()))
  }

  async function outcomeOf(record: UptimeRecord): Promise<Outcome> {
    const plan = own.planOf(record)
    if ('pausedFor' in plan) return plan
    if ('down' in plan)
      return { isUp: false, isSlow: false, reason: plan.down, tookMs: 0, certificateDays: null }
    const timeout = AbortSignal.timeout(record.timeoutMs)
    return deps.probe.look(plan.look, AbortSignal.any([stopping.signal, timeout]))
  }

  function note(
    record: UptimeRecord,
    outcome: Outcome,
    { beganAt, turn }: { beganAt: string; turn: Scheduled },
  ): void {
    const now = clock.now()
    const at = now.toISOString()
    const state = stateOf(outcome)
    const reason = 'pausedFor' in outcome ? outcome.pausedFor : outcome.reason
    if (!('pausedFor' in outcome)) {
      const { tookMs, certificateDays } = outcome
      looked.set(record.id, { at, tookMs, certificateDays, reason })
      counts.note(record.id, outcome.isUp)
      measure(record, outcome, now)
      if (outcome.isUp && certificateDays !== turn.certificateDays) {
        turn.certificateDays = certificateDays
        tellCertificate(record, certificateDays)
      }
    }
    const isNews = state !== record.state
    // Why it is still so is in memory: the row changes only with what is so.
    if (!isNews && turn.hasSaid) return
    turn.hasSaid = true
    const since = isNews ? (state === 'down' ? beganAt : at) : record.since
    const next = { ...record, state, reason, since }
    deps.transact(() => {
      checks.saveForPlatform(next)
      if (state === 'down') history.beginForPlatform(record.id, beganAt, reason ?? '')
      else history.endForPlatform(record.id, at)
      if (state === 'down') deps.alerts.note(alertOf(named(next)))
      else deps.alerts.settle(alertKey(record.id))
    })
    if (isNews) changed(record)
  }

  /** Those of our own apps are looked after where they are renewed. */
  function tellCertificate(record: UptimeRecord, days: number | null): void {
    if (record.appId !== null) return
    const soon = alertOfCertificate(named(record), days)
    if (soon) deps.alerts.note(soon)
    else deps.alerts.settle(certificateKey(record.id))
  }

  const named = (record: UptimeRecord) => ({ ...record, ...own.shown(record) })

  function measure({ id }: UptimeRecord, found: UptimeFound, at: Date): void {
    const series = `uptime:${id}`
    deps.addMetric(at, `${series}/up`, found.isUp ? 100 : 0)
    if (found.isUp) deps.addMetric(at, `${series}/took`, found.tookMs)
    if (found.certificateDays !== null)
      deps.addMetric(at, `${series}/certificateDays`, found.certificateDays)
  }

  const changed = (record: UptimeRecord): void =>
    deps.events.emit({
      teamId: record.teamId,
      type: 'uptime.changed',
      app: record.appId === null ? null : own.shown(record).name,
      subject: record.id,
    })

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      waking = new AbortController()
      let restMs = RELOAD_MS
      try {
        restMs = startDue()
      } catch (error) {
        if (!stopping.signal.aborted)
          deps.onProblem('what is to be looked at cannot be read', error)
      }
      await clock
        .sleep(restMs, AbortSignal.any([stopping.signal, waking.signal]))
        .catch(() => undefined)
    }
  }

  return {
    start(): void {
      running ??= loop()
    },
    async stop(): Promise<void> {
      stopping.abort(new Error('the daemon stops'))
      await running
      await Promise.all(underWay)
      counts.flush()
    },
    /** It is new, or was changed: it is looked at now. */
    lookSoon(id: string): void {
      reload()
      schedule(id, 0)
      waking.abort()
    },
    /** It is gone: nobody is to be told of it any more. */
    forget(id: string): void {
      forget(id)
      deps.alerts.settle(alertKey(id))
      deps.alerts.settle(certificateKey(id))
      reloadAtMs = 0
      waking.abort()
    },
    lastOf: (id: string): Looked | undefined => looked.get(id),
  }
}
export type UptimeRunner = ReturnType<typeof createUptimeRunner>

function stateOf(outcome: Outcome): UptimeState {
  if ('pausedFor' in outcome) return 'paused'
  if (!outcome.isUp) return 'down'
  return outcome.isSlow ? 'slow' : 'up'
}

/** What was found is about what was asked: somebody may have changed it meanwhile. */
const isSame = (one: UptimeRecord, other: UptimeRecord): boolean =>
  one.target === other.target &&
  one.isOn === other.isOn &&
  one.method === other.method &&
  one.followRedirects === other.followRedirects &&
  JSON.stringify(one.expect) === JSON.stringify(other.expect)
