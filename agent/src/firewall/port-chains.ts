import { bridgesOf } from '#agent/firewall/names.ts'
import { isServed, keyOf, type LoadedPort, rangeOf } from '#agent/firewall/loaded-port.ts'
import { chain, line, matchNetworks } from '#agent/firewall/text.ts'

const PROTOCOLS = ['tcp', 'udp'] as const
/** Fixed, so that a source meets the same instance after the rules were loaded anew. */
const SEED = '0x76787278'
/** Sources that are remembered for each port; beyond them nobody new is limited. */
const MOST_SOURCES = 16_384
/** Just before Docker's own translation, and after the chain that decides who may come in at all. */
const BEFORE_DOCKER = -101

/**
 * Raw ports: what asks for one is translated to an instance, with the address of whoever asks left as it
 * is. What may not come in, or is over a limit, is not translated: it meets the machine itself, where
 * nothing answers. So nothing here drops a packet, in whichever mode the firewall is.
 */
export function portChains(ports: readonly LoadedPort[], instance: string): string[] {
  const served = ports.filter(isServed)
  if (served.length === 0) return []
  return [
    ...served.flatMap(portSets),
    ...TRAFFIC_SETS,
    ...served.flatMap(portChain),
    ...chain(
      'ports',
      PROTOCOLS.flatMap((protocol) => whereTo(served, protocol)),
    ),
    ...hooked('ports_arriving', `type nat hook prerouting priority ${BEFORE_DOCKER}`, [
      `${TO_THIS_MACHINE} goto ports`,
    ]),
    ...hooked('ports_from_here', `type nat hook output priority ${BEFORE_DOCKER}`, [
      `${TO_THIS_MACHINE} goto ports`,
    ]),
    // An app that asks for its own port by the machine's address gets its answer from that address.
    ...hooked(
      'ports_to_themselves',
      'type nat hook postrouting priority 99',
      [...new Set(served.map(({ subnet }) => subnet))]
        .toSorted()
        .map((subnet) => `ip saddr ${subnet} ip daddr ${subnet} ct status dnat masquerade`),
    ),
    ...hooked(
      'ports_traffic',
      'type filter hook forward priority -4',
      PROTOCOLS.flatMap((protocol) => [
        counted(`oifname "${bridgesOf(instance)}" ct direction original`, 'in', protocol),
        counted(`iifname "${bridgesOf(instance)}" ct direction reply`, 'out', protocol),
      ]),
    ),
  ]
}

/** At the loopback address a translated packet would have no way back. */
const TO_THIS_MACHINE = 'meta nfproto ipv4 ip daddr != 127.0.0.0/8 fib daddr type local'

/** By the port that was asked for, whatever it is inside. */
const counted = (match: string, way: 'in' | 'out', protocol: 'tcp' | 'udp'): string =>
  `${match} ct status dnat meta l4proto ${protocol} update @port_${way}_${protocol} { ct original proto-dst counter }`

const TRAFFIC_SETS = PROTOCOLS.flatMap((protocol) =>
  ['in', 'out'].flatMap((way) => [
    `set port_${way}_${protocol} {`,
    '\ttype inet_service',
    '\tsize 65535',
    '\tflags dynamic',
    '}',
  ]),
)

/** In `enforce`: everybody whom a port is for, unless a rule of the operator's has said no before. */
export const openPorts = (ports: readonly LoadedPort[]): string[] =>
  ports
    .filter(isServed)
    .map((port) =>
      line(
        port.sources.length === 0 ? 'meta nfproto ipv4' : matchNetworks('saddr', port.sources)[0],
        `${port.protocol} dport ${rangeOf(port)}`,
        'accept',
      ),
    )

/** Where other apps get as everybody does; one that is for some networks is for no app. */
export function portsForApps(ports: readonly LoadedPort[]): string[] {
  const open = ports.filter((port) => isServed(port) && port.sources.length === 0)
  return PROTOCOLS.flatMap((protocol) => {
    const ranges = open.filter((port) => port.protocol === protocol).map(rangeOf)
    return ranges.length === 0
      ? []
      : [`fib daddr type local ${protocol} dport { ${ranges.join(', ')} } accept`]
  })
}

/** Whether anything is led into our networks by a port; then that may pass to them. */
export const passPorts = (ports: readonly LoadedPort[], instance: string): string[] =>
  ports.some(isServed) ? [`oifname "${bridgesOf(instance)}" ct status dnat accept`] : []

function portSets(port: LoadedPort): string[] {
  const set = (name: string, ...more: string[]): string[] => [
    `set ${name} {`,
    '\ttype ipv4_addr',
    `\tsize ${MOST_SOURCES}`,
    ...more.map((each) => `\t${each}`),
    '}',
  ]
  return [
    ...(port.newPerSecond === null
      ? []
      : set(rateSet(port), 'flags dynamic,timeout', 'timeout 1m')),
    ...(port.connections === null ? [] : set(flowSet(port), 'flags dynamic')),
  ]
}

function portChain(port: LoadedPort): string[] {
  const { sources, newPerSecond, connections, targets } = port
  const refused = `counter return comment "port ${keyOf(port)} refused"`
  const [from] = matchNetworks('saddr', sources)
  const [only] = targets
  return [
    ...(targets.length === 1
      ? []
      : targets.flatMap((target, at) => chain(`${chainOf(port)}_${at}`, [leadTo(port, target)]))),
    ...chain(chainOf(port), [
      ...(from === undefined ? [] : [`${from.replace('saddr', 'saddr !=')} ${refused}`]),
      ...(newPerSecond === null
        ? []
        : [
            `update @${rateSet(port)} { ip saddr limit rate over ${newPerSecond}/second burst ${newPerSecond * 2} packets } ${refused}`,
          ]),
      ...(connections === null
        ? []
        : [`add @${flowSet(port)} { ip saddr ct count over ${connections} } ${refused}`]),
      `counter comment "port ${keyOf(port)} opened"`,
      targets.length === 1 && only !== undefined
        ? leadTo(port, only)
        : `jhash ip saddr mod ${targets.length} seed ${SEED} vmap { ${targets
            .map((_, at) => `${at} : goto ${chainOf(port)}_${at}`)
            .join(', ')} }`,
    ]),
  ]
}

/** A range that is the same inside keeps its ports; another one has each port said. */
function leadTo({ protocol, first, last, to }: LoadedPort, target: string): string {
  if (first === last) return `meta l4proto ${protocol} dnat ip to ${target}:${to}`
  if (first === to) return `meta l4proto ${protocol} dnat ip to ${target}`
  const each = Array.from({ length: last - first + 1 }, (_, at) => `${first + at} : ${to + at}`)
  return `meta l4proto ${protocol} dnat ip to ${target}:${protocol} dport map { ${each.join(', ')} }`
}

function whereTo(ports: readonly LoadedPort[], protocol: 'tcp' | 'udp'): string[] {
  const own = ports
    .filter((port) => port.protocol === protocol)
    .toSorted((one, other) => one.first - other.first)
    .map((port) => `${rangeOf(port)} : goto ${chainOf(port)}`)
  return own.length === 0 ? [] : [`${protocol} dport vmap { ${own.join(', ')} }`]
}

const chainOf = (port: LoadedPort): string => `to_${keyOf(port)}`
const rateSet = (port: LoadedPort): string => `rate_${keyOf(port)}`
const flowSet = (port: LoadedPort): string => `flows_${keyOf(port)}`

const hooked = (name: string, hook: string, lines: readonly string[]): string[] =>
  chain(name, [`${hook}; policy accept;`, ...lines])
