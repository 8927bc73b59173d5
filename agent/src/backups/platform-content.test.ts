import { createServer, type Server } from 'node:http'
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathsOf } from '@vastrox/shared/installation-paths.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { PlatformManifest, STAGED, STAGING_NAME } from '@vastrox/shared/platform-backup.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gatherPlatform, KEPT, LEFT, SAVED_IMAGES } from '#agent/backups/platform-content.ts'
import { openRestic } from '#agent/backups/platform-restic.ts'
import { placeFiles, placeVolume } from '#agent/cli/install/restore/place-files.ts'
import { createEngine } from '#agent/engine/engine.ts'

const PASSWORD = 'correct horse battery staple'
const MINE = `sha256:${'a'.repeat(64)}`
const OTHERS = `sha256:${'b'.repeat(64)}`
const GONE = `sha256:${'c'.repeat(64)}`

let home: string
let dataDir: string
let engine: Server
let asked: string[]

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'vastrox-platform-'))
  dataDir = join(home, 'data')
  asked = []
  engine = await engineWith()
})
afterEach(async () => {
  engine.closeAllConnections()
  engine.close()
  await rm(home, { recursive: true, force: true })
})

/** An engine that has two images, one of which is ours. */
async function engineWith(): Promise<Server> {
  const server = createServer((request, response) => {
    const url = decodeURIComponent(request.url ?? '')
    asked.push(url)
    const image = [MINE, OTHERS].find((id) => url.includes(`/images/${id}/json`))
    response.setHeader('api-version', '1.41')
    if (url.includes('/images/get')) return response.end('tar of images')
    if (url.includes('/containers/json')) return response.end('[]')
    if (image !== undefined)
      return response.end(
        JSON.stringify({
          Id: image,
          Size: 1_000,
          RepoTags: ['vastrox-abc123/shop:build1'],
          Config: { Labels: image === MINE ? { 'vastrox.instance': 'abc123' } : {} },
        }),
      )
    response.statusCode = url.includes('/_ping') ? 200 : 404
    return response.end('{"message":"no such image"}')
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(join(home, 'engine.sock'), resolve)
  await promise
  return server
}

const deps = () => ({
  engine: createEngine(join(home, 'engine.sock')),
  instance: 'abc123',
  dataDir,
})

const MANIFEST: PlatformManifest = {
  format: 1,
  backupId: 'backup01',
  takenAt: '2026-11-26T03:00:00.000Z',
  version: '1',
  instance: 'abc123',
  incarnation: '0123456789ab',
  publicAddress: '127.0.0.1',
  baseDomain: 'localhost',
  apps: [{ id: 'app00001', name: 'shop', imageId: MINE, hosts: [] }],
  volumes: [{ id: 'volume01', ownerId: 'app00001', name: 'shop/uploads' }],
  addons: [],
}

const FILES: Record<string, string> = {
  'config.json': '{"instance":"abc123"}',
  [`daemon/${STAGING_NAME}/${STAGED.database}`]: 'copy of the database',
  [`daemon/${STAGING_NAME}/${STAGED.masterKey}`]: 'key',
  [`daemon/${STAGING_NAME}/${STAGED.auditAnchors}`]: 'anchors',
  [`daemon/${STAGING_NAME}/${STAGED.manifest}`]: JSON.stringify(MANIFEST),
  [`daemon/${STAGING_NAME}/refs/app00001.git/refs/heads/main`]: 'then',
  [`daemon/${STAGING_NAME}/refs/app00001.git/HEAD`]: 'ref: refs/heads/main',
  'daemon/control.db': 'live',
  'daemon/control.db-wal': 'live',
  'daemon/master.key': 'live',
  'daemon/repositories/app00001.git/refs/heads/main': 'later',
  'daemon/repositories/app00001.git/refs/heads/newer': 'later',
  'daemon/repositories/app00001.git/HEAD': 'ref: refs/heads/main',
  'daemon/repositories/app00001.git/objects/ab/cd': 'object',
  'daemon/sources/source01.tar': 'source',
  'daemon/logs/app00001/1.log': 'printed',
  'agent/networks/app00001.json': '{}',
  'agent/fencing.json': '{}',
  'agent/firewall/confirmed.json': '{}',
  'volumes/volume01/file': 'data',
}

async function fill(files = FILES): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(dataDir, name, '..'), { recursive: true })
    await writeFile(join(dataDir, name), text)
  }
}

async function restic(args: string[], cwd: string): Promise<void> {
  const result = await run('/usr/bin/restic', [...args, '--quiet'], {
    cwd,
    timeoutMs: 60_000,
    env: {
      HOME: home,
      PATH: '/usr/bin:/bin',
      RESTIC_REPOSITORY: join(home, 'repository'),
      RESTIC_PASSWORD: PASSWORD,
    },
  })
  if (result.exitCode !== 0) throw new Error(result.stderr)
}

const open = (password = PASSWORD) =>
  openRestic(
    { url: join(home, 'repository'), options: [], env: {}, password },
    join(home, 'scratch'),
  )

const root = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }

describe('what the agent gives to a backup of the platform', () => {
  it('is a list that speaks of every path of the data directory', () => {
    const known = [...KEPT, ...Object.keys(LEFT), `daemon/${STAGING_NAME}`]
    const paths = Object.values(pathsOf(''))
      .map((path) => path.slice(1))
      .filter((path) => !['daemon', 'agent'].includes(path))

    const unspoken = paths.filter(
      (path) => !known.some((each) => path === each || path.startsWith(`${each}/`)),
    )

    expect(unspoken).toEqual([])
  })

  it('has images of ours, and says of others that they are not in it', async () => {
    await fill()

    const content = await gatherPlatform(
      deps(),
      { stagingName: STAGING_NAME, imageIds: [MINE, OTHERS, GONE] },
      AbortSignal.timeout(10_000),
    )

    const saved = join(dataDir, SAVED_IMAGES)
    expect(await readFile(join(saved, 'images.tar'), 'utf8')).toBe('tar of images')
    expect((await lstat(join(saved, 'images.tar'))).mode & 0o777).toBe(0o600)
    expect(asked.filter((url) => url.includes('/images/get'))).toEqual([
      '/v1.41/images/get?names=vastrox-abc123/shop:build1',
    ])
    expect(content.warnings).toEqual([
      `The image ${'b'.repeat(12)} is not ours to save.`,
      `The image ${'c'.repeat(12)} is gone.`,
    ])
    await content.release()
    await expect(lstat(saved)).rejects.toThrow('ENOENT')
  })

  it('follows no link that the daemon has put in the way', async () => {
    await fill()
    await rm(join(dataDir, 'daemon/sources'), { recursive: true })
    await symlink('/etc', join(dataDir, 'daemon/sources'))

    const { paths } = await gatherPlatform(
      deps(),
      { stagingName: STAGING_NAME, imageIds: [] },
      AbortSignal.timeout(10_000),
    )

    expect(paths).not.toContain('daemon/sources')
  })
})

describe('a backup of the platform that is put into an empty directory', () => {
  it('is the installation as it was at that moment, by restic of this machine', async () => {
    await fill()
    const { cwd, paths } = await gatherPlatform(
      deps(),
      { stagingName: STAGING_NAME, imageIds: [MINE] },
      AbortSignal.timeout(10_000),
    )
    await restic(['init'], home)
    await restic(['backup', '--tag', 'subject=platform', '--', ...paths], cwd)
    await restic(
      ['backup', '--tag', 'subject=volume:volume01', '--', 'volume01'],
      join(cwd, 'volumes'),
    )
    const target = join(home, 'restored')
    const opened = await open()
    const [platform, volume] = await opened.snapshots()

    expect(platform?.tags).toEqual(['subject=platform'])
    expect((await opened.read(platform?.id ?? '', '/config.json')).toString()).toBe(
      FILES['config.json'],
    )
    await opened.restore(platform?.id ?? '', target)
    const manifest = await placeFiles(target, root)
    await placeVolume(target, manifest.volumes[0] ?? { id: '', ownerId: '' }, (into) =>
      opened.restore(volume?.id ?? '', into),
    )
    await opened.close()

    const text = (name: string) => readFile(join(target, name), 'utf8')
    expect(manifest).toEqual(MANIFEST)
    expect(await text('daemon/control.db')).toBe('copy of the database')
    expect(await text('daemon/master.key')).toBe('key')
    expect(await text('daemon/audit-anchors.jsonl')).toBe('anchors')
    expect(await readdir(join(target, 'daemon'))).not.toContain('control.db-wal')
    expect(await text('daemon/repositories/app00001.git/refs/heads/main')).toBe('then')
    expect(await readdir(join(target, 'daemon/repositories/app00001.git/refs/heads'))).toEqual([
      'main',
    ])
    expect(await text('daemon/repositories/app00001.git/objects/ab/cd')).toBe('object')
    expect(await text('agent/networks/app00001.json')).toBe('{}')
    expect(await readdir(join(target, 'agent'))).toEqual(['networks', 'saved-images'])
    expect(await text('volumes/volume01/file')).toBe('data')
    expect(await text('volumes/volume01.json')).toBe('{"appId":"app00001"}')
    expect(await readdir(join(home, 'scratch'))).toEqual([])
    // A run that was cut off is gone on with.
    expect(await placeFilesAgain(target)).toEqual(MANIFEST)
  })

  const placeFilesAgain = async (target: string): Promise<PlatformManifest> => {
    const opened = await open()
    const [platform] = await opened.snapshots()
    await opened.restore(platform?.id ?? '', target)
    const manifest = await placeFiles(target, root)
    await opened.close()
    return manifest
  }

  it('does not open with another key', async () => {
    await restic(['init'], home)
    const opened = await open('something else entirely')

    await expect(opened.snapshots()).rejects.toMatchObject({ kind: 'key' })
    await opened.close()
    await expect(
      openRestic(
        { url: join(home, 'nowhere'), options: [], env: {}, password: 'x' },
        join(home, 's'),
      ).then((none) => none.snapshots()),
    ).rejects.toMatchObject({ kind: 'missing' })
  })
})
