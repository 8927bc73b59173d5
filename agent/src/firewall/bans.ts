import type { Ban, FirewallInput } from '@vastrox/shared/agent-api-firewall.ts'
import type { FirewallState } from '@vastrox/shared/firewall-rule.ts'
import {
  bannable,
  contains,
  type Network,
  parseNetwork,
  sayNetwork,
} from '#agent/firewall/addresses.ts'
import { isOfContainers, type OwnAddress } from '#agent/exposure/bind-reach.ts'
import type { Facts } from '#agent/firewall/facts.ts'

type Change = FirewallInput<'change-bans'>

const MOST_BANS = 50_000

interface Known {
  state: FirewallState
  facts: Facts
  /** Addresses of this machine. */
  own: readonly OwnAddress[]
  now: Date
}

export interface ChangedBans {
  bans: Ban[]
  added: Ban[]
  /** Addresses that are no longer banned, as they stand in the set. */
  removed: string[]
  refused: { address: string; reason: string }[]
}

/** What a change makes of the list. Ended bans go; the longer of two bans of one address stays. */
export function changeBans(
  before: readonly Ban[],
  { add, remove }: Change,
  known: Known,
): ChangedBans {
  const list = new Map(
    before
      .filter(({ until }) => Date.parse(until) > known.now.getTime())
      .map((ban) => [ban.address, ban]),
  )
  const refused: ChangedBans['refused'] = []
  const added: Ban[] = []
  const removed = remove
    .map((address) => sayNetwork(bannable(address)))
    .filter((address) => list.delete(address))
  for (const { address, seconds, reason } of add) {
    const network = bannable(address)
    const why =
      list.size >= MOST_BANS ? 'There are too many bans.' : exempt(address, network, known)
    if (why !== undefined) {
      refused.push({ address, reason: why })
      continue
    }
    const name = sayNetwork(network)
    const until = new Date(known.now.getTime() + seconds * 1_000).toISOString()
    const old = list.get(name)
    const ban = { address: name, until: old && old.until > until ? old.until : until, reason }
    list.set(name, ban)
    added.push(ban)
  }
  return { bans: [...list.values()], added, removed, refused }
}

/** Why an address may not be banned; undefined where it may. */
function exempt(
  address: string,
  network: Network,
  { state, facts, own }: Known,
): string | undefined {
  const touches = (text: string): boolean => {
    const other = parseNetwork(text)
    return contains(other, network) || contains(network, other)
  }
  if (touches('127.0.0.0/8') || touches('::1')) return 'It is this machine itself.'
  // Others of its /64 may be banned: what this machine sends itself does not come by the network.
  const same = sayNetwork(parseNetwork(address))
  if (own.some((each) => sayNetwork(parseNetwork(each.address)) === same))
    return 'It is an address of this machine.'
  // A proxy in one of them stands for everybody who comes through it.
  if (own.some((each) => isOfContainers(each.device) && touches(each.network)))
    return 'It is a container of this machine.'
  if (state.allowList.some(touches)) return 'It is on the allow-list.'
  const pins = [...state.pinned, ...facts.operators].flatMap(({ source }) => source ?? [])
  if (pins.some(touches)) return 'Somebody who looks after this machine is there.'
  if (facts.resolvers.some(touches)) return 'It is the name server of this machine.'
  return undefined
}

/** The same on what is loaded, in one transaction. */
export function banText(table: string, { added, removed }: ChangedBans, now: Date): string {
  const line = (verb: string, address: string, more = ''): string => {
    const { family, base } = parseNetwork(address)
    const element = sayNetwork({ family, base, bits: family === 4 ? 32 : 128 })
    return `${verb} element inet ${table} banned${family} { ${element}${more} }`
  }
  const seconds = ({ until }: Ban): number =>
    Math.max(1, Math.ceil((Date.parse(until) - now.getTime()) / 1_000))
  // One that is there keeps its time when it is added again, so it is taken out first; and to take one
  // out that has ended meanwhile would be an error, so it is put in before that.
  return [
    ...[...removed, ...added.map(({ address }) => address)].flatMap((address) => [
      line('add', address, ' timeout 1h'),
      line('delete', address),
    ]),
    ...added.map((ban) => line('add', ban.address, ` timeout ${seconds(ban)}s`)),
    '',
  ].join('\n')
}
