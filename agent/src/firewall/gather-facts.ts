import { lookup } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenPort } from '@vastrox/shared/firewall-rule.ts'
import { DEFAULT_FTP_PASSIVE_PORTS, type InstallationConfig } from '@vastrox/shared/installation.ts'
import { z } from 'zod'
import { hostProxies } from '#agent/builds/host-proxies.ts'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import type { Facts } from '#agent/firewall/facts.ts'
import {
  type HostSocket,
  isLoopback,
  readOwners,
  readSockets,
  readStrangers,
} from '#agent/firewall/sockets.ts'

type Ports = Pick<
  InstallationConfig,
  'httpPort' | 'httpsPort' | 'dashboardPort' | 'sshPort' | 'ftpPort' | 'ftps' | 'ftpPassivePorts'
>

const SSH_SERVERS = new Set(['sshd', 'dropbear', 'sshd-session'])
const DEFAULT_SSH_PORT = 22
const ENGINE_TIMEOUT_MS = 5_000
const MOST_PROXIES = 16
const NAME_TIMEOUT_MS = 2_000

/** Docker copies these to containers; the first is what systemd-resolved itself asks. */
const RESOLVER_FILES = ['/run/systemd/resolve/resolv.conf', '/etc/resolv.conf']

/** The ports that the product needs, from its own settings. */
export function productPorts(config: Ports): Facts['productPorts'] {
  const { httpPort, httpsPort, dashboardPort, sshPort, ftpPort } = config
  const { from, to } = config.ftpPassivePorts ?? DEFAULT_FTP_PASSIVE_PORTS
  const ofFtp = config.ftps === false ? [] : [String(ftpPort), `${from}-${to}`]
  return [...[httpPort, httpsPort, dashboardPort, sshPort].map(String), ...ofFtp].map((ports) => ({
    protocol: 'tcp',
    ports,
  }))
}

/** What can be known without the engine, at the very start of a machine; names are asked for where there is a network. */
export async function gatherLocal(
  instance: string,
  config: Ports,
  env: NodeJS.ProcessEnv,
  { askNames }: { askNames: boolean } = { askNames: true },
): Promise<Facts> {
  return {
    instance,
    productPorts: productPorts(config),
    proxyPorts: [config.httpPort, config.httpsPort],
    sshPorts: [],
    operators: [],
    resolvers: await readResolvers(),
    containerBridges: [],
    appBridges: [],
    addonBridges: [],
    buildBridge: null,
    building: null,
    neighbours: [],
    proxies: await readProxies(env, askNames),
    flowsAtMost: await readFlowsAtMost(),
    ports: [],
    exceptions: [],
  }
}

type OfSsh = Pick<Facts, 'sshPorts' | 'operators'>

/** Where sshd listens and who is signed in by it, by its sockets and not by its configuration. */
export async function gatherSsh(): Promise<OfSsh> {
  return sshOf(...(await Promise.all([readSockets(), readOwners(), readStrangers()])))
}

/** Whoever has not signed in yet is no operator; what sshd connects to for others is no way in. */
export function sshOf(
  sockets: readonly HostSocket[],
  owners: ReadonlyMap<string, string>,
  strangers: ReadonlySet<string>,
): OfSsh {
  const ofSsh = sockets.filter(({ inode }) => SSH_SERVERS.has(owners.get(inode) ?? ''))
  const listening = sockets.filter(
    ({ protocol, state, address }) =>
      protocol === 'tcp' && state === 'listening' && !isLoopback(address),
  )
  const portsOfAll = new Set(listening.map(({ port }) => port))
  // Where systemd holds the port for sshd, only the connections are sshd's.
  const accepted = ofSsh.filter(
    ({ state, port, remoteAddress }) =>
      state === 'established' && portsOfAll.has(port) && !isLoopback(remoteAddress),
  )
  const own = listening.filter(
    (socket) =>
      ofSsh.includes(socket) ||
      (socket.port === DEFAULT_SSH_PORT && owners.get(socket.inode) === 'systemd'),
  )
  const pins = new Map(
    accepted
      .filter(({ inode }) => !strangers.has(inode))
      .map(({ port, remoteAddress }) => [
        `${port} ${remoteAddress}`,
        { protocol: 'tcp' as const, port, source: remoteAddress },
      ]),
  )
  return {
    sshPorts: [...new Set([...own, ...accepted].map(({ port }) => port))].toSorted(
      (one, other) => one - other,
    ),
    operators: [...pins.values()],
  }
}

const Networks = z.array(
  z.object({
    Id: z.string(),
    Name: z.string(),
    Driver: z.string(),
    Options: z.record(z.string(), z.string()).nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
  }),
)
const Containers = z.array(
  z.object({
    Names: z.array(z.string()),
    Ports: z
      .array(
        z.object({
          IP: z.string().optional(),
          PublicPort: z.int().optional(),
          Type: z.string(),
        }),
      )
      .nullish(),
    NetworkSettings: z.object({
      Networks: z.record(
        z.string(),
        z.object({ IPAddress: z.string().default(''), GlobalIPv6Address: z.string().default('') }),
      ),
    }),
  }),
)
const BRIDGE_NAME = 'com.docker.network.bridge.name'

/** Bridges of the engine, ours and others', and who is on the one where it builds. */
export async function gatherEngine(
  engine: Engine,
  instance: string,
): Promise<
  Pick<Facts, 'containerBridges' | 'appBridges' | 'addonBridges' | 'buildBridge' | 'neighbours'>
> {
  const call = { timeoutMs: ENGINE_TIMEOUT_MS }
  const [networks, containers] = await Promise.all([
    engine.get('/networks', Networks, call),
    engine.get('/containers/json', Containers, call),
  ])
  const bridges = networks
    .filter(({ Driver }) => Driver === 'bridge')
    .map(({ Id, Name, Options, Labels }) => ({
      name: Options?.[BRIDGE_NAME] ?? `br-${Id.slice(0, 12)}`,
      isDefault: Name === 'bridge',
      appId: Labels?.[LABEL.instance] === instance ? Labels[LABEL.app] : undefined,
      isOfAddon: Labels?.[LABEL.instance] === instance && Labels[LABEL.addon] !== undefined,
    }))
  const onDefault = containers.flatMap(({ NetworkSettings }) => {
    const place = NetworkSettings.Networks['bridge']
    return place ? [place.IPAddress, place.GlobalIPv6Address].filter((each) => each !== '') : []
  })
  return {
    containerBridges: bridges
      .filter(({ appId, isOfAddon }) => appId === undefined && !isOfAddon)
      .map(({ name }) => name)
      .toSorted(),
    appBridges: bridges
      .flatMap(({ appId, name }) => (appId === undefined ? [] : [{ appId, bridge: name }]))
      .toSorted((one, other) => one.appId.localeCompare(other.appId)),
    addonBridges: bridges.flatMap(({ isOfAddon, name }) => (isOfAddon ? [name] : [])).toSorted(),
    buildBridge: bridges.find(({ isDefault }) => isDefault)?.name ?? null,
    neighbours: onDefault.toSorted(),
  }
}

/** Which container has published which port of this machine. */
export async function readPublished(engine: Engine): Promise<(OpenPort & { name: string })[]> {
  const containers = await engine.get('/containers/json', Containers, {
    timeoutMs: ENGINE_TIMEOUT_MS,
  })
  return containers.flatMap(({ Names, Ports }) =>
    (Ports ?? []).flatMap(({ IP, PublicPort, Type }) =>
      PublicPort === undefined || isLoopback(IP ?? '') || (Type !== 'tcp' && Type !== 'udp')
        ? []
        : [{ protocol: Type, port: PublicPort, name: Names[0]?.slice(1) ?? '' }],
    ),
  )
}

const FLOWS_FILE = '/proc/sys/net/netfilter/nf_conntrack_max'
/** Of a machine with little memory; where nothing is tracked yet the file is not there. */
const FLOWS_OF_SMALL = 65_536

async function readFlowsAtMost(): Promise<number> {
  const most = Number((await readFile(FLOWS_FILE, 'utf8').catch(() => '')).trim())
  return Number.isSafeInteger(most) && most > 0 ? most : FLOWS_OF_SMALL
}

async function readResolvers(): Promise<string[]> {
  const texts = await Promise.all(
    RESOLVER_FILES.map((path) => readFile(path, 'utf8').catch(() => '')),
  )
  return parseResolvers(texts.join('\n'))
}

/** Loopback ones are asked by the engine itself, in this machine's own name. */
export const parseResolvers = (text: string): string[] =>
  [...new Set([...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, address = '']) => address))]
    .map((address) => address.split('%')[0] ?? '')
    .filter((address) => isIP(address) !== 0 && !address.startsWith('127.') && address !== '::1')
    .toSorted()

async function readProxies(env: NodeJS.ProcessEnv, askNames: boolean): Promise<Facts['proxies']> {
  const found = await Promise.all(
    Object.entries(hostProxies(env))
      .filter(([key]) => key.toLowerCase() !== 'no_proxy')
      .map(([, value]) => proxyOf(value, askNames)),
  )
  const all = new Map(found.flat().map((each) => [`${each.address} ${each.port}`, each]))
  return [...all.values()].slice(0, MOST_PROXIES)
}

async function proxyOf(value: string, askNames: boolean): Promise<Facts['proxies']> {
  const url = URL.parse(value.includes('://') ? value : `http://${value}`)
  if (!url) return []
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  if (isIP(host) !== 0) return [{ address: host, port }]
  if (!askNames) return []
  // A name that cannot be resolved now is no proxy that works now.
  const found = lookup(host, { all: true }).catch(() => [])
  const addresses = await Promise.race([found, sleep(NAME_TIMEOUT_MS, [], { ref: false })])
  return addresses.map(({ address }) => ({ address, port }))
}
