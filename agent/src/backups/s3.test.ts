import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Repository } from '@vastrox/shared/agent-api-backups.ts'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { writeBackupSettings } from '#agent/backups/settings.ts'
import { type BackupHarness, createBackupHarness, OWNER } from '#test/backup-harness.ts'
import { type S3Server, startS3Server } from '#test/s3-server.ts'

const HOST = 's3.vault.test'
let vault: BackupHarness
let server: S3Server
const looked: string[] = []
beforeAll(async () => {
  vault = await createBackupHarness()
  server = await startS3Server(join(vault.folder, 's3'), HOST)
  vault.deps.resolve = async (host) => {
    looked.push(host)
    return host === HOST ? ['127.0.0.1'] : []
  }
  await allow(['127.0.0.1'])
}, 60_000)
afterAll(async () => {
  await server.stop()
  await vault.remove()
})

const allow = (networks: string[]): Promise<void> =>
  writeBackupSettings(vault.deps.backupSettingsFile, { roots: [], networks })

type S3 = Extract<Repository['location'], { type: 's3' }>
const at = (change: Partial<S3> = {}): Repository =>
  vault.repository({
    location: {
      type: 's3',
      endpoint: `https://${HOST}:${server.httpsPort}`,
      bucket: 'backups',
      prefix: 'main/of-this',
      region: 'eu-central-1',
      accessKeyId: server.accessKeyId,
      secretAccessKey: server.secretAccessKey,
      caPem: server.caPem,
      ...change,
    },
  })

const live = { type: 'volume', ownerId: OWNER, volumeId: 'volume01', mode: 'live' } as const
const asNew = (volumeId: string) =>
  ({ type: 'volume', ownerId: OWNER, volumeId, isNew: true, into: null, paths: null }) as const

it('keeps a volume in a bucket, over TLS of a private authority, and brings it back', async () => {
  await vault.makeVolume('volume01', (folder) => writeFile(join(folder, 'file'), 'content'))

  const opened = await vault.open(at())
  const made = await vault.backUp(live, { repository: at() })
  await vault.restore(made.snapshotId, asNew('volume02'), { at: at() })
  await vault.forget([made.snapshotId], at())

  expect(opened.created).toBe(true)
  expect(await readFile(join(vault.volumesDir, 'volume02', 'file'), 'utf8')).toBe('content')
  expect(await vault.snapshots(at())).toEqual([])
  expect(new Set(looked)).toEqual(new Set([HOST]))
}, 120_000)

it('the same without TLS, by an address that root has allowed', async () => {
  const plain = at({ endpoint: `http://${HOST}:${server.httpPort}`, prefix: 'plain', caPem: null })

  expect(await vault.open(plain)).toMatchObject({ created: true })
  expect(await vault.open(plain)).toMatchObject({ created: false })
}, 120_000)

it('wrong credentials, and a server that is not who it says it is, are told in a line', async () => {
  await expect(vault.open(at({ secretAccessKey: 'another' }))).rejects.toMatchObject({
    code: 'DESTINATION_UNREACHABLE',
    details: { reason: expect.stringMatching(/denied|signature/i) },
  })
  await expect(vault.open(at({ caPem: null }))).rejects.toMatchObject({
    code: 'DESTINATION_UNREACHABLE',
    details: { reason: expect.stringMatching(/certificate/i) },
  })
}, 180_000)

it('behind a proxy as well, past which restic goes to addresses and what has no proxy', async () => {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY']) vi.stubEnv(name, 'http://127.0.0.1:9')
  vi.stubEnv('NO_PROXY', '10.0.0.5,inside.test')
  await allow([])
  try {
    for (const endpoint of [
      'http://127.0.0.1:2375',
      'http://localhost:2375',
      'http://10.0.0.5:9000',
      'http://[::1]:2375',
    ])
      await expect(vault.open(at({ endpoint, caPem: null }))).rejects.toMatchObject({
        code: 'DESTINATION_REFUSED',
      })
    await allow(['127.0.0.1'])
    expect(await vault.open(at())).toMatchObject({ created: false })
  } finally {
    vi.unstubAllEnvs()
    await allow(['127.0.0.1'])
  }
}, 60_000)

it('goes to the endpoint alone, where root has allowed it (rule C11)', async () => {
  const refusal = { code: 'DESTINATION_REFUSED' }

  await expect(vault.open(at({ endpoint: 'https://another.test' }))).rejects.toMatchObject(refusal)
  await expect(vault.open(at({ endpoint: `https://${HOST}/path` }))).rejects.toMatchObject(refusal)
  await expect(vault.open(at({ endpoint: 'https://a:b@s3.vault.test' }))).rejects.toMatchObject(
    refusal,
  )
  await allow([])
  await expect(vault.open(at())).rejects.toMatchObject(refusal)
  await allow(['127.0.0.1'])
}, 60_000)
