import type { ExposedPort, PortHolder } from '@vastrox/shared/exposure.ts'
import { portsOf } from '@vastrox/shared/firewall-rule.ts'
import { parseNetwork, sayNetwork } from '#agent/firewall/addresses.ts'
import { isOver } from '#agent/firewall/loaded-exception.ts'
import { isServed } from '#agent/firewall/loaded-port.ts'
import { type Loaded, prepare } from '#agent/firewall/reach.ts'
import type { HostSocket } from '#agent/firewall/sockets.ts'
import {
  type BindReach,
  bindReach,
  isAny,
  isLoopback,
  type OwnAddress,
  widest,
} from '#agent/exposure/bind-reach.ts'
import type { Holder } from '#agent/exposure/holders.ts'
import type { OtherFilter } from '#agent/exposure/other-filters.ts'
import {
  type PublishedPort,
  proxyArguments,
  type RunningContainer,
} from '#agent/exposure/published-ports.ts'
import { type RuleReach, ruleReach } from '#agent/exposure/rule-reach.ts'
import { warningAbout } from '#agent/exposure/say-warning.ts'

/** Everything that was seen on a machine, at one moment. */
export interface Seen {
  sockets: readonly HostSocket[]
  holders: ReadonlyMap<string, Holder>
  containers: readonly RunningContainer[]
  published: readonly PublishedPort[]
  own: readonly OwnAddress[]
  others: readonly OtherFilter[]
  loaded: Loaded
  /** Whether the rules are in the kernel. */
  isLoaded: boolean
  /** Such as 20; null where it does not answer. */
  engineMajor: number | null
}

interface Answering {
  protocol: 'tcp' | 'udp'
  port: number
  addresses: string[]
  by: PortHolder
}

/** Before this one, a port that is published on 127.0.0.1 answers to the next machine as well (moby#45610). */
const ENGINE_KEEPS_LOOPBACK = 28

/** Every port where something answers, and who gets there. By port, in order. */
export function workOut(seen: Seen): Omit<ExposedPort, 'tested'>[] {
  const entriesAt = prepare(seen.loaded)
  const led = ledPorts(seen, entriesAt)
  return answering(seen)
    .map((each) => {
      const ruled = ruleReach(
        seen.loaded.state.mode,
        entriesAt(each.protocol, each.port),
        seen.isLoaded,
      )
      const reach = reachOf(seen, each, ruled)
      return {
        ...each,
        ...reach,
        warning: warningAbout({
          ...each,
          reach: reach.reach,
          isProductPort: isProductPort(seen, each),
        }),
      }
    })
    .concat(led, exceptedPorts(seen, entriesAt))
    .toSorted(
      (one, other) =>
        one.port - other.port ||
        one.protocol.localeCompare(other.protocol) ||
        one.by.name.localeCompare(other.by.name),
    )
}

/** Raw ports of apps: nothing listens for them here, the firewall's own table leads them on. */
function ledPorts(
  { loaded: { state, facts }, isLoaded }: Seen,
  entriesAt: ReturnType<typeof prepare>,
): Omit<ExposedPort, 'tested'>[] {
  if (!isLoaded) return []
  return facts.ports.filter(isServed).flatMap(({ protocol, first, last, title, sources }) =>
    Array.from({ length: last - first + 1 }, (_, at) => {
      const port = first + at
      const ruled = ruleReach(state.mode, entriesAt(protocol, port), isLoaded)
      const reach: RuleReach =
        ruled.reach === 'world' && sources.length > 0
          ? { reach: 'some', to: [...sources], because: 'It is published for these alone.' }
          : ruled
      return {
        protocol,
        port,
        addresses: ['0.0.0.0'],
        by: { ...OF_APP, name: title },
        reach: reach.reach,
        to: reach.reach === 'some' ? reach.to : [],
        because: `It is a port of an app, over IPv4. ${reach.because}`,
        warning: null,
      }
    }),
  )
}

/** Ways in to add-ons for a while; nothing listens for them here either. */
function exceptedPorts(
  { loaded: { state, facts, now }, isLoaded }: Seen,
  entriesAt: ReturnType<typeof prepare>,
): Omit<ExposedPort, 'tested'>[] {
  if (!isLoaded) return []
  const lasting = facts.exceptions.filter((each) => !isOver(each, now))
  const byPort = Map.groupBy(lasting, ({ hostPort }) => hostPort)
  return [...byPort].map(([port, exceptions]) => {
    const ruled = ruleReach(state.mode, entriesAt('tcp', port), isLoaded)
    const isClosed = ruled.reach === 'closed'
    const last =
      exceptions
        .map(({ until }) => until)
        .toSorted()
        .at(-1) ?? ''
    return {
      protocol: 'tcp' as const,
      port,
      addresses: ['0.0.0.0'],
      by: { ...OF_APP, name: `add-on ${exceptions[0]?.addonName ?? ''}` },
      reach: isClosed ? ('closed' as const) : ('some' as const),
      to: isClosed ? [] : exceptions.map(({ from }) => from),
      because: `It is an exception for an add-on, over IPv4, which ends by itself at ${last}. ${isClosed ? ruled.because : 'It is for these alone.'}`,
      warning: null,
    }
  })
}

const OF_APP = {
  kind: 'container',
  pid: null,
  user: null,
  unit: null,
  image: null,
  ours: true,
} as const

/** One entry for each port and holder; what the engine publishes in place of the program that forwards it. */
function answering(seen: Seen): Answering[] {
  const found = new Map<string, Answering>()
  const add = (protocol: 'tcp' | 'udp', port: number, address: string, by: PortHolder): void => {
    const key = `${protocol} ${port} ${by.kind} ${by.name}`
    const known = found.get(key)
    if (!known) found.set(key, { protocol, port, addresses: [address], by })
    else if (!known.addresses.includes(address)) known.addresses.push(address)
  }
  for (const { protocol, address, port, container } of seen.published)
    add(protocol, port, plain(address), ofContainer(container, null))
  for (const socket of seen.sockets) {
    if (socket.state !== 'listening' || socket.port === 0) continue
    const holder = seen.holders.get(socket.inode)
    const isPublished = seen.published.some(
      ({ protocol, port }) => protocol === socket.protocol && port === socket.port,
    )
    if (holder && isPublished && proxyArguments(holder.commandLine)) continue
    add(socket.protocol, socket.port, plain(socket.address), holderOf(seen, socket, holder))
  }
  return [...found.values()]
}

function holderOf(seen: Seen, socket: HostSocket, holder: Holder | undefined): PortHolder {
  if (!holder)
    return {
      kind: 'kernel',
      name: 'unknown (the kernel, or a process that cannot be seen from here)',
      pid: null,
      user: null,
      unit: null,
      image: null,
      ours: false,
    }
  const forwarded = proxyArguments(holder.commandLine)
  if (forwarded)
    return {
      ...ofProcess(holder, false),
      kind: 'container',
      name: `container at ${forwarded.containerAddress}`,
    }
  const container = seen.containers.find(({ id }) => id === holder.containerId)
  if (container) return ofContainer(container, holder)
  return ofProcess(holder, isProduct(seen, socket, holder))
}

const ofContainer = (container: RunningContainer, holder: Holder | null): PortHolder => ({
  kind: 'container',
  name: container.name,
  pid: holder?.pid ?? null,
  user: holder?.user ?? null,
  unit: null,
  image: container.image,
  ours: container.ours,
})

const ofProcess = ({ pid, name, user, unit }: Holder, ours: boolean): PortHolder => ({
  kind: 'process',
  name,
  pid,
  user,
  unit,
  image: null,
  ours,
})

const isProductPort = (
  { loaded }: Seen,
  { protocol, port }: { protocol: string; port: number },
): boolean =>
  loaded.facts.productPorts.some((own) => own.protocol === protocol && isIn(own.ports, port))

/** By port and by program: a stranger on a port of ours is none of ours. */
const isProduct = (seen: Seen, socket: HostSocket, { program }: Holder): boolean =>
  (program.startsWith('/opt/vastrox/') || program === process.execPath) &&
  isProductPort(seen, socket)

function isIn(range: string, port: number): boolean {
  const { first, last } = portsOf(range)
  return first <= port && port <= last
}

function reachOf(
  seen: Seen,
  { addresses, by }: Answering,
  ruled: RuleReach,
): Pick<ExposedPort, 'reach' | 'to' | 'because'> {
  const bound = widest(addresses.map((address) => boundReach(seen, by, address)))
  if (bound.reach === 'machine') return { reach: 'machine', to: [], because: bound.because }
  const because = `${bound.because} ${ruled.because}${sayOthers(seen, by)}`
  if (ruled.reach === 'closed') return { reach: 'closed', to: [], because }
  if (ruled.reach === 'some') return { reach: 'some', to: ruled.to, because }
  return { reach: bound.reach, to: bound.reach === 'some' ? bound.to : [], because }
}

function boundReach(seen: Seen, by: PortHolder, address: string): BindReach {
  const isOpenLoopback =
    by.kind === 'container' &&
    by.image !== null &&
    by.pid === null &&
    isLoopback(address) &&
    seen.engineMajor !== null &&
    seen.engineMajor < ENGINE_KEEPS_LOOPBACK &&
    !(seen.isLoaded && seen.loaded.state.mode === 'enforce')
  if (!isOpenLoopback) return bindReach(address, seen.own)
  return {
    reach: 'some',
    to: ['machines on the same network'],
    because: `It is published on ${address}, but before Docker ${ENGINE_KEEPS_LOOPBACK} a neighbour that sends there directly gets in.`,
  }
}

function sayOthers({ others }: Seen, by: PortHolder): string {
  const concerns = by.kind === 'container' && by.pid === null ? 'containers' : 'host'
  const names = others.filter((each) => each.concerns === concerns).map(({ name }) => name)
  if (names.length === 0) return ''
  return ` Something else filters, too (${[...new Set(names)].join(', ')}): a test tells.`
}

/** As people write it. */
const plain = (address: string): string => sayNetwork(parseNetwork(address))

/** Where to try a port from outside: at an address that it is bound to, or at all of the machine's. */
export function addressesToTry(addresses: readonly string[], machine: readonly string[]): string[] {
  const named = addresses.filter((address) => !isAny(address) && !isLoopback(address))
  const isEverywhere = addresses.some(isAny) || named.length === 0
  return isEverywhere ? [...machine] : named.filter((address) => !address.startsWith('fe80:'))
}
