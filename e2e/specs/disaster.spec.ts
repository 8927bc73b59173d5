import { createHash, randomBytes } from 'node:crypto'
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { docker } from '#support/engine.ts'
import { connectInstallation, type Installation, until } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'

/**
 * An installation of its own: made, backed up, wiped from this machine and restored from the repository
 * and the key alone. Whoever would ask a package registry meets a proxy that is not there.
 */
const LONG = process.env['VASTROX_LONG'] === '1'
const INSTALLER = resolve(import.meta.dirname, '../../install.sh')
const HOME = '/var/tmp/vastrox-disaster'
const DATA = `${HOME}/data`
const DISK = `${HOME}/disk`
const PORTS = [18_580, 18_581, 18_582, 18_583, 18_584]
const PATIENCE_MS = 240_000
const NOWHERE = { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' }
const ROWS = LONG ? 100_000 : 1_000
const FILES_MB = LONG ? 2_000 : 8
const CHUNK_MB = 8
const APPS = LONG ? ['shop', 'blog', 'wiki', 'shop-2', 'shop2'] : ['shop', 'blog']
const DATABASES = LONG ? ['shop-db', 'blog-db', 'wiki-db'] : ['shop-db']

const Key = z.object({ repositoryKey: z.string() })
const Roots = z.array(z.object({ rootId: z.string(), path: z.string() }))

let vastrox: Installation
let key = ''

beforeAll(async () => {
  rmSync(HOME, { recursive: true, force: true })
  mkdirSync(DISK, { recursive: true, mode: 0o755 })
  vastrox = await install()
}, 600_000)

afterAll(async () => {
  await installer(['--uninstall', '--purge', '--data-dir', DATA])
  rmSync(HOME, { recursive: true, force: true })
}, 300_000)

async function installer(args: string[], env: Record<string, string> = {}) {
  return run(asPath(INSTALLER), args, {
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/root',
      ...env,
    },
    timeoutMs: 1_800_000,
  })
}

const asPath = (path: string): `/${string}` => `/${path.slice(1)}`

async function install(more: string[] = [], env: Record<string, string> = {}) {
  const flags = ['--http-port', '--https-port', '--dashboard-port', '--ssh-port', '--ftp-port']
  const ports = flags.flatMap((flag, at) => [flag, String(PORTS[at])])
  const address = ['--public-address', '127.0.0.1']
  const how = ['--data-dir', DATA, ...address, '--no-example', '--no-keys', '--json']
  const result = await installer([...how, ...(more.length > 0 ? more : ports)], env)
  const printed = result.stdout.toString()
  if (result.exitCode !== 0) throw new Error(`${printed}\n${result.stderr}`)
  const file = `${HOME}/installation.json`
  writeFileSync(file, printed.trim().split('\n').at(-1) ?? '')
  writeFileSync(`${HOME}/said.txt`, printed)
  process.env['VASTROX_E2E'] = file
  return connectInstallation()
}

async function command(...args: string[]): Promise<string> {
  const result = await vastrox.command(...args)
  if (result.exitCode !== 0)
    throw new Error(`${args.join(' ')}: ${result.stderr} ${result.stdout.toString()}`)
  return result.stdout.toString()
}

/** Of the add-ons that people have: a drill starts servers of its own meanwhile. */
async function addonContainer(): Promise<string[]> {
  const containers = await docker(
    'ps',
    '--format',
    '{{.Names}} {{.Label "vastrox.addon-name"}}',
    '--filter',
    `name=vastrox-${vastrox.config.instance}-addon-`,
  )
  return containers
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([name = '', addon = '']) => (DATABASES.includes(addon) ? [name] : []))
    .toSorted()
}

/** Over the server's own client, as the platform's user. */
const sql = (container: string, text: string): Promise<string> =>
  docker(
    'exec',
    container,
    'sh',
    '-c',
    `PGPASSWORD=$POSTGRES_PASSWORD psql -h 127.0.0.1 -U postgres -At -d app -c "$0"`,
    text,
  )

/** Of every row, in order. */
const ROW_HASH = "SELECT md5(string_agg(o::text, '|' ORDER BY id)) FROM orders o"

/** Says what its env and its volume hold. */
const app = (name: string): Record<string, string> => ({
  'package.json': JSON.stringify({ name, private: true, type: 'module' }),
  'vastrox.json': JSON.stringify({ volumes: { data: { path: '/data' } } }),
  'server.js': `
import { createServer } from 'node:http'
import { readFileSync, writeFileSync, existsSync } from 'node:fs'
if (!existsSync('/data/first')) writeFileSync('/data/first', '${name} ' + Date.now())
createServer((request, response) => {
  response.end([process.env.GREETING, readFileSync('/data/first'), (process.env.DATABASE_URL ?? '').length].join(' '))
}).listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
`,
})

async function push(name: string): Promise<void> {
  const copy = createWorkingCopy(vastrox.remote(name))
  await copy.init()
  copy.write(app(name))
  await copy.commit('first')
  const pushed = await copy.push('main')
  copy.remove()
  if (pushed.exitCode !== 0) throw new Error(pushed.output)
}

function addFile(hash: ReturnType<typeof createHash>, path: string): void {
  const file = openSync(path, 'r')
  const chunk = Buffer.alloc(CHUNK_MB * 2 ** 20)
  for (let read = -1; read !== 0; ) {
    read = readSync(file, chunk)
    hash.update(chunk.subarray(0, read))
  }
  closeSync(file)
}

function treeHash(folder: string): string {
  const hash = createHash('sha256')
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  for (const path of entries.map((entry) => join(entry.parentPath, entry.name)).toSorted()) {
    const { mode, uid, gid, mtimeMs } = statSync(path)
    hash.update(`${path.slice(folder.length)} ${mode} ${uid} ${gid} ${Math.floor(mtimeMs)}\0`)
    if (statSync(path).isFile()) addFile(hash, path)
  }
  return hash.digest('hex')
}

const volumeFolders = (): string[] =>
  readdirSync(`${DATA}/volumes`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)

/** What must be the same before and after. */
async function picture() {
  const get = async (path: string) => JSON.parse((await vastrox.api('GET', path)).body)
  const tokens = z.object({ items: z.array(z.object({ name: z.string(), createdAt: z.string() })) })
  const ofAddons = await command('addons', '--json')
  const kept = new Set(
    z
      .array(z.object({ id: z.string() }))
      .parse(JSON.parse(volumesOfApps()))
      .map(({ id }) => id),
  )
  return {
    users: await get('/users'),
    tokens: tokens
      .parse(await get('/tokens?limit=100'))
      .items.filter(({ name }) => name !== 'install-json')
      .map(({ name, createdAt }) => [name, createdAt]),
    env: await Promise.all(APPS.map((name) => command('env', name, '--json'))),
    ca: readFileSync(vastrox.caFile, 'utf8'),
    hostKey: readFileSync(`${DATA}/daemon/ssh/ssh_host_ed25519_key`, 'utf8'),
    answers: await Promise.all(APPS.map(async (name) => (await vastrox.visit(name)).body)),
    volumes: volumeFolders()
      .filter((id) => kept.has(id))
      .toSorted()
      .map((id) => [id, treeHash(`${DATA}/volumes/${id}`)]),
    rows: await Promise.all((await addonContainer()).map((container) => sql(container, ROW_HASH))),
    addons: z
      .array(z.object({ name: z.string(), version: z.string() }))
      .parse(JSON.parse(ofAddons)),
  }
}

/** By their records: those of apps, whose files a backup of files is of. */
const volumesOfApps = (): string =>
  JSON.stringify(
    volumeFolders()
      .filter((id) => readdirSync(`${DATA}/volumes/${id}`).includes('first'))
      .map((id) => ({ id })),
  )

describe('a server that is gone', () => {
  it('is brought back by the repository and its key, with no package registry', async () => {
    for (const name of APPS) {
      await command('create', name)
      await command('env:set', name, `GREETING=hello-${name}`)
      await push(name)
    }
    for (const [at, name] of DATABASES.entries())
      await command('addons:create', 'postgresql', name, '--app', APPS[at] ?? '')
    const servers = await until(
      'the databases',
      async () => {
        const all = await addonContainer()
        return all.length === DATABASES.length && all
      },
      PATIENCE_MS,
    )
    for (const container of servers)
      await until(
        'the server to answer',
        () =>
          sql(
            container,
            `CREATE TABLE orders (id int PRIMARY KEY, what text); INSERT INTO orders SELECT n, md5(n::text) FROM generate_series(1, ${ROWS}) n`,
          ),
        PATIENCE_MS,
      )
    const [volume = ''] = volumeFolders().filter((id) =>
      readdirSync(`${DATA}/volumes/${id}`).includes('first'),
    )
    // What is random is neither compressed nor known already.
    for (let written = 0; written < FILES_MB; written += CHUNK_MB)
      appendFileSync(`${DATA}/volumes/${volume}/large`, randomBytes(CHUNK_MB * 2 ** 20))
    await until(
      'the app with its database',
      async () => (await vastrox.visit('shop')).body.match(/^hello-shop .* [1-9]\d+$/) !== null,
      PATIENCE_MS,
    )

    await command('destinations', 'allow', DISK)
    const roots = Roots.parse(JSON.parse(await command('destinations:roots', '--json')))
    const rootId = roots.find(({ path }) => path === DISK)?.rootId ?? ''
    const added = await command(
      'destinations:add',
      'main',
      'local',
      `rootId=${rootId}`,
      '--default',
      '--json',
    )
    key = Key.parse(JSON.parse(added)).repositoryKey
    for (const name of APPS) await command('backup', name)
    await command('backups:create', 'platform')
    const before = await picture()

    const gone = await installer(['--uninstall', '--purge', '--data-dir', DATA])
    expect(gone.exitCode).toBe(0)
    const images = await docker('images', '--format', '{{.Repository}}')
    expect(images).not.toContain(`vastrox-${vastrox.config.instance}/`)

    writeFileSync(`${HOME}/key`, key, { mode: 0o600 })
    const restore = ['--restore', DISK, '--restore-key-file', `${HOME}/key`]
    // Killed in the middle, and gone on with.
    const killed = await installer(
      ['--data-dir', DATA, '--public-address', '127.0.0.1', ...restore],
      { ...NOWHERE, VASTROX_CRASH_AT: 'restore.volume' },
    )
    expect(killed.exitCode).not.toBe(0)
    const begunAt = Date.now()
    vastrox = await install(restore, NOWHERE)
    const took = Date.now() - begunAt
    console.log(`restored in ${Math.round(took / 1_000)} s`)

    await until(
      'the apps',
      async () =>
        (await Promise.all(APPS.map((name) => vastrox.visit(name)))).every(
          ({ status }) => status === 200,
        ),
      PATIENCE_MS,
    )
    expect(await picture()).toEqual(before)
    const said = readFileSync(`${HOME}/said.txt`, 'utf8')
    expect(said).toContain(`${APPS.length} apps`)
    for (const name of DATABASES) expect(said).toMatch(new RegExp(`add-on +${name}, as of`))
    expect(said).not.toContain('!!')
    expect(JSON.parse(await command('audit:verify', '--json'))).toMatchObject({ intact: true })

    // Backups go on in the same repository, and installing goes on as ever.
    await command('backup', 'blog')
    if (!LONG) return
    await command('backups:create', 'platform')
    const again = await installer(['--data-dir', DATA, '--no-example', '--no-keys'])
    expect(again.exitCode).toBe(0)
    expect(took).toBeLessThan(600_000)
  }, 3_600_000)
})
