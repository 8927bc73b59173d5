import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { type Ban, NewBan } from '@vastrox/shared/firewall.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Abuse } from '#core/firewall/abuse.ts'
import { networkOf } from '#lib/network-of.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeFirewall } from '#ports/node-firewall.ts'
import type { BanRecord, BanStore } from '#store/ban-store.ts'
import type { Transact } from '#store/database.ts'

interface Deps {
  bans: BanStore
  firewall: Pick<NodeFirewall, 'changeBans'>
  abuse: Pick<Abuse, 'isSpared'>
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
  system: () => Actor
  onProblem: (what: string, error: unknown) => void
  node: string
}

/** What the node is given of them; an attack from more networks than that is no matter of bans. */
const MAX_BANS = 10_000
const MAX_LISTED = 200
/** What the node takes in one call. */
const AT_ONCE = 1_000
/** How long somebody is remembered, who was banned before. */
const MEMORY_MS = 7 * 86_400_000
/** What Vastrox bans by itself, at most. */
const MAX_BY_ITSELF_SECONDS = 86_400

/** Networks that are let in nowhere for a while: banned by failures or by hand, lifted by hand. */
export function createBanService(deps: Deps) {
  const { bans, firewall, clock, node, transact } = deps
  const now = (): string => clock.now().toISOString()
  let isTold = false

  function add(
    actor: Actor,
    wish: { network: string; seconds: number; reason: string },
  ): BanRecord {
    const at = clock.now()
    const ban: BanRecord = {
      id: deps.newId(),
      node,
      teamId: actor.teamId,
      address: wish.network,
      reason: wish.reason,
      actor: actor.name,
      createdAt: at.toISOString(),
      until: new Date(at.getTime() + wish.seconds * 1_000).toISOString(),
      liftedAt: null,
    }
    transact(() => {
      bans.insertForPlatform(ban)
      const details = { reason: ban.reason, until: ban.until }
      deps.audit.append({ actor, action: 'ban.create', target: ban.address, details })
    })
    changed(actor)
    return ban
  }

  /** What the node could not be told now, it is told with the next round. */
  async function tellNode(
    change: Parameters<typeof firewall.changeBans>[0],
  ): ReturnType<typeof firewall.changeBans> {
    try {
      return await firewall.changeBans(change)
    } catch (error) {
      isTold = false
      throw error
    }
  }

  /** Bans by Vastrox itself that the node has not heard of. */
  const untold: BanRecord[] = []
  let isTelling = false

  /** One call at a time: an attack from thousands of networks is not to keep the node from all else. */
  async function tellUntold(): Promise<void> {
    if (isTelling) return
    isTelling = true
    while (untold.length > 0) {
      const some = untold.splice(0, AT_ONCE)
      try {
        const { refused } = await tellNode({ add: some.map(tell), remove: [] })
        const against = new Set(refused.map(({ address }) => address))
        // The node knows of somebody there who is not to be locked out.
        for (const ban of some)
          if (against.has(tell(ban).address)) bans.liftForPlatform(ban.address, now())
      } catch (error) {
        const [first] = some
        const what = some.length === 1 ? first?.address : `${some.length} networks`
        deps.onProblem(`banning ${what} failed`, error)
      }
    }
    isTelling = false
  }

  const changed = ({ teamId }: Actor): void =>
    deps.events.emit({ teamId, type: 'firewall.changed', app: null, subject: null })

  const tell = ({ address, until, reason }: BanRecord) => ({
    address: address.split('/', 1).join(''),
    seconds: Math.max(1, Math.ceil((Date.parse(until) - clock.now().getTime()) / 1_000)),
    reason,
  })

  return {
    list(actor: Actor): Ban[] {
      mustBeAble(actor, 'firewall.read')
      return bans.listActiveForPlatform(node, now(), MAX_LISTED).map(show)
    },

    /** Throws BAN_REFUSED for the allow-list, for this machine, and for whoever asks. */
    async ban(actor: Actor, input: NewBan): Promise<Ban> {
      mustBeAble(actor, 'firewall.change')
      const wish = NewBan.parse(input)
      const { address } = wish
      const network = networkOf(address)
      if (actor.address !== null && networkOf(actor.address) === network)
        throw new CodedError('BAN_REFUSED', { reason: 'That is where you are.' })
      if (deps.abuse.isSpared(address)) throw new CodedError('BAN_REFUSED')
      const ban = add(actor, { network, seconds: wish.seconds, reason: wish.reason })
      const { refused } = await tellNode({ add: [tell(ban)], remove: [] })
      const [against] = refused
      if (!against) return show(ban)
      bans.liftForPlatform(network, now())
      throw new CodedError('BAN_REFUSED', { reason: against.reason })
    },

    /** Takes back every ban of the same network. Throws BAN_NOT_FOUND. */
    async lift(actor: Actor, idOrAddress: string): Promise<void> {
      mustBeAble(actor, 'firewall.change')
      const ban =
        bans.findForPlatform(idOrAddress) ??
        bans
          .listActiveForPlatform(node, now(), MAX_BANS)
          .find(({ address }) => address === idOrAddress || address === networkOf(idOrAddress))
      if (!ban || ban.liftedAt !== null || ban.until <= now() || ban.teamId !== actor.teamId)
        throw new CodedError('BAN_NOT_FOUND')
      transact(() => {
        bans.liftForPlatform(ban.address, now())
        deps.audit.append({ actor, action: 'ban.lift', target: ban.address })
      })
      changed(actor)
      await tellNode({ add: [], remove: [ban.address] })
    },

    /** Too much went wrong from there. Twice as long as the last time, a day at most. */
    banForAbuse({
      network,
      seconds,
      reason,
    }: {
      network: string
      seconds: number
      reason: string
    }) {
      const since = new Date(clock.now().getTime() - MEMORY_MS).toISOString()
      const before = bans.countSinceForPlatform(network, since)
      const longer = Math.min(MAX_BY_ITSELF_SECONDS, seconds * 2 ** Math.min(before, 10))
      const ban = add(deps.system(), { network, seconds: longer, reason })
      if (untold.length < MAX_BANS) untold.push(ban)
      else isTold = false
      void tellUntold()
    },

    /** Tells the node what holds and what was lifted, where it may have missed some; forgets what is long over. */
    async round(): Promise<void> {
      bans.forgetForPlatform(new Date(clock.now().getTime() - MEMORY_MS).toISOString())
      if (isTold) return
      // Said before it is so: what fails while this goes on is for the next round.
      isTold = true
      const active = bans.listActiveForPlatform(node, now(), MAX_BANS)
      const held = new Set(active.map(({ address }) => address))
      const lifted = bans
        .listLiftedForPlatform(node, now(), MAX_BANS)
        .filter((address) => !held.has(address))
      for (let at = 0; at < lifted.length; at += AT_ONCE)
        await tellNode({ add: [], remove: lifted.slice(at, at + AT_ONCE) })
      for (let at = 0; at < active.length; at += AT_ONCE)
        await tellNode({ add: active.slice(at, at + AT_ONCE).map(tell), remove: [] })
    },
  }
}
export type BanService = ReturnType<typeof createBanService>

const show = ({ id, address, reason, actor, createdAt, until }: BanRecord): Ban => ({
  id,
  address,
  reason,
  actor,
  at: createdAt,
  until,
})
