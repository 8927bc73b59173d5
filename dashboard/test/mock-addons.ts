import {
  type Addon,
  type AddonAttachment,
  type AddonCatalogEntry,
  type AddonException,
  AttachAddon,
  ChangeAddon,
  CreateAddon,
  CreateAddonException,
  type DestroyedAddon,
} from '@vastrox/shared/addon.ts'
import type { ErrorCode } from '@vastrox/shared/errors.ts'
import type { ServerResponse } from 'node:http'

const MEGABYTE = 2 ** 20
const DAY_MS = 86_400_000
const NO_REGISTRY = 'No image registry answers, and the distribution has no package of it.'

const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString()

const version = (name: string, isDefault = false, unavailable: string | null = null) => ({
  version: name,
  isDefault,
  needsRegistry: unavailable !== null,
  unavailable,
})

export const ADDON_CATALOG: AddonCatalogEntry[] = [
  {
    kind: 'postgresql',
    title: 'PostgreSQL',
    summary: 'The database for most apps: tables, JSON, full text.',
    prefix: 'DATABASE',
    versions: [version('17', true), version('15'), version('18', false, NO_REGISTRY)],
    defaultMemoryBytes: 256 * MEGABYTE,
    minMemoryBytes: 64 * MEGABYTE,
    keepsData: true,
    hasConsole: true,
  },
  {
    kind: 'mariadb',
    title: 'MariaDB',
    summary: 'For WordPress and whatever speaks MySQL.',
    prefix: 'DATABASE',
    versions: [version('11.8', true), version('10.11')],
    defaultMemoryBytes: 256 * MEGABYTE,
    minMemoryBytes: 96 * MEGABYTE,
    keepsData: true,
    hasConsole: true,
  },
  {
    kind: 'redis',
    title: 'Redis',
    summary: 'Queues, sessions and caches, kept on the disk.',
    prefix: 'REDIS',
    versions: [version('8.0', true)],
    defaultMemoryBytes: 128 * MEGABYTE,
    minMemoryBytes: 32 * MEGABYTE,
    keepsData: true,
    hasConsole: true,
  },
  {
    kind: 'memcached',
    title: 'Memcached',
    summary: 'A cache in memory only.',
    prefix: 'MEMCACHED',
    versions: [version('1.6', true)],
    defaultMemoryBytes: 64 * MEGABYTE,
    minMemoryBytes: 32 * MEGABYTE,
    keepsData: false,
    hasConsole: false,
  },
  {
    kind: 'mongodb',
    title: 'MongoDB',
    summary: 'Documents.',
    prefix: 'MONGODB',
    versions: [version('8.0', true, NO_REGISTRY)],
    defaultMemoryBytes: 512 * MEGABYTE,
    minMemoryBytes: 256 * MEGABYTE,
    keepsData: true,
    hasConsole: true,
  },
]

const PARTS: Record<string, readonly string[]> = {
  redis: ['URL', 'HOST', 'PORT', 'USER', 'PASSWORD'],
  memcached: ['URL', 'HOST', 'PORT'],
}
const variables = (kind: string, prefix: string): string[] =>
  (PARTS[kind] ?? ['URL', 'HOST', 'PORT', 'USER', 'PASSWORD', 'NAME']).map(
    (part) => `${prefix}_${part}`,
  )
const attachmentOf = (kind: string, app: string, prefix: string): AddonAttachment => ({
  app,
  prefix,
  username: app.replaceAll('-', '_'),
  variables: variables(kind, prefix),
  attachedAt: daysAgo(12),
})
const addon = (name: string, kind: string, given: Partial<Addon> = {}): Addon => ({
  name,
  kind,
  title: ADDON_CATALOG.find((entry) => entry.kind === kind)?.title ?? kind,
  version: ADDON_CATALOG.find((entry) => entry.kind === kind)?.versions[0]?.version ?? '1',
  state: 'running',
  reason: null,
  memoryBytes: 256 * MEGABYTE,
  cpuMillis: 0,
  host: `${name}.addons.internal`,
  port: kind === 'redis' ? 6379 : 5432,
  attachments: [],
  createdAt: daysAgo(40),
  ...given,
})

let addons: Addon[] = process.env['MOCK_EMPTY']
  ? []
  : [
      addon('shop-db', 'postgresql', {
        attachments: [
          attachmentOf('postgresql', 'shop', 'DATABASE'),
          attachmentOf('postgresql', 'mail-hook', 'SHOP'),
        ],
      }),
      addon('shop-cache', 'redis', {
        memoryBytes: 128 * MEGABYTE,
        attachments: [attachmentOf('redis', 'shop', 'REDIS')],
      }),
      addon('blog-db', 'mariadb', {
        attachments: [attachmentOf('mariadb', 'blog', 'DATABASE')],
        port: 3306,
      }),
      addon('reports', 'postgresql', {
        state: 'failed',
        reason: 'Its server ended at once: could not write lock file, no space left on device.',
      }),
      addon('old-stats', 'mariadb', { state: 'stopped', port: 3306 }),
    ]
let exceptions: AddonException[] = [
  {
    id: 'x1',
    addon: 'shop-db',
    from: '203.0.113.9',
    port: 15_432,
    until: new Date(Date.now() + 41 * 60_000).toISOString(),
    createdAt: daysAgo(0),
  },
]
let destroyed: DestroyedAddon[] = process.env['MOCK_EMPTY']
  ? []
  : [
      {
        id: 'addon00destroyed1',
        name: 'test-db',
        kind: 'postgresql',
        version: '15',
        sizeBytes: 48 * MEGABYTE,
        destroyedAt: daysAgo(9),
        purgeableAt: daysAgo(2),
        isPurging: false,
      },
      {
        id: 'addon00destroyed2',
        name: 'queue',
        kind: 'redis',
        version: '8.0',
        sizeBytes: 2 * MEGABYTE,
        destroyedAt: daysAgo(3),
        purgeableAt: daysAgo(-4),
        isPurging: false,
      },
    ]

interface Asked {
  params: readonly string[]
  body: unknown
  response: ServerResponse
}
type Fail = (code: ErrorCode) => Error

const page = (items: readonly unknown[]) => ({ items, nextCursor: null })

export function mockAddons(fail: Fail) {
  const find = (name: string | undefined): Addon => {
    const found = addons.find((each) => each.name === name)
    if (!found) throw fail('ROUTE_NOT_FOUND')
    return found
  }
  const change = (name: string | undefined, given: Partial<Addon>): Addon => {
    const changed = { ...find(name), ...given }
    addons = addons.map((each) => (each.name === name ? changed : each))
    return changed
  }
  const attach = (name: string | undefined, wish: AttachAddon) => {
    const { kind, attachments } = find(name)
    const attachment = attachmentOf(kind, wish.app, wish.prefix ?? 'DATABASE')
    change(name, { attachments: [...attachments, attachment] })
    return attachment
  }
  const drop = (name: string | undefined) => {
    addons = addons.filter((each) => each.name !== name)
  }

  return {
    'GET /catalog/addons': () => page(ADDON_CATALOG),
    'GET /addons': () => page(addons),
    'POST /addons': ({ body }: Asked) => {
      const { app, prefix, ...wish } = CreateAddon.parse(body)
      const made = addon(wish.name, wish.kind, {
        state: 'creating',
        reason: 'Its image is being prepared.',
        memoryBytes: wish.memoryBytes ?? 256 * MEGABYTE,
      })
      addons = [...addons, made]
      if (app !== undefined) attach(made.name, { app, ...(prefix && { prefix }) })
      setTimeout(() => {
        if (addons.some(({ name }) => name === made.name))
          change(made.name, { state: 'running', reason: null })
      }, 2_500)
      return find(made.name)
    },
    'GET /addons/:': ({ params }: Asked) => find(params[0]),
    'PATCH /addons/:': ({ params, body }: Asked) => {
      const { memoryBytes, cpuMillis } = ChangeAddon.parse(body)
      return change(params[0], {
        ...(memoryBytes !== undefined && { memoryBytes }),
        ...(cpuMillis !== undefined && { cpuMillis }),
      })
    },
    'DELETE /addons/:': ({ params }: Asked) => {
      const { name, kind, version: had } = find(params[0])
      drop(name)
      destroyed = [
        {
          id: `addon00${name.replaceAll('-', '')}`,
          name,
          kind,
          version: had,
          sizeBytes: MEGABYTE,
          destroyedAt: daysAgo(0),
          purgeableAt: daysAgo(-7),
          isPurging: false,
        },
        ...destroyed,
      ]
    },
    'POST /addons/:/attachments': ({ params, body }: Asked) =>
      attach(params[0], AttachAddon.parse(body)),
    'DELETE /addons/:/attachments/:': ({ params }: Asked) => {
      const { attachments } = find(params[0])
      change(params[0], { attachments: attachments.filter(({ app }) => app !== params[1]) })
      return { deployment: null }
    },
    'GET /addons/:/attachments/:/credentials': ({ params }: Asked) => {
      const { attachments, host, port } = find(params[0])
      const { username, variables: names } =
        attachments.find(({ app }) => app === params[1]) ?? attachmentOf('postgresql', 'a', 'A')
      const password = 'tQ3x9mExampleOfAPassword'
      const url = `postgresql://${username}:${password}@${host}:${port}/app`
      return {
        variables: Object.fromEntries(
          names.map((name) => [name, name.endsWith('_URL') ? url : password]),
        ),
      }
    },
    'POST /addons/:/restart': ({ params }: Asked) =>
      change(params[0], { state: 'running', reason: null }),
    'POST /addons/:/start': ({ params }: Asked) => change(params[0], { state: 'running' }),
    'POST /addons/:/stop': ({ params }: Asked) => change(params[0], { state: 'stopped' }),
    'POST /addons/:/rotate': () => ({ deployments: [] }),
    'GET /addons/:/usage': ({ params }: Asked) => {
      const { memoryBytes } = find(params[0])
      return {
        memoryBytes: Math.round(memoryBytes * 0.62),
        sizeBytes: 212 * MEGABYTE,
        connections: 7,
        maxConnections: 60,
      }
    },
    'GET /addons/:/logs/stream': ({ response }: Asked) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      for (const [index, text] of LOG.entries()) {
        const at = new Date(Date.now() - (LOG.length - index) * 4_000).toISOString()
        const line = { at, stream: 'stderr', text }
        response.write(`data: ${JSON.stringify(line)}\n\n`)
      }
    },
    'GET /addons/:/exceptions': ({ params }: Asked) =>
      page(exceptions.filter(({ addon: of }) => of === params[0])),
    'POST /addons/:/exceptions': ({ params, body }: Asked) => {
      const { from, minutes } = CreateAddonException.parse(body)
      const made: AddonException = {
        id: `x${exceptions.length + 1}`,
        addon: params[0] ?? '',
        from,
        port: 15_433,
        until: new Date(Date.now() + minutes * 60_000).toISOString(),
        createdAt: daysAgo(0),
      }
      exceptions = [...exceptions, made]
      return made
    },
    'DELETE /addons/:/exceptions/:': ({ params }: Asked) => {
      exceptions = exceptions.filter(({ id }) => id !== params[1])
    },
    'GET /destroyed-addons': () => page(destroyed),
    'POST /destroyed-addons/:/restore': ({ params }: Asked) => {
      const back = destroyed.find(({ id }) => id === params[0])
      destroyed = destroyed.filter(({ id }) => id !== params[0])
      if (back) addons = [...addons, addon(back.name, back.kind)]
      return find(back?.name)
    },
    'DELETE /destroyed-addons/:': ({ params }: Asked) => {
      destroyed = destroyed.filter(({ id }) => id !== params[0])
    },
  }
}

const LOG = [
  'LOG:  starting PostgreSQL 17.6 on x86_64-pc-linux-gnu',
  'LOG:  listening on IPv4 address "0.0.0.0", port 5432',
  'LOG:  database system was shut down at 2026-11-26 09:12:40 UTC',
  'LOG:  database system is ready to accept connections',
  'LOG:  checkpoint starting: time',
  'LOG:  checkpoint complete: wrote 112 buffers (1.4%)',
]
