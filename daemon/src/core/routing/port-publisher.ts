import type { PublishedPort } from '@vastrox/shared/agent-api-ports.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import { createOneAtATime } from '#lib/one-at-a-time.ts'
import type { NodePorts } from '#ports/node-ports.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'
import type { PortRecord, PortStore } from '#store/port-store.ts'

interface Deps {
  ports: PortStore
  apps: AppStore
  instances: InstanceStore
  node: NodePorts
  onProblem: (what: string, error: unknown) => void
}

/** Of the machine itself: to try again changes nothing soon. */
const REFUSALS: readonly string[] = ['FIREWALL_UNAVAILABLE', 'FIREWALL_REFUSED']
/** Ports inside of an instance. */
export interface InsidePorts {
  protocol: 'tcp' | 'udp'
  first: number
  last: number
}

/** As many as the node takes: one more, and it would take none. */
const MOST_PORTS = 2_000
const MOST_TITLE = 100
const MOST_TARGETS = 100
const MOST_SPARED = 200
/** These get what is new. */
const SERVES: readonly InstanceRecord['state'][] = ['live', 'held']
/** These go on with what they have, for as long as they are there. */
const GOES_ON: readonly InstanceRecord['state'][] = ['warm', 'draining']

/** Keeps the node's raw ports as the rows say: whole, never merged, and told only where something is different. */
export function createPortPublisher({ ports, apps, instances, node, onProblem }: Deps) {
  const inTurn = createOneAtATime()
  /** What the node has taken last from this daemon; undefined: it has to be told. */
  let given: string | undefined
  /** False after a failure: it may have taken what it was told, or not. */
  let isSure = false
  let problem: string | null = null

  function wanted(): PublishedPort[] {
    const known = new Map<string, { app: AppRecord | undefined; rows: InstanceRecord[] }>()
    const of = (appId: string) => {
      const found = known.get(appId) ?? {
        app: apps.findByIdForPlatform(appId),
        rows: instances.listForAppForPlatform(appId),
      }
      known.set(appId, found)
      return found
    }
    return ports
      .listForPlatform()
      .slice(0, MOST_PORTS)
      .map((port) => {
        const { app, rows } = of(port.appId)
        return publishedOf(port, app?.name ?? port.appId, rows)
      })
  }

  async function publishInTurn(): Promise<void> {
    const list = wanted()
    const text = JSON.stringify(list)
    if (isSure && text === given) return
    try {
      await node.keep(list)
      given = text
      isSure = true
      problem = null
    } catch (error) {
      isSure = false
      problem = sayError(error)
      // At the start, of a platform without ports: nobody has to wait for a node that is away.
      if (list.length > 0 || given !== undefined) throw error
    }
  }

  const portsOf = ({ appId, process }: Pick<InstanceRecord, 'appId' | 'process'>): PortRecord[] =>
    ports.listForAppForPlatform(appId).filter(({ settings }) => settings.process === process)

  return {
    wanted,
    /** Why the node does not have what the rows say; null when it does. */
    problem: (): string | null => problem,

    /** Resolves once the node has what the rows say now, or something newer. Throws what it says against it. */
    apply: (): Promise<void> => inTurn(publishInTurn),

    /**
     * The same for whoever has more to do: that this machine cannot lead ports is told, and keeps no
     * deployment waiting. A node that is away does.
     */
    async publish(): Promise<void> {
      try {
        await inTurn(publishInTurn)
      } catch (error) {
        if (!(error instanceof CodedError) || !REFUSALS.includes(error.code)) throw error
        onProblem('the ports of apps are not in force', error)
      }
    },

    /** What a node that was away has missed. Never throws. */
    async round(): Promise<void> {
      if (problem === null) return
      await inTurn(publishInTurn).catch(() => {
        // Said already, and tried again with the next round.
      })
    },

    /** Where instances of the process have to listen before they get anything: at one port of each range. */
    listensAt: (appId: string, process: string): InsidePorts[] =>
      portsOf({ appId, process }).map(({ protocol, first, last, settings }) => ({
        protocol,
        first: settings.to,
        last: settings.to + last - first,
      })),

    /** How much is still going on over ports of these instances; at least one where that cannot be told. */
    async underWay(names: readonly string[]): Promise<number> {
      const busy = names.flatMap((name) => {
        const row = instances.findForPlatform(name)
        const own = row ? portsOf(row) : []
        return own.length === 0 ? [] : [{ name, own }]
      })
      if (busy.length === 0) return 0
      // Nobody can tell when the last datagram of a flow has been sent: it gets its whole time.
      const isWaitedFor = ({ protocol, settings }: PortRecord): boolean =>
        protocol === 'udp' && settings.oldFlows === 'finish'
      if (busy.some(({ own }) => own.some(isWaitedFor))) return 1
      const tcp = busy.filter(({ own }) => own.some(({ protocol }) => protocol === 'tcp'))
      if (tcp.length === 0) return 0
      const seen = await node.sockets(tcp.map(({ name }) => name)).catch(() => undefined)
      if (!seen) return 1
      return tcp.reduce((sum, { name, own }) => {
        const sockets = seen.find((each) => each.name === name)
        return (
          sum +
          (sockets?.connections ?? []).reduce(
            (count, each) => (isOneOf(own, each.port) ? count + each.count : count),
            0,
          )
        )
      }, 0)
    },
  }
}
export type PortPublisher = ReturnType<typeof createPortPublisher>

function publishedOf(
  { appId, protocol, first, last, settings }: PortRecord,
  appName: string,
  rows: readonly InstanceRecord[],
): PublishedPort {
  const { process, to, sources, newPerSecond, connections, oldFlows } = settings
  const own = rows
    .filter((row) => row.process === process)
    .toSorted((one, other) => one.ordinal - other.ordinal)
  const addressesOf = (states: readonly InstanceRecord['state'][]): string[] =>
    own.flatMap(({ state, host }) => (host !== null && states.includes(state) ? [host] : []))
  const live = addressesOf(['live'])
  const targets = live.length > 0 ? live : addressesOf(SERVES)
  return {
    appId,
    title: `${appName} (${process})`.slice(0, MOST_TITLE),
    protocol,
    first,
    last,
    to,
    sources,
    newPerSecond,
    connections,
    targets: targets.slice(0, MOST_TARGETS),
    spared:
      protocol === 'tcp' || oldFlows === 'finish' ? addressesOf(GOES_ON).slice(0, MOST_SPARED) : [],
  }
}

const isOneOf = (own: readonly PortRecord[], port: number): boolean =>
  own.some(
    ({ protocol, first, last, settings }) =>
      protocol === 'tcp' && settings.to <= port && port <= settings.to + last - first,
  )
