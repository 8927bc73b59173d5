import { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import { namePrefix } from '#agent/containers/names.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { EngineError, isConflict, isNotFound } from '#agent/engine/engine-error.ts'
import type { AddressBook } from '#agent/networks/address-book.ts'
import { type AppNetwork, gatewayOf, lastAddressOf } from '#agent/networks/address-plan.ts'
import { readHostRoutes } from '#agent/networks/host-routes.ts'
import { parseSubnet, type Subnet } from '#agent/networks/ipv4.ts'
import { log } from '#agent/node/log.ts'

const Networks = z.array(
  z.object({
    IPAM: z.object({
      Config: z.array(z.object({ Subnet: z.string().optional() })).nullable(),
    }),
  }),
)

const Standing = z.object({
  IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string() })) }),
  Containers: z.record(z.string(), z.object({ Name: z.string(), IPv4Address: z.string() })),
})

const ATTEMPTS = 3

interface Deps {
  engine: Pick<Engine, 'act' | 'get'>
  instance: string
  book: AddressBook
  /** A new bridge stands, and nothing is on it yet. */
  onMade: (appId: string) => Promise<void>
  /** Each is an add-on's: it has no way out, and its name comes before that of every app's. */
  isOfAddons?: boolean
}

/** One bridge an app, made when it is missing, with addresses that are ours to give. */
export function createAppNetworks({ engine, instance, book, onMade, isOfAddons = false }: Deps) {
  const nameOf = (appId: string): string =>
    `${namePrefix(instance)}${isOfAddons ? '-' : ''}${appId}`

  /** Bridges that are being made just now: the processes of a new app start at the same time. */
  const making = new Map<string, Promise<void>>()

  /** One at a time for each app; who comes meanwhile waits for the one that is under way. */
  function makeOnce(appId: string): Promise<void> {
    const underWay = making.get(appId)
    if (underWay) return underWay
    const made = make(appId)
      .then(() => onMade(appId))
      .finally(() => making.delete(appId))
    making.set(appId, made)
    return made
  }

  /** Makes the bridge; a subnet that something else took meanwhile is given up for another. */
  async function make(appId: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const network = await book.claim(appId, () => subnetsInUse(engine))
      try {
        await engine.act('POST', '/networks/create', {
          json: { Name: nameOf(appId), ...networkSpec(instance, network, isOfAddons) },
        })
        return
      } catch (error) {
        if (isConflict(error)) return adoptStanding(appId, network)
        if (!isPoolOverlap(error) || attempt === ATTEMPTS) throw error
        await book.abandon(appId)
      }
    }
  }

  /** The bridge is there. Where our record of it was lost, what stands is right and we are not. */
  async function adoptStanding(appId: string, network: AppNetwork): Promise<void> {
    const standing = await engine.get(`/networks/${encodeURIComponent(nameOf(appId))}`, Standing)
    const subnet = standing.IPAM.Config[0]?.Subnet
    if (subnet === undefined || subnet === network.subnet) return
    const taken = Object.values(standing.Containers).map(({ IPv4Address, Name }) => [
      IPv4Address.split('/')[0] ?? '',
      Name,
    ])
    await book.adopt(appId, parseSubnet(subnet), Object.fromEntries(taken))
    log('network.adopted', { appId, subnet })
  }

  return {
    nameOf,

    /** Takes addresses and makes sure that there is a network for them. */
    async join(appId: string, names: readonly string[]) {
      const known = book.find(appId)
      const isMissing = !known || known.removedAt !== null
      // The book knows its subnet a moment before the bridge stands.
      if (isMissing || making.has(appId)) await makeOnce(appId)
      return { network: nameOf(appId), addresses: await book.take(appId, names) }
    },

    /** Somebody removed the bridge behind our back: the same again. */
    remake: makeOnce,

    release: (appId: string, names: readonly string[]): Promise<void> =>
      book.release(appId, new Set(names)),

    async remove(appId: string): Promise<void> {
      await engine
        .act('DELETE', `/networks/${encodeURIComponent(nameOf(appId))}`)
        .catch((error: unknown) => {
          if (!isNotFound(error)) throw error
        })
      await book.retire(appId)
    },
  }
}
export type AppNetworks = ReturnType<typeof createAppNetworks>

const networkSpec = (instance: string, network: AppNetwork, isOfAddons: boolean) => ({
  CheckDuplicate: true,
  Driver: 'bridge',
  EnableIPv6: false,
  IPAM: {
    Driver: 'default',
    Config: [
      {
        Subnet: network.subnet,
        Gateway: gatewayOf(network),
        // The default route of whoever is on it leads to an address that nobody has (docs/decisions/0181).
        ...(isOfAddons
          ? { AuxiliaryAddresses: { DefaultGatewayIPv4: lastAddressOf(network) } }
          : {}),
      },
    ],
  },
  Options: {
    'com.docker.network.bridge.name': bridgeName(instance, network),
    ...(isOfAddons ? { 'com.docker.network.bridge.enable_ip_masquerade': 'false' } : {}),
  },
  Labels: {
    [LABEL.instance]: instance,
    [LABEL.kind]: 'network',
    [isOfAddons ? LABEL.addon : LABEL.app]: network.appId,
  },
})

/** At most 15 characters, and known as ours by firewall rules: `vx`, the installation, the subnet. */
const bridgeName = (instance: string, network: AppNetwork): string =>
  `vx${instance}${(parseSubnet(network.subnet).base / 1024).toString(36).slice(-5)}`

const isPoolOverlap = (error: unknown): boolean =>
  error instanceof EngineError && /overlap/i.test(error.message)

async function subnetsInUse(engine: Deps['engine']): Promise<Subnet[]> {
  const [routes, networks] = await Promise.all([
    readHostRoutes(),
    engine.get('/networks', Networks),
  ])
  const ofEngine = networks.flatMap((network) =>
    (network.IPAM.Config ?? []).flatMap(({ Subnet }) =>
      Subnet === undefined || Subnet.includes(':') ? [] : [parseSubnet(Subnet)],
    ),
  )
  return [...routes, ...ofEngine]
}
