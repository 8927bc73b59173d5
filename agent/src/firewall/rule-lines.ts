import type { FirewallRule, FirewallState } from '@vastrox/shared/firewall-rule.ts'
import { mergeNetworks, parseNetwork, sayNetwork } from '#agent/firewall/addresses.ts'
import { line, matchNetworks, matchPorts, namedSet } from '#agent/firewall/text.ts'

const LOG_RATE = 'limit rate 10/second burst 20 packets'
const FAMILIES = [4, 6] as const
const V6_NETWORK = 'ip6 saddr & ffff:ffff:ffff:ffff::'
const WHO = { 4: 'ip saddr', 6: V6_NETWORK } as const

/** Named sets of the operator, and what limits have to remember. */
export function ruleSets({ sets, rules }: FirewallState): string[] {
  const named = sets.flatMap(({ name, members }) => {
    const merged = mergeNetworks(members.map(parseNetwork))
    return FAMILIES.flatMap((family) =>
      namedSet(
        setName(name, family),
        `ipv${family}_addr`,
        merged.filter((network) => network.family === family).map(sayNetwork),
      ),
    )
  })
  const limits = rules
    .filter(({ action }) => action === 'limit')
    .flatMap((rule) =>
      FAMILIES.flatMap((family) => [
        `set ${meterName(rule, family)} {`,
        `\ttype ipv${family}_addr`,
        '\tsize 16384',
        '\tflags dynamic,timeout',
        '\ttimeout 2m',
        '}',
      ]),
    )
  return [...named, ...limits]
}

/** One rule of the operator's as lines of nft: one for each family and kind of source that it names. */
export function ruleLines(rule: FirewallRule, instance: string): string[] {
  const until =
    rule.expiresAt !== null && `meta time < ${Math.floor(Date.parse(rule.expiresAt) / 1_000)}`
  const ports = matchPorts(rule.protocol, rule.ports)
  const mark = `comment "rule ${rule.id}"`
  return sourcesOf(rule).flatMap(({ source, family }) => {
    const match = (...more: string[]): string => line(until, source, ports, ...more)
    const families = FAMILIES.filter((each) => family === undefined || each === family)
    const lines: Record<FirewallRule['action'], () => string[]> = {
      allow: () => [match('counter accept', mark)],
      deny: () => [match('counter goto closed', mark)],
      log: () => [
        match(
          `ct state new counter ${LOG_RATE} log prefix "vastrox ${instance} ${rule.id}: "`,
          mark,
        ),
      ],
      limit: () => [
        ...families.map((each) => match('ct state new', rateOver(rule, each), mark)),
        match('accept'),
      ],
    }
    return lines[rule.action]()
  })
}

const rateOver = (rule: FirewallRule, family: 4 | 6): string =>
  `update @${meterName(rule, family)} { ${WHO[family]} limit rate over ${rule.ratePerMinute}/minute burst ${rule.ratePerMinute} packets } counter goto closed`

function sourcesOf({ sources }: FirewallRule): { source: string; family: 4 | 6 | undefined }[] {
  if (sources.length === 0) return [{ source: '', family: undefined }]
  const literal = matchNetworks(
    'saddr',
    sources.filter((source) => !source.startsWith('@')),
  )
  const named = sources
    .filter((source) => source.startsWith('@'))
    .flatMap((source) =>
      FAMILIES.map(
        (family) => `${family === 4 ? 'ip' : 'ip6'} saddr @${setName(source.slice(1), family)}`,
      ),
    )
  return [...literal, ...named].map((source) => ({
    source,
    family: source.startsWith('ip6') ? 6 : 4,
  }))
}

const setName = (name: string, family: 4 | 6): string => `set_${name}_${family}`
const meterName = ({ id }: FirewallRule, family: 4 | 6): string => `rate_${id}_${family}`
