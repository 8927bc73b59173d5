import type { AuditLog } from '#core/audit/audit-log.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { CheckDomain } from '#core/domains/check-domain.ts'
import type { RoutingService } from '#core/routing/routing-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import { type DomainRecord, type DomainStore, GIVEN_UP_AFTER_MS } from '#store/domain-store.ts'

interface Deps {
  domains: DomainStore
  apps: { findByIdForPlatform(id: string): AppRecord | undefined }
  check: CheckDomain
  routing: Pick<RoutingService, 'writeHosts' | 'publish'>
  certificates: { want(hosts: readonly string[]): void }
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  transact: Transact
  /** From 0 to 1. */
  random: () => number
  onProblem: (what: string, error: unknown) => void
}

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** How often a domain that does not lead here is looked at: often while somebody waits for it. */
const EVERY: readonly { untilMs: number; everyMs: number }[] = [
  { untilMs: 15 * MINUTE_MS, everyMs: 10 * SECOND_MS },
  { untilMs: HOUR_MS, everyMs: 30 * SECOND_MS },
  { untilMs: 6 * HOUR_MS, everyMs: 2 * MINUTE_MS },
  { untilMs: DAY_MS, everyMs: 10 * MINUTE_MS },
  { untilMs: GIVEN_UP_AFTER_MS, everyMs: HOUR_MS },
]
/** Of one that leads here: whether it still does. */
const READY_EVERY_MS = DAY_MS
const JITTER = 0.2
/** Of all domains together: who has hundreds of them waits for their turn. */
const MAX_A_MINUTE = 30
const MAX_AT_ONCE = 4
/** Whoever presses the button again that soon gets what was found. */
const FRESH_MS = 3 * SECOND_MS
/** An idle loop looks at its rows that often, whatever their times say. */
const LONGEST_SLEEP_MS = HOUR_MS

/** When to look at a domain again, after it was found like this; undefined: not by itself. */
export function nextCheckMs(
  isReady: boolean,
  waitedMs: number,
  random: number,
): number | undefined {
  const everyMs = isReady
    ? READY_EVERY_MS
    : EVERY.find(({ untilMs }) => waitedMs < untilMs)?.everyMs
  return everyMs === undefined
    ? undefined
    : Math.round(everyMs * (1 - JITTER + 2 * JITTER * random))
}

/** Looks at domains by itself, so that HTTPS comes within seconds of a record. */
export function createDomainWatch(deps: Deps) {
  const { domains, clock, transact } = deps
  const underWay = new Map<string, Promise<void>>()
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let wake = new AbortController()
  let startedAt: number[] = []

  async function look(record: DomainRecord, signal: AbortSignal): Promise<void> {
    const { check, isProven } = await deps.check(record, signal)
    const found = domains.findForPlatform(record.id)
    // It was removed, or handed over, meanwhile.
    if (!found || found.appId !== record.appId) return
    const app = deps.apps.findByIdForPlatform(found.appId)
    if (!app) return
    const now = clock.now()
    const isSettled = check.state === 'ready' || check.state === 'private'
    const waitingSince = isSettled ? null : earlier(found.waitingSince, now)
    const waitedMs = waitingSince === null ? 0 : now.getTime() - Date.parse(waitingSince)
    const inMs = nextCheckMs(isSettled, waitedMs, deps.random())
    const next: DomainRecord = {
      ...found,
      check,
      waitingSince,
      nextCheckAt: inMs === undefined ? null : new Date(now.getTime() + inMs).toISOString(),
    }
    if (isProven && found.servedSince === null) await takeOver(next, app, now)
    else domains.saveForPlatform(next)
    tellOf(found, next, app)
  }

  /** The TXT record was there: whoever had the name before loses it, and it is served for this app. */
  async function takeOver(record: DomainRecord, app: AppRecord, now: Date): Promise<void> {
    const at = now.toISOString()
    const losers: AppRecord[] = []
    transact(() => {
      const others = domains
        .listBeneathForPlatform(record.registrable)
        .filter((each) => each.host === record.host && each.servedSince !== null)
      for (const other of others) {
        domains.removeForPlatform(other.id)
        const loser = deps.apps.findByIdForPlatform(other.appId)
        if (!loser) continue
        losers.push(loser)
        const actor = systemActor(loser.teamId)
        const details = { app: loser.name, reason: 'its owner has proven it for another app' }
        deps.audit.append({ actor, action: 'domain.lost', target: record.host, details })
      }
      domains.saveForPlatform({ ...record, servedSince: at, provenAt: at, nextCheckAt: at })
      for (const each of [app, ...losers]) deps.routing.writeHosts(each)
      const actor = systemActor(app.teamId)
      deps.audit.append({
        actor,
        action: 'domain.prove',
        target: record.host,
        details: { app: app.name },
      })
    })
    for (const { teamId, name } of losers)
      deps.events.emit({ teamId, type: 'domains.changed', app: name, subject: null })
    await deps.routing.publish()
    deps.certificates.want([record.host])
    begin()
  }

  function tellOf(before: DomainRecord, after: DomainRecord, app: AppRecord): void {
    if (wordsOf(before) !== wordsOf(after))
      deps.events.emit({
        teamId: app.teamId,
        type: 'domains.changed',
        app: app.name,
        subject: null,
      })
    if (after.check?.state === 'ready' && after.servedSince !== null)
      deps.certificates.want([after.host])
    if (before.check?.state === 'ready' && after.check?.state !== 'ready')
      transact(() =>
        deps.audit.append({
          actor: systemActor(app.teamId),
          action: 'domain.astray',
          target: after.host,
          result: 'failed',
          details: { app: app.name, why: after.check?.summary },
        }),
      )
  }

  /** One look at a time for each domain: whoever asks meanwhile gets the same. */
  function lookOnce(record: DomainRecord, signal: AbortSignal): Promise<void> {
    const known = underWay.get(record.id)
    if (known) return known
    const look_ = look(record, signal).finally(() => underWay.delete(record.id))
    underWay.set(record.id, look_)
    return look_
  }

  const roomNow = (): number => {
    const since = clock.elapsedMs() - MINUTE_MS
    startedAt = startedAt.filter((at) => at > since)
    return MAX_A_MINUTE - startedAt.length
  }

  async function round(): Promise<void> {
    const most = Math.min(MAX_AT_ONCE, roomNow())
    if (most <= 0) return
    const due = domains.listDueForPlatform(clock.now().toISOString(), most)
    await Promise.all(
      due.map(async (record) => {
        startedAt.push(clock.elapsedMs())
        await lookOnce(record, stopping.signal).catch((error: unknown) => {
          if (stopping.signal.aborted) return
          postpone(record)
          deps.onProblem(`looking at the domain ${record.host} failed`, error)
        })
      }),
    )
  }

  /** What cannot be looked at must not be tried without end. */
  function postpone({ id }: DomainRecord): void {
    const found = domains.findForPlatform(id)
    if (found)
      domains.saveForPlatform({
        ...found,
        nextCheckAt: new Date(clock.now().getTime() + 5 * MINUTE_MS).toISOString(),
      })
  }

  function sleepMs(): number | undefined {
    const next = domains.nextDueForPlatform()
    // What was given up while the clock was ahead is found again by a look now and then.
    if (next === null) return domains.hasGivenUpForPlatform() ? LONGEST_SLEEP_MS : undefined
    const untilDue = Date.parse(next) - clock.now().getTime()
    const least = roomNow() > 0 ? 0 : 2 * SECOND_MS
    return Math.min(LONGEST_SLEEP_MS, Math.max(least, untilDue))
  }

  async function run(): Promise<void> {
    for (;;) {
      if (stopping.signal.aborted) return
      const ms = sleepMs()
      // Nothing is to be looked at: no timer runs until a domain is added.
      if (ms === undefined) return
      wake = new AbortController()
      if (ms > 0)
        await clock
          .sleep(ms, AbortSignal.any([wake.signal, stopping.signal]))
          .catch(() => undefined)
      if (stopping.signal.aborted) return
      await round()
    }
  }

  /** A row has come, or its time has changed. */
  function begin(): void {
    wake.abort()
    if (stopping.signal.aborted || running) return
    running = run()
      .catch((error: unknown) => deps.onProblem('looking at domains failed', error))
      .finally(() => {
        running = undefined
        // A row may have come while the loop was ending.
        if (!stopping.signal.aborted && sleepMs() !== undefined) begin()
      })
  }

  return {
    begin,

    /** Now, for somebody who waits for it; what was found a moment ago is given to them too. */
    async checkNow(id: string, signal: AbortSignal): Promise<void> {
      const record = domains.findForPlatform(id)
      if (!record) return
      const age =
        record.check === null ? FRESH_MS : clock.now().getTime() - Date.parse(record.check.at)
      if (age >= 0 && age < FRESH_MS) return
      // Not one of the thirty a minute: who presses the button must not take them from everybody else.
      const limit = AbortSignal.any([stopping.signal, AbortSignal.timeout(25_000)])
      await Promise.race([lookOnce(record, limit), aborted(signal)])
      begin()
    },

    start: begin,
    async stop(): Promise<void> {
      stopping.abort(new Error('the daemon stops'))
      await running
      await Promise.allSettled(underWay.values())
    },
  }
}
export type DomainWatch = ReturnType<typeof createDomainWatch>

/** Since when it has waited; no later than now, whatever the clock said when it was written down. */
const earlier = (since: string | null, now: Date): string =>
  since !== null && Date.parse(since) < now.getTime() ? since : now.toISOString()

/** What a page shows of it, times apart. */
const wordsOf = ({ check, servedSince }: DomainRecord): string =>
  JSON.stringify([servedSince, check && { ...check, at: '' }])

/** Resolves when it aborts: whoever went away is not waited for. */
function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  else signal.addEventListener('abort', () => resolve(), { once: true })
  return promise
}
