import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { PortTraffic } from '@vastrox/shared/agent-api-ports.ts'
import {
  type AppPort,
  type AppPorts,
  type ChangeAppPort,
  CreateAppPort,
  DEFAULT_PORT_POLICY,
  MAX_PORTS_OF_APP,
  PortPolicy,
  portNameOf,
} from '@vastrox/shared/app-port.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { portsOf } from '@vastrox/shared/firewall-rule.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { PortPublisher } from '#core/routing/port-publisher.ts'
import { isLoopback } from '#lib/address-list.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodePorts } from '#ports/node-ports.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { InstanceStore } from '#store/instance-store.ts'
import type { MetaStore } from '#store/meta-store.ts'
import type { PortRecord, PortStore } from '#store/port-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  apps: AppFinder
  ports: PortStore
  instances: InstanceStore
  releases: ReleaseStore
  meta: Pick<MetaStore, 'readNoteForPlatform' | 'writeNoteForPlatform'>
  publisher: PortPublisher
  node: NodePorts
  /** An app that sleeps hears nothing at a port: it is woken. */
  wake: (appId: string) => Promise<void>
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
  /** Where clients find this server. */
  publicAddress: string
}

const NOTE = 'port_policy'
/** Ports and ranges of all apps: as many as the node takes. */
const MOST_ENTRIES = 2_000
/** Where nobody outside knows the server by an address: by the loopback one a port does not answer. */
const THIS_SERVER = '<this server>'

/** Raw TCP and UDP ports of the server that lead to an app's instances. A change is in force when it resolves. */
export function createPortService(deps: Deps) {
  const { apps, ports, instances, releases, meta, publisher, node, audit, events } = deps

  function policy(): PortPolicy {
    const text = meta.readNoteForPlatform(NOTE)
    return text === undefined ? DEFAULT_PORT_POLICY : PortPolicy.parse(JSON.parse(text))
  }

  /** Of one look at the node; undefined where it is away. */
  const traffic = async (): Promise<Map<string, PortTraffic> | undefined> => {
    const seen = await node.read().catch(() => undefined)
    if (!seen) return undefined
    return new Map(seen.ports.map((each) => [`${each.protocol} ${each.first}`, each]))
  }

  function shown(
    app: AppRecord,
    port: PortRecord,
    seen: ReadonlyMap<string, PortTraffic> | undefined,
  ): AppPort {
    const range = rangeText(port)
    const rows = instances
      .listForAppForPlatform(app.id)
      .filter(({ process, state }) => process === port.settings.process && state === 'live')
    const counts = seen?.get(`${port.protocol} ${port.first}`)
    return {
      name: portNameOf(range, port.protocol),
      protocol: port.protocol,
      ports: range,
      ...port.settings,
      address: `${isLoopback(deps.publicAddress) ? THIS_SERVER : deps.publicAddress}:${range}`,
      instances: rows.length,
      problem: problemOf(app, port, rows.length),
      traffic: seen
        ? {
            connections: counts?.connections ?? 0,
            refused: counts?.refused ?? 0,
            bytesIn: counts?.bytesIn ?? 0,
            bytesOut: counts?.bytesOut ?? 0,
          }
        : null,
      createdAt: port.createdAt,
    }
  }

  function problemOf(app: AppRecord, { settings }: PortRecord, running: number): string | null {
    const failed = publisher.problem()
    if (failed !== null) return `The server has not taken the ports yet: ${failed}`
    if (running > 0) return null
    if (app.liveReleaseId === null) return 'The app has not been deployed yet.'
    if (!app.wanted) return 'The app is stopped.'
    const release = releases.findForPlatform(app.liveReleaseId)
    if (release && !Object.hasOwn(release.processes, settings.process))
      return `The live release has no process ${settings.process}.`
    return `No instance of ${settings.process} runs: vastrox scale ${app.name} ${settings.process}=1`
  }

  const changeable = (actor: Actor, appName: string): AppRecord => {
    const app = apps.find(actor, appName)
    mustBeAble(actor, 'port.publish', app.id)
    return app
  }

  function mustFind(actor: Actor, app: AppRecord, name: string): PortRecord {
    const found = ports
      .listForApp(actor, app.id)
      .find((port) => portNameOf(rangeText(port), port.protocol) === name)
    if (!found) throw new CodedError('PORT_NOT_FOUND', { port: name })
    return found
  }

  function mustBeAllowed(app: AppRecord, wish: Place): void {
    const { ranges, perTeam } = policy()
    if (!isWithin(wish, ranges))
      throw new CodedError('PORT_NOT_ALLOWED', {
        reason: `The operator gives out ${ranges.join(', ') || 'no ports'}.`,
        allowed: ranges,
      })
    if (ports.listForPlatform().length >= MOST_ENTRIES)
      throw new CodedError('PORTS_TOO_MANY', {
        reason: `The server leads ${MOST_ENTRIES} ports and ranges at most.`,
      })
    const count = wish.last - wish.first + 1
    const ofApp = ports
      .listForAppForPlatform(app.id)
      .reduce((sum, port) => sum + port.last - port.first + 1, 0)
    if (ofApp + count > MAX_PORTS_OF_APP)
      throw new CodedError('PORTS_TOO_MANY', {
        reason: `An app may have ${MAX_PORTS_OF_APP} ports; ${app.name} has ${ofApp}.`,
      })
    const ofTeam = ports.countForTeamForPlatform(app.teamId)
    if (ofTeam + count > perTeam)
      throw new CodedError('PORTS_TOO_MANY', {
        reason: `A team may have ${perTeam} ports here; this one has ${ofTeam}.`,
      })
  }

  /** Another app's, and who it is only where one may know. Those of apps in the trash are given up. */
  function mustBeFree(actor: Actor, wish: Place): PortRecord[] {
    const overlapping = ports.listOverlappingForPlatform(wish)
    const taken = overlapping.find(({ isInTrash }) => !isInTrash)
    if (taken)
      throw new CodedError('PORT_TAKEN', {
        port: Math.max(taken.first, wish.first),
        protocol: wish.protocol,
        reason:
          taken.teamId === actor.teamId && actor.appIds === null
            ? `${rangeText(taken)}/${wish.protocol} is published already.`
            : 'Another app has it.',
      })
    return overlapping
  }

  async function mustBeUnused({ protocol, first, last }: Place): Promise<void> {
    const [taken] = await node.check(protocol, first, last)
    if (taken)
      throw new CodedError('PORT_TAKEN', {
        port: taken.port,
        protocol,
        reason: `${taken.port}/${protocol} of the server belongs to ${taken.by}.`,
      })
  }

  function mustHaveProcess(app: AppRecord, process: string): void {
    const live =
      app.liveReleaseId === null ? undefined : releases.findForPlatform(app.liveReleaseId)
    if (live && !Object.hasOwn(live.processes, process))
      throw new CodedError('PROCESS_NOT_FOUND', { process })
  }

  const tell = (app: AppRecord): void =>
    events.emit({ teamId: app.teamId, type: 'app.changed', app: app.name, subject: null })

  /** Rows first; what the node cannot be told now it is told as soon as it answers. */
  async function inForce(app: AppRecord, write: () => void): Promise<void> {
    deps.transact(write)
    tell(app)
    await publisher.apply()
  }

  /** What the node refuses for one port it would refuse for all of them, from then on. */
  function takeBack(
    actor: Actor,
    app: AppRecord,
    { before, after, target }: { before: PortRecord; after: PortRecord; target: string },
  ): void {
    deps.transact(() => {
      const now = ports.listForAppForPlatform(app.id).find(({ id }) => id === before.id)
      // Somebody may have changed it once more, or removed it.
      if (JSON.stringify(now?.settings) !== JSON.stringify(after.settings)) return
      ports.saveForPlatform(before)
      audit.append({ actor, action: 'port.change', target, result: 'failed' })
    })
    tell(app)
  }

  return {
    async list(actor: Actor, appName: string): Promise<AppPorts> {
      const app = apps.find(actor, appName)
      const own = ports.listForApp(actor, app.id)
      const seen = own.length === 0 ? undefined : await traffic()
      return { ports: own.map((port) => shown(app, port, seen)), allowed: policy().ranges }
    },

    /** Throws PORT_TAKEN, PORT_NOT_ALLOWED, PORTS_TOO_MANY and PROCESS_NOT_FOUND; nothing is opened then. */
    async add(actor: Actor, appName: string, input: CreateAppPort): Promise<AppPort> {
      const app = changeable(actor, appName)
      const { data: wish, error } = CreateAppPort.safeParse(input)
      if (!wish) throw new CodedError('REQUEST_INVALID', { reason: error.issues[0]?.message ?? '' })
      const { first, last } = portsOf(wish.ports)
      const place = { protocol: wish.protocol, first, last }
      mustHaveProcess(app, wish.process)
      mustBeAllowed(app, place)
      mustBeFree(actor, place)
      await mustBeUnused(place)
      const { protocol, ports: _, ...settings } = wish
      const record: PortRecord = {
        id: deps.newId(),
        teamId: app.teamId,
        appId: app.id,
        ...place,
        settings: { ...settings, to: wish.to ?? first },
        createdAt: deps.clock.now().toISOString(),
      }
      const target = `${app.name} ${rangeText(record)}/${protocol}`
      try {
        await inForce(app, () => {
          // Once more: somebody may have been faster while the node was asked.
          mustBeAllowed(app, place)
          for (const { id } of mustBeFree(actor, place)) ports.removeForPlatform(id)
          ports.saveForPlatform(record)
          audit.append({ actor, action: 'port.add', target, details: { ...record.settings } })
        })
      } catch (error) {
        // It was never open, and is not to open by itself later.
        deps.transact(() => {
          ports.removeForPlatform(record.id)
          audit.append({ actor, action: 'port.add', target, result: 'failed' })
        })
        tell(app)
        throw error
      }
      await deps.wake(app.id)
      return shown(app, record, await traffic())
    },

    /** Throws PORT_NOT_FOUND and PROCESS_NOT_FOUND. */
    async change(
      actor: Actor,
      appName: string,
      name: string,
      wish: ChangeAppPort,
    ): Promise<AppPort> {
      const app = changeable(actor, appName)
      const port = mustFind(actor, app, name)
      const settings = { ...port.settings, ...defined(wish) }
      if (settings.process !== port.settings.process) mustHaveProcess(app, settings.process)
      if (settings.to + port.last - port.first > 65_535)
        throw new CodedError('REQUEST_INVALID', {
          reason: 'The range goes beyond 65535 inside.',
        })
      const after = { ...port, settings }
      const target = `${app.name} ${rangeText(port)}/${port.protocol}`
      try {
        await inForce(app, () => {
          ports.saveForPlatform(after)
          audit.append({ actor, action: 'port.change', target, details: { ...settings } })
        })
      } catch (error) {
        takeBack(actor, app, { before: port, after, target })
        throw error
      }
      return shown(app, after, await traffic())
    },

    /** Closed at once; what goes on over it is ended. Throws PORT_NOT_FOUND. */
    async remove(actor: Actor, appName: string, name: string): Promise<void> {
      const app = changeable(actor, appName)
      const port = mustFind(actor, app, name)
      await inForce(app, () => {
        ports.removeForPlatform(port.id)
        const target = `${app.name} ${rangeText(port)}/${port.protocol}`
        audit.append({ actor, action: 'port.remove', target })
      })
    },

    getPolicy(actor: Actor): PortPolicy {
      mustBeAble(actor, 'node.read')
      return policy()
    },

    /** Of what is asked for from now on: what apps have they keep. */
    setPolicy(actor: Actor, wish: PortPolicy): PortPolicy {
      mustBeAble(actor, 'node.change')
      const next = { ranges: [...new Set(wish.ranges)], perTeam: wish.perTeam }
      deps.transact(() => {
        meta.writeNoteForPlatform(NOTE, JSON.stringify(next))
        audit.append({ actor, action: 'port-policy.set', target: 'platform', details: next })
      })
      return next
    },
  }
}
export type PortService = ReturnType<typeof createPortService>

type Place = Pick<PortRecord, 'protocol' | 'first' | 'last'>

const rangeText = ({ first, last }: Pick<PortRecord, 'first' | 'last'>): string =>
  first === last ? String(first) : `${first}-${last}`

/** Every port of the wish is in one of the ranges, which may touch each other. */
function isWithin({ first, last }: Place, ranges: readonly string[]): boolean {
  let next = first
  for (const range of ranges.map(portsOf).toSorted((one, other) => one.first - other.first))
    if (range.first <= next && next <= range.last) next = range.last + 1
  return next > last
}

/** What is undefined was not said. */
function defined<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> }
function defined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined))
}
