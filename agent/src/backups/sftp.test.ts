import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Repository } from '@vastrox/shared/agent-api-backups.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeBackupSettings } from '#agent/backups/settings.ts'
import { type BackupHarness, createBackupHarness, OWNER } from '#test/backup-harness.ts'
import { SSH_PASSWORD, type Sshd, startSshd } from '#test/sshd-server.ts'

let vault: BackupHarness
let sshd: Sshd
beforeAll(async () => {
  vault = await createBackupHarness()
  sshd = await startSshd(join(vault.folder, 'ssh'))
  await allow(['127.0.0.1'])
}, 60_000)
afterAll(async () => {
  await sshd.stop()
  await vault.remove()
})

const allow = (networks: string[]): Promise<void> =>
  writeBackupSettings(vault.deps.backupSettingsFile, { roots: [], networks })

type Sftp = Extract<Repository['location'], { type: 'sftp' }>
const at = (change: Partial<Sftp> = {}): Repository =>
  vault.repository({
    location: {
      type: 'sftp',
      host: '127.0.0.1',
      port: sshd.port,
      user: 'root',
      path: join(vault.folder, 'remote'),
      hostKeys: [sshd.hostKey],
      secret: { privateKey: sshd.privateKey },
      ...change,
    },
  })

const live = { type: 'volume', ownerId: OWNER, volumeId: 'volume01', mode: 'live' } as const
const asNew = {
  type: 'volume',
  ownerId: OWNER,
  volumeId: 'volume02',
  isNew: true,
  into: null,
  paths: null,
} as const

it('keeps a volume at a real OpenSSH server, and brings it back', async () => {
  await vault.makeVolume('volume01', (folder) => writeFile(join(folder, 'file'), 'content'))

  const opened = await vault.open(at())
  const made = await vault.backUp(live, { repository: at() })
  await vault.restore(made.snapshotId, asNew, { at: at() })

  expect(opened.created).toBe(true)
  expect(await readFile(join(vault.volumesDir, 'volume02', 'file'), 'utf8')).toBe('content')
  expect(await readdir(join(vault.folder, 'remote'))).toContain('snapshots')
  expect(await readdir(join(vault.deps.backupsDir, 'private'))).toEqual([])
}, 120_000)

it('signs in by a password, which is in no argument', async () => {
  const location = { secret: { password: SSH_PASSWORD } }

  expect(await vault.open(at(location))).toMatchObject({ created: false })
  await expect(vault.open(at({ secret: { password: 'another' } }))).rejects.toMatchObject({
    code: 'DESTINATION_UNREACHABLE',
    details: { reason: expect.stringMatching(/permission denied/i) },
  })
}, 120_000)

it('a server with another host key is not spoken to', async () => {
  const other = `ssh-ed25519 ${Buffer.from('another key that is not the one of the server at all').toString('base64')}`

  await expect(vault.open(at({ hostKeys: [other] }))).rejects.toMatchObject({
    code: 'DESTINATION_UNREACHABLE',
    details: { reason: expect.stringMatching(/host key|verification/i) },
  })
}, 120_000)

it('goes where root has allowed it, and says how, wherever a name leads (rule C11)', async () => {
  await allow([])
  const refusal = {
    code: 'DESTINATION_REFUSED',
    details: { reason: expect.stringContaining('vastrox destinations allow') },
  }

  await expect(vault.open(at())).rejects.toMatchObject(refusal)
  await expect(vault.open(at({ host: 'localhost' }))).rejects.toMatchObject(refusal)
  await expect(vault.open(at({ host: '2130706433' }))).rejects.toMatchObject(refusal)
  await expect(vault.open(at({ host: 'no-such-host.invalid' }))).rejects.toMatchObject(refusal)
  await allow(['0.0.0.0/0'])
  await expect(vault.open(at({ host: '169.254.169.254' }))).rejects.toMatchObject(refusal)
  await allow(['127.0.0.1'])
}, 60_000)

it.each([
  ['user', 'root -oProxyCommand=touch${IFS}/tmp/x'],
  ['user', '-oProxyCommand=x'],
  ['user', 'root\nProxyCommand touch /tmp/x'],
  ['path', '/x\nProxyCommand touch'],
  ['path', '~root/x'],
  ['host', '127.0.0.1 -oProxyCommand=x'],
  ['host', '-oProxyCommand=x'],
  ['hostKeys', ['ssh-ed25519 AAAA\n* ssh-ed25519 BBBB']],
])('a %s that would break out is refused: %j', async (field, value) => {
  await expect(vault.open(at({ [field]: value }))).rejects.toMatchObject({
    code: 'DESTINATION_REFUSED',
  })
})
