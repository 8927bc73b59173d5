import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { HealthPath } from '@vastrox/shared/app.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Page, PageQuery } from '@vastrox/shared/page.ts'
import {
  AddUptimeCheck,
  type ChangeUptimeCheck,
  hostAndPort,
  type ListedUptimeCheck,
  MOST_WITH_INCIDENTS,
  type UptimeCheck,
  type UptimeCheckDetails,
  type UptimeExpect,
  type UptimeKind,
  urlOfTarget,
} from '@vastrox/shared/uptime.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { OwnChecks, ShownCheck } from '#core/uptime/own-checks.ts'
import type { UptimeCounts } from '#core/uptime/uptime-counts.ts'
import type { UptimeRunner } from '#core/uptime/uptime-runner.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { NewId } from '#ports/ids.ts'
import type { Transact } from '#store/database.ts'
import type { UptimeHistoryStore } from '#store/uptime-history-store.ts'
import type { UptimeRecord, UptimeStore } from '#store/uptime-store.ts'

interface Deps {
  checks: UptimeStore
  finder: AppFinder
  history: Pick<
    UptimeHistoryStore,
    'incidentsForPlatform' | 'listIncidentsForPlatform' | 'endForPlatform'
  >
  counts: Pick<UptimeCounts, 'availabilityOf'>
  own: Pick<OwnChecks, 'makeMissing' | 'shown' | 'shownOf'>
  runner: Pick<UptimeRunner, 'lookSoon' | 'forget' | 'lastOf'>
  /** Looked at when an address is given, so that whoever gives it hears at once; and before each look. */
  addresses: GuardedAddresses
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
}

/** Of a team, besides those of its apps. */
const MAX_CHECKS = 100
const SHOWN_INCIDENTS = 100

/** What is read at once for all the checks that are described. */
interface Known {
  shown: ShownCheck
  availability: UptimeCheck['availability']
}

const OF_HTTP = ['status', 'contains', 'header'] as const

/** What is looked at from this node, for the people of a team. */
export function createUptimeService(deps: Deps) {
  const { checks, history, own, runner, audit, clock } = deps

  function find(actor: Actor, id: string): UptimeRecord {
    const found = checks.find(actor, id)
    if (!found) throw new CodedError('UPTIME_CHECK_NOT_FOUND')
    return found
  }

  /** One query of each kind, however many checks they are. */
  function describeAll(records: readonly UptimeRecord[]): UptimeCheck[] {
    const shownOf = own.shownOf(records)
    const availabilityOf = deps.counts.availabilityOf(records.map(({ id }) => id))
    return records.map((record) =>
      describeOne(record, {
        shown: shownOf.get(record.id) ?? own.shown(record),
        availability: availabilityOf(record.id),
      }),
    )
  }

  const describe = (record: UptimeRecord): UptimeCheck =>
    describeOne(record, {
      shown: own.shown(record),
      availability: deps.counts.availabilityOf([record.id])(record.id),
    })

  function describeOne(record: UptimeRecord, { shown, availability }: Known): UptimeCheck {
    const last = runner.lastOf(record.id)
    const isLooking = record.state !== 'paused' && record.state !== 'waiting'
    return {
      id: record.id,
      ...shown,
      kind: record.kind,
      method: record.method,
      everyMs: record.everyMs,
      timeoutMs: record.timeoutMs,
      expect: record.expect,
      followRedirects: record.followRedirects,
      app: record.appId === null ? null : shown.name,
      isOn: record.isOn,
      state: record.state,
      since: record.since,
      reason: (isLooking ? last?.reason : undefined) ?? record.reason,
      lastMs: last?.tookMs ?? null,
      lastAt: last?.at ?? null,
      certificateDays: last?.certificateDays ?? null,
      availability,
      createdAt: record.createdAt,
    }
  }

  const detailsOf = (record: UptimeRecord): UptimeCheckDetails => ({
    ...describe(record),
    incidents: history.incidentsForPlatform(record.id, SHOWN_INCIDENTS),
  })

  /** Refuses what no look could be made of, and what the guard would refuse (rule C11). */
  async function mustBeTarget(kind: UptimeKind, target: string): Promise<void> {
    const { host, port } =
      kind === 'http' ? placeOf(urlOfTarget(target)) : hostAndPort(kind, target)
    try {
      await deps.addresses.resolve(host, port)
    } catch (error) {
      // That a name is not there yet is no reason.
      if (error instanceof CodedError && error.code === 'HOST_NOT_FOUND') return
      throw error
    }
  }

  function changed({ id, teamId, appId }: UptimeRecord, name: string): void {
    const app = appId === null ? null : name
    deps.events.emit({ teamId, type: 'uptime.changed', app, subject: id })
  }

  function save(actor: Actor, action: string, record: UptimeRecord): UptimeCheck {
    const { name } = own.shown(record)
    const { id, kind, target } = record
    deps.transact(() => {
      checks.saveForPlatform(record)
      if (!record.isOn) history.endForPlatform(id, clock.now().toISOString())
      audit.append({ actor, action, target: name, details: { id, kind, at: target } })
    })
    runner.lookSoon(id)
    changed(record, name)
    return describe(record)
  }

  return {
    /** Of apps first, by name. With incidents a page has at most 50. */
    list(
      actor: Actor,
      { cursor, limit, incidents = false }: PageQuery & { incidents?: boolean },
    ): Page<ListedUptimeCheck> {
      mustBeAble(actor, 'uptime.read')
      own.makeMissing()
      const most = incidents ? Math.min(limit, MOST_WITH_INCIDENTS) : limit
      const rest = checks.listPage(actor, cursor, most + 1)
      const records = rest.slice(0, most)
      const items = describeAll(records)
      const nextCursor = rest.length > most ? (records.at(-1)?.id ?? null) : null
      if (!incidents) return { items, nextCursor }
      const known = history.listIncidentsForPlatform(records.map(({ id }) => id))
      return {
        items: items.map((check) => ({ ...check, incidents: [...(known.get(check.id) ?? [])] })),
        nextCursor,
      }
    },

    get(actor: Actor, id: string): UptimeCheckDetails {
      mustBeAble(actor, 'uptime.read')
      return detailsOf(find(actor, id))
    },

    /** That of the app itself, for whoever sees the app. */
    ofApp(actor: Actor, appName: string): UptimeCheckDetails {
      const app = deps.finder.find(actor, appName)
      mustBeAble(actor, 'app.read', app.id)
      own.makeMissing()
      const record = checks.findOfAppForPlatform(app.id)
      if (!record) throw new CodedError('UPTIME_CHECK_NOT_FOUND')
      return detailsOf(record)
    },

    /** Throws ADDRESS_REFUSED where the address is one that may not be reached. */
    async add(actor: Actor, wish: AddUptimeCheck): Promise<UptimeCheck> {
      mustBeAble(actor, 'uptime.manage')
      const { name, kind, target, ...settings } = AddUptimeCheck.parse(wish)
      mustFit(kind, settings)
      await mustBeTarget(kind, target)
      if (checks.countAdded(actor) >= MAX_CHECKS)
        throw new CodedError('UPTIME_CHECKS_FULL', { most: MAX_CHECKS })
      return save(actor, 'uptime.add', {
        id: deps.newId(),
        teamId: actor.teamId,
        appId: null,
        name: name ?? target.replace(/^https?:\/\//, '').slice(0, 80),
        kind,
        target,
        ...settings,
        isOn: true,
        state: 'waiting',
        since: null,
        reason: null,
        createdAt: clock.now().toISOString(),
      })
    },

    /** Of an app's own check the target is a path; `default` gives back the app's health path. */
    async change(actor: Actor, id: string, wish: ChangeUptimeCheck): Promise<UptimeCheck> {
      mustBeAble(actor, 'uptime.manage')
      const { appId, kind } = find(actor, id)
      if (wish.target !== undefined && appId === null) await mustBeTarget(kind, wish.target)
      // As it is now: it may have been changed meanwhile.
      const before = find(actor, id)
      const settings = {
        method: wish.method ?? before.method,
        timeoutMs: wish.timeoutMs ?? before.timeoutMs,
        everyMs: wish.everyMs ?? before.everyMs,
        expect: wish.expect ?? before.expect,
        followRedirects: wish.followRedirects ?? before.followRedirects,
      }
      mustFit(kind, settings)
      return save(actor, 'uptime.change', {
        ...before,
        ...settings,
        name: wish.name ?? before.name,
        target:
          appId === null ? (wish.target ?? before.target) : pathOf(wish.target, before.target),
        isOn: wish.isOn ?? before.isOn,
      })
    },

    /** With its history. That of an app stays as long as the app does, and can be switched off. */
    remove(actor: Actor, id: string): void {
      mustBeAble(actor, 'uptime.manage')
      const record = find(actor, id)
      if (record.appId !== null) throw new CodedError('UPTIME_CHECK_OF_APP')
      deps.transact(() => {
        checks.removeForPlatform(id)
        audit.append({ actor, action: 'uptime.remove', target: record.name, details: { id } })
      })
      runner.forget(id)
      changed(record, record.name)
    },
  }
}
export type UptimeService = ReturnType<typeof createUptimeService>

const placeOf = (url: URL): { host: string; port: number } => ({
  host: url.hostname.replace(/^\[|\]$/g, ''),
  port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
})

/** `default` is the app's health path. */
function pathOf(wish: string | undefined, before: string | null): string | null {
  if (wish === undefined) return before
  if (wish === 'default') return null
  const path = HealthPath.safeParse(wish)
  if (path.success) return path.data
  throw new CodedError('REQUEST_INVALID', {
    reason: 'Of an app’s own check the target is a path, like /health, or “default”.',
  })
}

function mustFit(
  kind: UptimeKind,
  {
    expect,
    timeoutMs,
    everyMs,
    method,
  }: {
    expect: UptimeExpect
    timeoutMs: number
    everyMs: number
    method: string
  },
): void {
  const refuse = (reason: string): never => {
    throw new CodedError('REQUEST_INVALID', { reason })
  }
  const ofHttp = OF_HTTP.find((name) => expect[name] !== undefined)
  if (kind !== 'http' && ofHttp) refuse(`A look over ${kind} gets no answer to find ${ofHttp} in.`)
  if (method === 'HEAD' && expect.contains !== undefined)
    refuse('An answer to HEAD has no text: use GET to look for one.')
  if (timeoutMs >= everyMs) refuse('The time-out must be shorter than the time between two looks.')
}
