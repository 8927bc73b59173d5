import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { RESTIC } from '#agent/backups/run-restic.ts'
import { type BackupHarness, createBackupHarness, OWNER, PASSWORD } from '#test/backup-harness.ts'

let vault: BackupHarness
beforeAll(async () => {
  vault = await createBackupHarness()
  await vault.open()
  await vault.makeVolume('volume01', (folder) => writeFile(join(folder, 'file'), 'content'))
}, 60_000)
afterAll(() => vault.remove())

const live = { type: 'volume', ownerId: OWNER, volumeId: 'volume01', mode: 'live' } as const
/** Without those that are being written. */
const locks = async (): Promise<string[]> =>
  (await readdir(join(vault.repositoryDir, 'locks'))).filter((name) => /^[0-9a-f]{64}$/.test(name))

/** It waits a moment with its lock before it looks whether somebody else has one. */
async function killWithItsLock(): Promise<void> {
  const restic = spawn(vault.deps.restic ?? RESTIC, ['prune', '--no-cache'], {
    env: { RESTIC_REPOSITORY: vault.repositoryDir, RESTIC_PASSWORD: PASSWORD },
    stdio: 'ignore',
  })
  const ended = once(restic, 'exit')
  await expect.poll(locks, { interval: 5, timeout: 30_000 }).toHaveLength(1)
  restic.kill('SIGKILL')
  await ended
  expect(await locks()).toHaveLength(1)
}

it('a removal that was killed keeps no backup from being made', async () => {
  await killWithItsLock()

  expect(await vault.backUp(live)).toMatchObject({ files: 1 })
  expect(await locks()).toEqual([])
}, 120_000)

it('nor the next removal, which finds nothing left to forget', async () => {
  await killWithItsLock()

  await vault.forget(['0'.repeat(64)])
  expect(await locks()).toEqual([])
}, 120_000)
