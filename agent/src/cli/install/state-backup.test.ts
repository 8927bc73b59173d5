import {
  chmod,
  chown,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathsOf } from '@vastrox/shared/installation.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backUpState } from '#agent/cli/install/state-backup.ts'
import { mustRun } from '#agent/cli/must-run.ts'
import { linksOf } from '#agent/cli/installation.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'vastrox-backup-'))
  await mkdir(pathsOf(dataDir).daemon)
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

const installation = () => ({
  dataDir,
  paths: pathsOf(dataDir),
  links: linksOf(dataDir, 'abc123'),
  config: {
    instance: 'abc123',
    httpPort: 80,
    httpsPort: 443,
    dashboardPort: 8443,
    sshPort: 2222,
    ftpPort: 2121,
    publicAddress: '127.0.0.1',
    baseDomain: 'localhost',
    proxyWorkers: 2,
    acmeDirectory: null,
    acmeCaFile: null,
    acmeEmail: null,
    appNetworkRange: '10.128.0.0/12',
  },
})
const write = (suffix: string, text: string) =>
  writeFile(`${pathsOf(dataDir).controlDatabase}${suffix}`, text)

describe('the copy of the state before an upgrade', () => {
  it('is put back whole: the database, its journal, and nothing that came later', async () => {
    await write('', 'database')
    await write('-wal', 'journal')
    const backup = await backUpState(installation(), 'before-2')
    await write('', 'migrated')
    await rm(`${pathsOf(dataDir).controlDatabase}-wal`)

    await backup?.putBack()

    const { controlDatabase, daemon } = pathsOf(dataDir)
    expect(await readFile(controlDatabase, 'utf8')).toBe('database')
    expect(await readFile(`${controlDatabase}-wal`, 'utf8')).toBe('journal')
    expect(await readdir(daemon)).toHaveLength(2)
  })

  it('leaves no journal of a newer version beside the older database', async () => {
    await write('', 'database')
    const backup = await backUpState(installation(), 'before-2')
    await write('-wal', 'of the newer version')

    await backup?.putBack()

    expect(await readdir(pathsOf(dataDir).daemon)).toEqual(['control.db'])
  })

  it('is kept for the last three upgrades', async () => {
    await write('', 'database')
    for (const version of [1, 2, 3, 4]) {
      await backUpState(installation(), `before-${version}`)
      await new Promise((resolve) => setTimeout(resolve, 15))
    }

    expect(
      (await readdir(join(dataDir, 'upgrades'))).toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(['before-2', 'before-3', 'before-4'])
  })

  it('is nothing where there is no state yet', async () => {
    expect(await backUpState(installation(), 'before-1')).toBeUndefined()
  })

  it('keeps owner and mode of what it copies', async () => {
    await write('', 'database')
    await chown(pathsOf(dataDir).controlDatabase, 4_321, 4_322)
    await chmod(pathsOf(dataDir).controlDatabase, 0o640)

    const backup = await backUpState(installation(), 'before-2')
    await rm(pathsOf(dataDir).controlDatabase)
    await backup?.putBack()

    const { uid, gid, mode } = await stat(pathsOf(dataDir).controlDatabase)
    expect([uid, gid, mode & 0o777]).toEqual([4_321, 4_322, 0o640])
  })
})

describe('what a daemon that was taken over puts in the place of the database', () => {
  const precious = () => join(dataDir, 'precious')
  const kept = () => readdir(join(dataDir, 'upgrades', 'before-2')).catch(() => [])
  beforeEach(() => writeFile(precious(), 'of root alone', { mode: 0o600 }))

  it('is refused as a link to a file of root: nothing of it is read, owned or opened to others', async () => {
    await write('', 'database')
    await symlink(precious(), `${pathsOf(dataDir).controlDatabase}-wal`)
    const before = await stat(precious())

    await expect(backUpState(installation(), 'before-2')).rejects.toThrow('ELOOP')

    expect(await kept()).toEqual(['control.db'])
    expect((await stat(precious())).mode).toBe(before.mode)
  })

  it('is refused as a second name of a file of root', async () => {
    await link(precious(), pathsOf(dataDir).controlDatabase)

    await expect(backUpState(installation(), 'before-2')).rejects.toThrow('not a plain file')

    expect(await kept()).toEqual([])
  })

  it('is refused as a pipe, for which nobody waits', async () => {
    await mustRun('/usr/bin/mkfifo', [pathsOf(dataDir).controlDatabase])

    await expect(backUpState(installation(), 'before-2')).rejects.toThrow('not a plain file')
  })

  it('is replaced when the state is put back, and what it leads to is left as it is', async () => {
    await write('', 'database')
    const backup = await backUpState(installation(), 'before-2')
    await rm(pathsOf(dataDir).controlDatabase)
    await symlink(precious(), pathsOf(dataDir).controlDatabase)

    await backup?.putBack()

    expect(await readFile(precious(), 'utf8')).toBe('of root alone')
    expect(await readFile(pathsOf(dataDir).controlDatabase, 'utf8')).toBe('database')
  })
})
