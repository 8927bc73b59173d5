import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathsOf } from '@vastrox/shared/installation.ts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openLocal, ROOT_MARK } from '#agent/backups/locations/local.ts'
import {
  backupSettingsFileOf,
  readBackupSettings,
  rootIdOf,
  writeBackupSettings,
} from '#agent/backups/settings.ts'
import { destinations } from '#agent/cli/commands/destinations.ts'

let folder: string
let dataDir: string
let disk: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vastrox-destinations-'))
  dataDir = join(folder, 'data')
  disk = join(folder, 'disk')
  await mkdir(join(dataDir, 'agent'), { recursive: true })
  await mkdir(disk)
})
afterEach(() => rm(folder, { recursive: true }))

async function say(...args: string[]): Promise<string> {
  const lines: string[] = []
  await destinations({ paths: pathsOf(dataDir), dataDir }, args, {
    print: (text) => lines.push(text),
  })
  return lines.join('\n')
}
const settings = () => readBackupSettings(backupSettingsFileOf(pathsOf(dataDir).agent))
const open = async (name = 'main') => {
  const [root] = (await settings()).roots
  const backupSettingsFile = backupSettingsFileOf(pathsOf(dataDir).agent)
  const place = { type: 'local', rootId: root?.rootId ?? 'none', folder: name } as const
  return openLocal({ backupSettingsFile, dataDir }, place)
}

it('root allows a directory, which has the same id each time, and takes it back', async () => {
  const said = await say('allow', disk)
  const { roots } = await settings()
  await say('disallow', disk)
  await say('allow', `${disk}/`)

  expect(said).toContain(disk)
  expect(roots).toEqual([{ rootId: expect.stringMatching(/^r[0-9a-f]{15}$/), path: disk }])
  expect((await settings()).roots).toEqual(roots)
  expect((await open()).folder).toBe(join(disk, 'main'))
  await say('disallow', disk)
  await expect(open()).rejects.toMatchObject({ code: 'DESTINATION_REFUSED' })
})

it('a disk that a restore has found at another path stays the same root when it is allowed again', async () => {
  const other = join(folder, 'other')
  await mkdir(other)
  const moved = { rootId: rootIdOf(other), path: disk }
  await writeBackupSettings(backupSettingsFileOf(pathsOf(dataDir).agent), {
    roots: [moved],
    networks: [],
  })

  await say('allow', disk)
  expect((await settings()).roots).toEqual([moved])
  expect((await open()).folder).toBe(join(disk, 'main'))
  await say('allow', other)
  const ids = (await settings()).roots.map(({ rootId }) => rootId)
  expect(new Set(ids).size).toBe(2)
})

it('addresses and networks are allowed by the same words', async () => {
  await say('allow', '192.168.1.20')
  await say('allow', 'fd00:1::/64')

  expect((await settings()).networks).toEqual(['192.168.1.20', 'fd00:1::/64'])
  expect(await say('disallow', '192.168.1.20')).toContain('fd00:1::/64')
  await expect(say('allow', 'nas.example')).rejects.toThrow('neither a directory nor an address')
  await expect(say('allow', '10.0.0.0/33')).rejects.toThrow('neither a directory nor an address')
})

it('a place of the system, of the data, behind a link or open to others is refused', async () => {
  await symlink(disk, join(folder, 'link'))
  await mkdir(join(dataDir, 'volumes'), { recursive: true })
  const open = join(folder, 'open')
  await mkdir(open)
  await chmod(open, 0o777)

  for (const [path, why] of [
    ['/', 'belongs to the system'],
    ['/proc/self', 'link'],
    ['/etc', 'belongs to the system'],
    [join(dataDir, 'volumes'), 'is in the data directory'],
    [folder, 'holds the data directory'],
    [join(folder, 'link'), 'leads over a link'],
    [join(folder, 'nothing'), 'is not there'],
    [open, 'can be changed by others'],
  ] as const)
    await expect(say('allow', path)).rejects.toThrow(why)
  expect((await settings()).roots).toEqual([])
})

it('a disk that is not mounted is not taken for its empty directory', async () => {
  await say('allow', disk)
  await rm(join(disk, ROOT_MARK))

  await expect(open()).rejects.toMatchObject({
    code: 'DESTINATION_UNREACHABLE',
    details: { reason: expect.stringContaining('is its disk mounted?') },
  })
  await writeFile(join(disk, ROOT_MARK), 'another')
  await expect(open()).rejects.toMatchObject({ code: 'DESTINATION_UNREACHABLE' })
})

it('a folder leads nowhere but down', async () => {
  await say('allow', disk)
  await symlink('/etc', join(disk, 'link'))

  for (const name of ['a/../../x', 'a/./b', 'a//b', 'link/x', 'link'])
    await expect(open(name)).rejects.toMatchObject({ code: 'DESTINATION_REFUSED' })
  expect((await open('a/b')).folder).toBe(join(disk, 'a/b'))
})

it('says how it is written', async () => {
  await expect(say('allow')).rejects.toThrow('not how it is written')
  await expect(say('roots', 'x')).rejects.toThrow('not how it is written')
  expect(await say('roots')).toContain('No directory')
  expect(JSON.parse(await say('roots', '--json'))).toEqual({ roots: [], networks: [] })
})
