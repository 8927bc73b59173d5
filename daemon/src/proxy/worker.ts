import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RoutingSnapshot } from '#ports/routing-snapshot.ts'
import { createAccessLog } from './access-log.ts'
import { createAlpnChallenges } from './alpn-challenge.ts'
import { createBalancer } from './balancer.ts'
import { createCertificateTable } from './certificate-table.ts'
import { createChallengeTable } from './challenge-table.ts'
import { createReachAnswers } from './reach-answers.ts'
import { createControl } from './control.ts'
import { findLeft, leaveReports } from './edge-left.ts'
import { createEdgeMeter } from './edge-meter.ts'
import { createEdgeOutbox } from './edge-outbox.ts'
import { createHold } from './hold.ts'
import { createLastGood } from './last-good.ts'
import { LIMITS, type Limits } from './limits.ts'
import { createListener, type ListenOn } from './listener.ts'
import { createMeter } from './meter.ts'
import { PIECES } from './pieces.ts'
import type { Plane } from './plane.ts'
import { createRefusals } from './refusals.ts'
import { Roll } from './roll.ts'
import { createRouteTable } from './route-match.ts'
import { createAssetStore } from './rules/asset-store.ts'
import { createKeptAssets } from './rules/kept-assets.ts'
import { createClientLimits } from './rules/client-limits.ts'
import { createDoorkeeper } from './rules/doorkeeper.ts'
import { createEncoders } from './rules/encoders.ts'
import { createTicketKeys } from './ticket-keys.ts'
import { createSlowBodies } from './slow-bodies.ts'
import { createSticky, readStickyKey } from './sticky.ts'
import { createSweep } from './sweep.ts'
import { createTrustedPeers } from './trusted-peers.ts'
import { createWaking } from './waking.ts'

export interface WorkerOptions {
  /** From 0; worker 0 stores the last-good files. */
  worker: number
  /** 0700, ours: last-good snapshots and the access log. */
  directory: string
  /** Where each app has a directory of access logs; in `directory` unless it is given. */
  accessLogs?: string
  controlSocket: string
  http: ListenOn | undefined
  https: ListenOn | undefined
  limits?: Partial<Limits>
  /** On unless it is said; both lanes keep the same rules, and tests try each. */
  fastLane?: boolean
  /** A quarter of a minute unless it is said. */
  edgeSlotMs?: number
  /** Called every second for as long as the worker comes to its turn. */
  beat?: () => void
  say: (line: string) => void
}

/** What was sent at the end is waited for as long; what is not taken then is left to a successor. */
const TAKEN_WITHIN_MS = 250
const LOOK_FOR_LEFT_EVERY_MS = 60_000

/**
 * One proxy worker. It serves the last-good snapshot from its first moment, with or without a daemon,
 * and replaces all of its tables at once when the daemon sends a new one.
 */
export async function startWorker(options: WorkerOptions) {
  const limits: Limits = { ...LIMITS, ...options.limits }
  const balancer = createBalancer(limits)
  const certificates = createCertificateTable(options.say)
  const lastGood = createLastGood(options.directory, options.say)
  const source = randomUUID()
  const outbox = createEdgeOutbox({ source, send: (message) => control.send(message) })
  const plane: Plane = {
    limits,
    balancer,
    hold: createHold(limits),
    waking: createWaking({
      send: (message) => control.send(message),
      isConnected: () => control.connected,
      wantedMs: limits.holdMs,
    }),
    meter: createMeter(),
    edge: createEdgeMeter({
      onSlot: (slot) => outbox.add(slot),
      ...(options.edgeSlotMs === undefined ? {} : { slotMs: options.edgeSlotMs }),
    }),
    refusals: createRefusals(),
    accessLog: createAccessLog({
      directory: options.accessLogs ?? join(options.directory, 'access'),
      removesOld: options.worker === 0,
      onProblem: options.say,
    }),
    clientLimits: createClientLimits(),
    doorkeeper: createDoorkeeper(),
    encoders: createEncoders(),
    sticky: createSticky(await readStickyKey(options.directory)),
    assets: createKeptAssets({
      store: createAssetStore(options.directory),
      tidies: options.worker === 0,
      soonMs: limits.sweepMs * 5,
      onProblem: options.say,
    }),
    swept: new Roll(),
    slowBodies: createSlowBodies(limits),
    fastLane: options.fastLane ?? true,
    routes: createRouteTable(undefined, balancer),
    challenges: createChallengeTable([]),
    reach: createReachAnswers(undefined),
    alpnChallenges: createAlpnChallenges([]),
    trusted: createTrustedPeers([]),
    httpsPort: 443,
    stopping: false,
  }
  let generation = 0
  let storing = Promise.resolve()

  function take(snapshot: RoutingSnapshot): void {
    const { settings } = snapshot
    const trusted = createTrustedPeers(settings.trustedProxies)
    certificates.replace(snapshot.certificates)
    balancer.replace(snapshot)
    plane.routes = createRouteTable(snapshot, balancer)
    plane.challenges = createChallengeTable(snapshot.challenges)
    plane.reach = createReachAnswers(snapshot.settings.reachKey)
    plane.alpnChallenges = createAlpnChallenges(snapshot.alpnChallenges ?? [])
    plane.trusted = trusted
    plane.httpsPort = settings.httpsPort
    plane.accessLog.enable(settings.accessLog ?? true)
    plane.accessLog.keep(snapshot.routes)
    generation = snapshot.generation
    plane.assets.follow(snapshot)
    plane.waking.replace(snapshot)
    plane.hold.releaseAll()
  }

  /** In order, so that what is on disk is never older than what was acknowledged. */
  function store(snapshot: RoutingSnapshot): Promise<void> {
    const stored = storing.then(() => lastGood.store(snapshot))
    storing = stored.catch(() => undefined)
    return stored
  }

  const stored = await lastGood.load()
  if (stored) take(stored)

  const control = createControl({
    socketPath: options.controlSocket,
    worker: options.worker,
    generation: () => generation,
    apply: async (snapshot) => {
      take(snapshot)
      if (options.worker === 0) await store(snapshot)
    },
    underWay: (instances) => balancer.underWay(instances),
    cut: (instances) => balancer.cut(instances),
    edges: outbox,
    onProblem: options.say,
  })

  const foundLeft = new Set<string>()
  async function sendLeft(): Promise<void> {
    for (const { path, reports } of await findLeft(options.directory, foundLeft, options.say)) {
      foundLeft.add(path)
      outbox.addLeft(reports, () => {
        rm(path, { force: true }).catch((error: unknown) => options.say(String(error)))
      })
    }
  }

  const listener = createListener(plane, certificates, options.say)
  const ticketKeys = createTicketKeys({
    directory: join(options.directory, 'tickets'),
    use: (key) => listener.https.setTicketKeys(key),
    now: () => Date.now(),
    onProblem: options.say,
  })
  await ticketKeys.tick()
  const ports = {
    http: options.http && (await listener.listen(listener.http, options.http)),
    https: options.https && (await listener.listen(listener.https, options.https)),
  }
  control.start()

  let lookedForLeftAt = Number.NEGATIVE_INFINITY
  const sweep = createSweep(plane.swept)
  const ticker = setInterval(() => {
    const now = performance.now()
    void sweep(now)
    listener.sweep(now)
    void ticketKeys.tick()
    balancer.sweep(now)
    plane.hold.sweep(now)
    plane.waking.sweep(now)
    plane.assets.sweep()
    PIECES.sweep()
    void plane.accessLog.flush()
    const counts = plane.meter.take()
    const refusals = plane.refusals.take()
    const visits = plane.waking.takeVisits()
    if (counts.length + refusals.length + visits.length > 0)
      control.send({ type: 'counts', counts, refusals, visits })
    plane.edge.sweep(now)
    outbox.sweep()
    if (options.worker === 0 && now - lookedForLeftAt >= LOOK_FOR_LEFT_EVERY_MS) {
      lookedForLeftAt = now
      void sendLeft().catch((error: unknown) => options.say(String(error)))
    }
    options.beat?.()
  }, limits.sweepMs)

  return {
    ports,
    plane,
    counters: listener.counters,
    generation: () => generation,
    isConnected: () => control.connected,
    /** Ends without dropping a request; resolves when the last one is answered. */
    async stop(): Promise<void> {
      await listener.stop()
      clearInterval(ticker)
      plane.edge.end()
      const giveUpAt = performance.now() + TAKEN_WITHIN_MS
      while (outbox.isWaitedFor && performance.now() < giveUpAt) await sleep(20)
      await leaveReports(options.directory, source, outbox.close()).catch((error: unknown) => {
        options.say(`counts of the last moments are lost: ${String(error)}`)
      })
      control.close()
      for (const instance of balancer.all()) instance.retire()
      await plane.assets.settled()
      await plane.accessLog.close()
      await storing
    },
  }
}
export type Worker = Awaited<ReturnType<typeof startWorker>>
