import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AddonLink } from '@vastrox/shared/agent-api-addons.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'
import { type AddonContainer, listAddonContainers } from '#agent/addons/addon-containers.ts'
import { addonHost, addonPlace } from '#agent/addons/addon-names.ts'
import { LABEL, withLabels } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { EngineError, isNotFound } from '#agent/engine/engine-error.ts'
import type { AddressBook } from '#agent/networks/address-book.ts'
import type { AppNetworks } from '#agent/networks/app-networks.ts'
import { log } from '#agent/node/log.ts'
import { isMissing } from '#agent/volumes/volume-folders.ts'

const Kept = z.array(AddonLink)
const Networks = z.array(z.object({ Id: z.string(), Name: z.string() }))

interface Deps {
  engine: Pick<Engine, 'act' | 'get'>
  instance: string
  book: Pick<AddressBook, 'find' | 'take' | 'release'>
  networks: Pick<AppNetworks, 'nameOf'>
  addonNetworks: Pick<AppNetworks, 'nameOf'>
  /** `<data>/agent/addons/links.json` */
  file: string
}

/**
 * Which app reaches which add-on, and that it is so: an add-on has a place with a fixed address on the
 * bridge of every app that it is attached to. Level-triggered: what is to be is on disk, and whenever a
 * container or a bridge is made anew it is looked at again (rule K6). One at a time.
 */
export function createLinks({ engine, instance, book, networks, addonNetworks, file }: Deps) {
  let known: AddonLink[] | undefined
  let queue: Promise<unknown> = Promise.resolve()

  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = queue.then(work)
    queue = result.catch(() => undefined)
    return result
  }

  async function all(): Promise<AddonLink[]> {
    if (known) return known
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return '[]'
      throw error
    })
    known = Kept.parse(JSON.parse(text))
    return known
  }

  async function keep(links: readonly AddonLink[]): Promise<void> {
    if (JSON.stringify(links) === JSON.stringify(await all())) return
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeAtomically(file, JSON.stringify(links))
    known = [...links]
  }

  /** Of this installation, by name: a container may be of one that was made anew since. */
  async function standing(): Promise<Map<string, string>> {
    const filters = withLabels({ [LABEL.instance]: instance, [LABEL.kind]: 'network' })
    const found = await engine.get('/networks', Networks, { query: { filters } })
    return new Map(found.map(({ Name, Id }) => [Name, Id]))
  }

  async function connect(
    container: AddonContainer,
    link: AddonLink,
    network: string,
    networkId: string,
  ): Promise<void> {
    const place = addonPlace(instance, link.addonId)
    const address = (await book.take(link.appId, [place]))[place]
    const is = container.networks.get(network)
    // A bridge that was made anew has the name of the one that it was on.
    const isThisOne = is !== undefined && (is.id === '' || is.id === networkId)
    if (isThisOne && is.address === address) return
    if (is !== undefined) await disconnect(container, network)
    await engine
      .act('POST', `/networks/${encodeURIComponent(network)}/connect`, {
        json: {
          Container: container.name,
          EndpointConfig: {
            IPAMConfig: { IPv4Address: address },
            Aliases: [addonHost(link.addonName)],
          },
        },
      })
      .catch((error: unknown) => {
        // A container or a bridge that has just gone is asked about again when it is made anew.
        if (!isThere(error) && !isNotFound(error)) throw error
      })
    log('addon.linked', { addonId: link.addonId, appId: link.appId, address })
  }

  async function disconnect({ name }: AddonContainer, network: string): Promise<void> {
    await engine
      .act('POST', `/networks/${encodeURIComponent(network)}/disconnect`, {
        json: { Container: name, Force: true },
      })
      .catch((error: unknown) => {
        if (!isNotFound(error) && !isNotConnected(error)) throw error
      })
  }

  /** Every place of a container that is to be, and none that is not. */
  async function settle(
    container: AddonContainer,
    links: readonly AddonLink[],
    stand: ReadonlyMap<string, string>,
  ): Promise<void> {
    const wanted = new Map(
      links
        .filter(({ addonId }) => addonId === container.addonId)
        .map((link) => [networks.nameOf(link.appId), link]),
    )
    const own = addonNetworks.nameOf(container.addonId)
    for (const network of container.networks.keys())
      if (network !== own && !wanted.has(network)) {
        await disconnect(container, network)
        log('addon.unlinked', { addonId: container.addonId, network })
      }
    // An app that has never been started has no bridge yet: its making asks again.
    for (const [network, link] of wanted) {
      const networkId = stand.get(network)
      if (networkId !== undefined && book.find(link.appId)?.removedAt === null)
        await connect(container, link, network, networkId)
    }
  }

  async function settleAll(links: readonly AddonLink[]): Promise<void> {
    const containers = await listAddonContainers(engine, instance)
    if (containers.length === 0) return
    const stand = await standing()
    const failures: unknown[] = []
    // One that cannot be joined at this moment does not keep the others from it.
    for (const container of containers)
      await settle(container, links, stand).catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }

  async function releaseUnused(before: readonly AddonLink[], links: readonly AddonLink[]) {
    const key = ({ addonId, appId }: AddonLink): string => `${addonId} ${appId}`
    const wanted = new Set(links.map(key))
    for (const link of before)
      if (!wanted.has(key(link)))
        await book.release(link.appId, new Set([addonPlace(instance, link.addonId)]))
  }

  return {
    all: (): Promise<readonly AddonLink[]> => inTurn(all),

    /** On disk before anything is done about it. */
    keep: (links: readonly AddonLink[]): Promise<void> =>
      inTurn(async () => {
        const before = await all()
        await keep(links)
        await settleAll(links)
        await releaseUnused(before, links)
      }),

    /** What is to be, looked at again. */
    settle: (): Promise<void> => inTurn(async () => settleAll(await all())),

    /** One that was just made, or that runs already. */
    settleOne: (container: AddonContainer): Promise<void> =>
      inTurn(async () => settle(container, await all(), await standing())),

    /** No add-on is on the bridge of an app that is removed, stopped ones not either. */
    leave: (appId: string): Promise<void> =>
      inTurn(async () => {
        const network = networks.nameOf(appId)
        await keep((await all()).filter((link) => link.appId !== appId))
        for (const container of await listAddonContainers(engine, instance))
          if (container.networks.has(network)) await disconnect(container, network)
      }),

    /** An add-on is removed, with all its places. */
    forget: (addonId: string): Promise<void> =>
      inTurn(async () => {
        const before = await all()
        const links = before.filter((link) => link.addonId !== addonId)
        await keep(links)
        await releaseUnused(before, links)
      }),
  }
}
export type Links = ReturnType<typeof createLinks>

const isThere = (error: unknown): boolean =>
  error instanceof EngineError && /already exists in network/i.test(error.message)

const isNotConnected = (error: unknown): boolean =>
  error instanceof EngineError && /is not connected/i.test(error.message)
