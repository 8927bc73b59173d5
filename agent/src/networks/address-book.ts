import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'
import { syncDirectory, writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import {
  AppNetwork,
  chooseSubnet,
  freshNetwork,
  isResting,
  releaseAddresses,
  takeAddresses,
} from '#agent/networks/address-plan.ts'
import { parseSubnet, type Subnet, toNumber } from '#agent/networks/ipv4.ts'

interface Deps {
  /** One file an app lies here. */
  directory: string
  range: string
  /** 0 to 1: where the search for a subnet begins. */
  start: number
  now: () => Date
}

/**
 * Which app has which subnet and which instance which address, on disk before it is used. Neither is
 * given again within 24 hours, so that a route that is still known somewhere never reaches another
 * app. Calls for one app happen one after the other.
 */
export async function createAddressBook({ directory, range, start, now }: Deps) {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const networks = await readAll(directory)
  /** Names from before this process that nobody has asked for since. */
  const inherited = new Set(
    [...networks.values()].flatMap((network) => Object.values(network.taken)),
  )
  let queue: Promise<unknown> = Promise.resolve()

  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = queue.then(work)
    queue = result.catch(() => undefined)
    return result
  }

  const store = async (network: AppNetwork): Promise<void> => {
    await writeAtomically(join(directory, `${network.appId}.json`), JSON.stringify(network))
    networks.set(network.appId, network)
  }

  const forgetRested = async (): Promise<void> => {
    for (const [appId, { removedAt }] of networks) {
      if (removedAt === null || isResting(removedAt, now())) continue
      await rm(join(directory, `${appId}.json`), { force: true })
      networks.delete(appId)
    }
    await syncDirectory(directory)
  }

  return {
    find: (appId: string): AppNetwork | undefined => networks.get(appId),

    /** The app's network, with a subnet that touches nothing in `avoid()` where it is new. */
    claim: (appId: string, avoid: () => Promise<Subnet[]>): Promise<AppNetwork> =>
      inTurn(async () => {
        const known = networks.get(appId)
        if (known && known.removedAt === null) return known
        await forgetRested()
        const own = [...networks.values()].map((network) => parseSubnet(network.subnet))
        const subnet = known
          ? parseSubnet(known.subnet)
          : chooseSubnet(parseSubnet(range), [...own, ...(await avoid())], start)
        if (!subnet)
          throw new CodedError('ADDRESSES_EXHAUSTED', {
            reason: `No free subnet is left in ${range}.`,
          })
        const network = known ? { ...known, removedAt: null } : freshNetwork(appId, subnet)
        await store(network)
        return network
      }),

    /** Gives up a subnet that the engine refused, and the next claim looks elsewhere. */
    abandon: (appId: string): Promise<void> =>
      inTurn(async () => {
        await rm(join(directory, `${appId}.json`), { force: true })
        networks.delete(appId)
      }),

    /** The app has this subnet already, whatever we wrote down: its bridge stands, with these on it. */
    adopt: (appId: string, subnet: Subnet, taken: Record<string, string>): Promise<void> =>
      inTurn(async () => {
        const last = Math.max(1, ...Object.keys(taken).map((each) => toNumber(each) - subnet.base))
        await store({ ...freshNetwork(appId, subnet), taken, cursor: last })
      }),

    /** Name → address, in the app's claimed network. */
    take: (appId: string, names: readonly string[]): Promise<Record<string, string>> =>
      inTurn(async () => {
        for (const name of names) inherited.delete(name)
        const network = networks.get(appId)
        const taken = network && takeAddresses(network, names, now())
        if (!taken) throw new CodedError('ADDRESSES_EXHAUSTED', { appId })
        if (names.some((name) => !Object.values(network.taken).includes(name)))
          await store(taken.network)
        return taken.addresses
      }),

    release: (appId: string, names: ReadonlySet<string>): Promise<void> =>
      inTurn(async () => {
        const network = networks.get(appId)
        if (!network || !Object.values(network.taken).some((name) => names.has(name))) return
        await store(releaseAddresses(network, names, now()))
      }),

    /**
     * Releases the addresses that an earlier process gave to instances which are not among the living.
     * A name that has been asked for since is being made at this moment, and is left alone.
     */
    keepOnly: (living: { has(name: string): boolean }): Promise<void> =>
      inTurn(async () => {
        const gone = new Set([...inherited].filter((name) => !living.has(name)))
        inherited.clear()
        for (const network of networks.values())
          if (Object.values(network.taken).some((name) => gone.has(name)))
            await store(releaseAddresses(network, gone, now()))
      }),

    /** The app is gone; its subnet rests. */
    retire: (appId: string): Promise<void> =>
      inTurn(async () => {
        const network = networks.get(appId)
        if (!network) return
        const names = new Set(Object.values(network.taken))
        const rested = releaseAddresses(network, names, now())
        await store({ ...rested, removedAt: now().toISOString() })
      }),
  }
}
export type AddressBook = Awaited<ReturnType<typeof createAddressBook>>

async function readAll(directory: string): Promise<Map<string, AppNetwork>> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.json'))
  const networks = await Promise.all(
    files.map(async (name) =>
      AppNetwork.parse(JSON.parse(await readFile(join(directory, name), 'utf8'))),
    ),
  )
  return new Map(networks.map((network) => [network.appId, network]))
}
