import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { z } from 'zod'
import { createLinks } from '#agent/addons/links.ts'
import { LABEL } from '#agent/containers/labels.ts'
import { EngineError } from '#agent/engine/engine-error.ts'

const link = (addonId: string, appId: string) => ({
  addonId,
  addonName: 'db',
  appId,
  appName: 'blog',
})

/** An engine with bridges of apps, and containers of add-ons that are on some of them. */
async function setUp() {
  const folder = await mkdtemp(join(tmpdir(), 'vastrox-links-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const world = {
    /** Name → id. */
    bridges: new Map<string, string>(),
    /** Of each add-on: name of the bridge → what it is on. */
    places: {} as Record<string, Record<string, { id: string; address: string }>>,
    broken: undefined as string | undefined,
    acts: [] as string[],
    released: [] as string[],
  }
  const addonOf = (container: string): string => container.split('-')[3] ?? ''
  const Call = (json: unknown): { Container: string; EndpointConfig?: Endpoint } =>
    JSON.parse(JSON.stringify(json))
  const engine = {
    async get<Schema extends z.ZodType>(path: string, schema: Schema) {
      if (path === '/networks')
        return schema.parse([...world.bridges].map(([Name, Id]) => ({ Name, Id })))
      return schema.parse(
        Object.entries(world.places).map(([addonId, places]) => ({
          Id: addonId,
          Names: [`/vastrox-ab12cd-addon-${addonId}-1`],
          State: 'running',
          Labels: { [LABEL.addon]: addonId, [LABEL.generation]: '1' },
          NetworkSettings: {
            Networks: Object.fromEntries(
              Object.entries(places).map(([name, { id, address }]) => [
                name,
                { NetworkID: id, IPAMConfig: { IPv4Address: address } },
              ]),
            ),
          },
        })),
      )
    },
    async act(_method: string, path: string, { json }: { json?: unknown } = {}) {
      const [, network = '', verb = ''] = /^\/networks\/(.*)\/(\w+)$/.exec(path) ?? []
      const { Container, EndpointConfig } = Call(json)
      const addonId = addonOf(Container)
      if (addonId === world.broken) throw new EngineError(500, 'no such luck')
      world.acts.push([verb, addonId, network, ...(EndpointConfig?.Aliases ?? [])].join(' ').trim())
      const places = (world.places[addonId] ??= {})
      if (verb === 'disconnect') delete places[network]
      else
        places[network] = {
          id: world.bridges.get(network) ?? '',
          address: EndpointConfig?.IPAMConfig.IPv4Address ?? '',
        }
    },
  }
  const open = () =>
    createLinks({
      engine,
      instance: 'ab12cd',
      book: {
        find: (appId) => ({
          appId,
          subnet: '10.128.0.0/22',
          cursor: 1,
          taken: {},
          released: {},
          removedAt: null,
        }),
        take: async (_appId, names) =>
          Object.fromEntries(names.map((name) => [name, '10.128.0.9'])),
        release: async (appId, names) => void world.released.push(`${appId} ${[...names].join()}`),
      },
      networks: { nameOf: (appId) => `of-${appId}` },
      addonNetworks: { nameOf: (addonId) => `own-${addonId}` },
      file: join(folder, 'addons', 'links.json'),
    })
  const own = (addonId: string) => ({ [`own-${addonId}`]: { id: 'x', address: '10.132.0.2' } })
  return { world, open, own, file: join(folder, 'addons', 'links.json') }
}

interface Endpoint {
  Aliases: string[]
  IPAMConfig: { IPv4Address: string }
}

it('joins the bridge of an app under the name of the add-on as soon as there is one, once', async () => {
  const { world, open, own, file } = await setUp()
  world.places = { addon0001: own('addon0001') }
  const links = open()

  await links.keep([link('addon0001', 'app00001')])
  expect(world.acts).toEqual([])
  world.bridges.set('of-app00001', 'bridge1')
  await links.settle()
  await links.settle()

  expect(world.acts).toEqual(['connect addon0001 of-app00001 db.addons.internal'])
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual([link('addon0001', 'app00001')])
})

it('joins again where a bridge was made anew under the same name, and what an agent before it was told', async () => {
  const { world, open, own } = await setUp()
  world.places = { addon0001: own('addon0001') }
  world.bridges.set('of-app00001', 'bridge1')
  await open().keep([link('addon0001', 'app00001')])
  world.bridges.set('of-app00001', 'bridge2')
  world.acts = []

  await open().settle()

  expect(world.acts).toEqual([
    'disconnect addon0001 of-app00001',
    'connect addon0001 of-app00001 db.addons.internal',
  ])
})

it('leaves what is not to be any more, gives the address back, and never touches its own bridge', async () => {
  const { world, open, own } = await setUp()
  world.places = { addon0001: own('addon0001') }
  world.bridges.set('of-app00001', 'bridge1').set('of-app00002', 'bridge2')
  const links = open()
  await links.keep([link('addon0001', 'app00001'), link('addon0001', 'app00002')])
  world.acts = []

  await links.keep([link('addon0001', 'app00002')])
  expect(world.acts).toEqual(['disconnect addon0001 of-app00001'])
  expect(world.released).toEqual(['app00001 vastrox-ab12cd-addon-addon0001'])
  await links.leave('app00002')
  expect(Object.keys(world.places['addon0001'] ?? {})).toEqual(['own-addon0001'])
  expect(await links.all()).toEqual([])
})

it('tells of one that cannot be joined, and joins the others all the same', async () => {
  const { world, open, own } = await setUp()
  world.places = { addon00bad: own('addon00bad'), addon0good: own('addon0good') }
  world.bridges.set('of-app00001', 'bridge1')
  world.broken = 'addon00bad'
  const links = open()

  await expect(
    links.keep([link('addon00bad', 'app00001'), link('addon0good', 'app00001')]),
  ).rejects.toThrow('no such luck')
  expect(world.acts).toEqual(['connect addon0good of-app00001 db.addons.internal'])
  world.broken = undefined
  await links.settle()
  expect(world.acts.at(-1)).toBe('connect addon00bad of-app00001 db.addons.internal')
})
