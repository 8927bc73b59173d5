import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathsOf } from '@vastrox/shared/installation.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backUpState } from '#agent/cli/install/state-backup.ts'
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
})
