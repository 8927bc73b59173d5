import { mergeNetworks, type Network, parseNetwork, sayNetwork } from '#agent/firewall/addresses.ts'
import { mergePorts, sayPorts } from '#agent/firewall/ports.ts'

/** A set with fixed members. */
export const namedSet = (name: string, type: string, elements: readonly string[]): string[] => [
  `set ${name} {`,
  `\ttype ${type}`,
  '\tflags interval',
  ...(elements.length === 0 ? [] : [`\telements = { ${elements.join(', ')} }`]),
  '}',
]

/** `22` or `{ 22, 80-90 }`. */
export function portsText(ranges: readonly string[]): string {
  const merged = mergePorts(ranges).map(sayPorts)
  return merged.length === 1 ? (merged[0] ?? '') : `{ ${merged.join(', ')} }`
}

/** `ip saddr { … }` and `ip6 saddr { … }`, as far as there are any. */
export function matchNetworks(side: 'saddr' | 'daddr', texts: readonly string[]): string[] {
  const merged = mergeNetworks(texts.map(parseNetwork))
  return ([4, 6] as const).flatMap((family) => {
    const own = merged.filter((network: Network) => network.family === family).map(sayNetwork)
    const one = own.length === 1 ? own[0] : `{ ${own.join(', ')} }`
    return own.length === 0 ? [] : [`${family === 4 ? 'ip' : 'ip6'} ${side} ${one}`]
  })
}

/** What a protocol and ports say in nft; empty for everything. */
export function matchPorts(
  protocol: 'tcp' | 'udp' | 'icmp' | 'any',
  ranges: readonly string[],
): string {
  if (protocol === 'icmp') return 'meta l4proto { icmp, ipv6-icmp }'
  if (protocol === 'any')
    return ranges.length === 0 ? '' : `meta l4proto { tcp, udp } th dport ${portsText(ranges)}`
  return ranges.length === 0 ? `meta l4proto ${protocol}` : `${protocol} dport ${portsText(ranges)}`
}

/** One line of words that are there. */
export const line = (...words: readonly (string | false | undefined)[]): string =>
  words.filter((word) => word !== undefined && word !== false && word !== '').join(' ')

export const chain = (name: string, lines: readonly string[]): string[] => [
  `chain ${name} {`,
  ...lines.map((each) => `\t${each}`),
  '}',
]
