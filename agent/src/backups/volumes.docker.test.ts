import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  appendFile,
  chmod,
  chown,
  link,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type BackupHarness, createBackupHarness, OWNER } from '#test/backup-harness.ts'

let vault: BackupHarness
beforeAll(async () => {
  vault = await createBackupHarness()
  await vault.open()
}, 60_000)
afterAll(() => vault.remove())

const live = (volumeId: string) =>
  ({ type: 'volume', ownerId: OWNER, volumeId, mode: 'live' }) as const
const asNew = (volumeId: string) =>
  ({ type: 'volume', ownerId: OWNER, volumeId, isNew: true, into: null, paths: null }) as const

it('makes a repository once, and says so', async () => {
  const again = await vault.open()

  expect(again).toMatchObject({ created: false })
  expect(again.repositoryId).toMatch(/^[0-9a-f]{64}$/)
}, 60_000)

it('a repository with another key stays as it is', async () => {
  const opening = vault.open(vault.repository({ password: 'another password of somebody' }))

  await expect(opening).rejects.toMatchObject({ code: 'DESTINATION_KEY_WRONG' })
}, 60_000)

it('a volume comes back with owners, times, modes, links, attributes and holes (rule B4)', async () => {
  const path = await vault.makeVolume('volume01', async (folder) => {
    await chown(folder, 1_000, 1_001)
    await mkdir(join(folder, 'sub [x] *'))
    await writeFile(join(folder, 'sub [x] *', 'plain é'), 'text', { mode: 0o640 })
    await chown(join(folder, 'sub [x] *', 'plain é'), 1_234, 5_678)
    await link(join(folder, 'sub [x] *', 'plain é'), join(folder, 'hard'))
    await symlink('sub [x] *', join(folder, 'soft'))
    await symlink('/etc/passwd', join(folder, 'outside'))
    await writeFile(join(folder, 'holes'), 'begin')
    await truncate(join(folder, 'holes'), 64 * 2 ** 20)
    await writeFile(join(folder, 'empty'), '')
    await chmod(join(folder, 'empty'), 0o4711)
    execFileSync('/usr/bin/python3', [
      '-c',
      'import os,sys; os.setxattr(sys.argv[1], "user.note", b"kept")',
      join(folder, 'empty'),
    ])
  })

  const made = await vault.backUp(live('volume01'))
  const restored = await vault.restore(made.snapshotId, asNew('volume02'))

  const copy = join(vault.volumesDir, 'volume02')
  expect(listing(copy)).toEqual(listing(path))
  expect(JSON.parse(await readFile(`${copy}.json`, 'utf8'))).toEqual({ appId: OWNER })
  expect((await stat(join(copy, 'hard'))).ino).toBe(
    (await stat(join(copy, 'sub [x] *', 'plain é'))).ino,
  )
  expect((await stat(join(copy, 'holes'))).blocks * 512).toBeLessThan(2 ** 20)
  expect(xattr(join(copy, 'empty'))).toBe('kept')
  expect(made).toMatchObject({ files: 4, warnings: [], sha256: null })
  expect(made.toolVersion).toMatch(/^restic \d+\.\d+/)
  expect(restored.files).toBe(made.files)
  expect((await readdir(vault.volumesDir)).filter((name) => name.includes('restoring'))).toEqual([])
}, 120_000)

it('a restore that takes what what runs needs of the disk is ended, and nothing of it stays', async () => {
  await vault.makeVolume('volume09', async (folder) => {
    await writeFile(join(folder, 'file'), randomBytes(200_000_000))
  })
  const made = await vault.backUp(live('volume09'))
  const disk = {
    holds: 'data',
    bytes: 100e9,
    availableBytes: 1e9,
    floorBytes: 7e9,
    inodes: 0,
    availableInodes: 0,
    floorInodes: 0,
  } as const
  const { diskFloor } = vault.deps
  vault.deps.diskFloor = { reader: async () => async () => [disk] }
  try {
    await expect(vault.restore(made.snapshotId, asNew('volume10'))).rejects.toMatchObject({
      code: 'DISK_LOW',
    })
  } finally {
    vault.deps.diskFloor = diskFloor
  }
  expect((await readdir(vault.volumesDir)).filter((name) => name.startsWith('volume10'))).toEqual(
    [],
  )
}, 120_000)

it('two that put files into one volume at a time do not clear up after each other', async () => {
  await vault.makeVolume('volume08', (folder) => writeFile(join(folder, 'file'), 'content'))
  const made = await vault.backUp(live('volume08'))
  const into = (folder: string) =>
    vault.restore(made.snapshotId, {
      type: 'volume',
      ownerId: OWNER,
      volumeId: 'volume08',
      isNew: false,
      into: folder,
      paths: null,
    })

  const both = await Promise.all([into('first'), into('second')])

  expect(both.map(({ files }) => files)).toEqual([1, 1])
  for (const folder of ['first', 'second'])
    expect(await readFile(join(vault.volumesDir, 'volume08', folder, 'file'), 'utf8')).toBe(
      'content',
    )
}, 120_000)

it('what a client sends is one file with its hash, found again by the id of its backup', async () => {
  const bytes = Buffer.alloc(3_000_000, 'abc')
  const content = { type: 'body', fileName: 'app.tar', minBytes: 1_000 } as const

  const made = await vault.backUp(content, {
    body: Readable.from([bytes]),
    backupId: 'bodybackup1',
  })

  expect(made).toMatchObject({ sizeBytes: bytes.length, files: 1, sha256: sha256(bytes) })
  expect(await vault.snapshots(vault.repository(), 'backup=bodybackup1')).toMatchObject([
    { snapshotId: made.snapshotId, host: 'vastrox-b0b0b0' },
  ])
  const { data, sha256: again } = await vault.restore(made.snapshotId, {
    type: 'caller',
    path: 'app.tar',
    asTar: false,
  })
  expect(data.equals(bytes)).toBe(true)
  expect(again).toBe(made.sha256)
  const looked = { type: 'nobody', path: 'app.tar', asTar: false } as const
  expect(await vault.restore(made.snapshotId, looked)).toMatchObject({
    data: Buffer.alloc(0),
    sizeBytes: bytes.length,
    sha256: made.sha256,
  })
}, 120_000)

it('a body that is too short, or breaks off, leaves nothing behind', async () => {
  const before = (await vault.snapshots()).length
  const content = { type: 'body', fileName: 'app.tar', minBytes: 1_000 } as const
  const broken = Readable.from(
    (async function* () {
      yield Buffer.alloc(100_000)
      throw new Error('the client is gone')
    })(),
  )

  await expect(
    vault.backUp(content, { body: Readable.from([Buffer.from('short')]) }),
  ).rejects.toMatchObject({
    code: 'BACKUP_FAILED',
  })
  await expect(vault.backUp(content, { body: broken })).rejects.toThrow('the client is gone')

  expect(await vault.snapshots()).toHaveLength(before)
  expect(await readdir(join(vault.repositoryDir, 'locks'))).toEqual([])
  expect(await readdir(join(vault.deps.backupsDir, 'private'))).toEqual([])
}, 120_000)

it('one that is cancelled leaves nothing behind', async () => {
  const before = (await vault.snapshots()).length
  const stop = new AbortController()
  const endless = Readable.from(
    (async function* () {
      for (let count = 0; ; count++) {
        if (count === 50) stop.abort()
        yield Buffer.alloc(65_536, count)
      }
    })(),
  )
  const content = { type: 'body', fileName: 'app.tar', minBytes: 1 } as const

  await expect(vault.backUp(content, { body: endless, signal: stop.signal })).rejects.toThrow(
    'abort',
  )

  expect(await vault.snapshots()).toHaveLength(before)
  expect(await readdir(join(vault.repositoryDir, 'locks'))).toEqual([])
}, 120_000)

it('a file that grows meanwhile is kept as far as it was read', async () => {
  const path = await vault.makeVolume('volume03', (folder) =>
    writeFile(join(folder, 'log'), Buffer.alloc(20 * 2 ** 20, 'x')),
  )
  const over = new AbortController()
  const growing = (async () => {
    while (!over.signal.aborted) {
      await appendFile(join(path, 'log'), 'y'.repeat(1_000))
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  })()
  const made = await vault.backUp(live('volume03'))
  over.abort()
  await growing

  await vault.restore(made.snapshotId, asNew('volume04'))
  const text = await readFile(join(vault.volumesDir, 'volume04', 'log'), 'utf8')
  expect(text.startsWith('x'.repeat(20 * 2 ** 20))).toBe(true)
  expect(text.slice(20 * 2 ** 20)).toMatch(/^y*$/)
}, 120_000)

it('single paths come back into a new folder of the volume', async () => {
  await vault.makeVolume('volume05', async (folder) => {
    await chown(folder, 1_000, 1_000)
    await mkdir(join(folder, 'a', 'b'), { recursive: true })
    await writeFile(join(folder, 'a', 'b', 'we*rd [1]'), 'this')
    await writeFile(join(folder, 'a', 'b', 'werd 1'), 'not this')
    await writeFile(join(folder, 'other'), 'nor this')
  })
  const { snapshotId } = await vault.backUp(live('volume05'))
  const target = {
    ...asNew('volume05'),
    isNew: false,
    into: 'restored-1',
    paths: ['a/b/we*rd [1]'],
  }

  expect(await vault.files(snapshotId)).toMatchObject([
    { path: 'a', type: 'dir' },
    { path: 'other', type: 'file', sizeBytes: 8 },
  ])
  expect((await vault.files(snapshotId, 'a/b')).map(({ path }) => path)).toEqual([
    'a/b/we*rd [1]',
    'a/b/werd 1',
  ])
  await vault.restore(snapshotId, target)

  const folder = join(vault.volumesDir, 'volume05', 'restored-1')
  expect(await readdir(folder, { recursive: true })).toEqual(['a', 'a/b', 'a/b/we*rd [1]'])
  expect(await readFile(join(folder, 'a/b/we*rd [1]'), 'utf8')).toBe('this')
  expect((await stat(folder)).uid).toBe(1_000)
  await expect(vault.restore(snapshotId, target)).rejects.toMatchObject({
    code: 'RESTORE_FOLDER_TAKEN',
  })
  await expect(
    vault.restore(snapshotId, { ...target, into: 'restored-2', paths: ['../volume01'] }),
  ).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
  await expect(
    vault.restore(snapshotId, { ...target, into: '../volume01', paths: null }),
  ).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
}, 120_000)

it('never writes over a volume that has something in it, nor into another owner’s', async () => {
  const { snapshotId } = await vault.backUp(live('volume05'))

  await expect(vault.restore(snapshotId, asNew('volume05'))).rejects.toMatchObject({
    code: 'VOLUME_NOT_EMPTY',
  })
  await expect(
    vault.restore(snapshotId, { ...asNew('volume05'), ownerId: 'app00002' }),
  ).rejects.toMatchObject({ code: 'VOLUME_NOT_FOUND' })
  await expect(vault.backUp({ ...live('volume05'), ownerId: 'app00002' })).rejects.toMatchObject({
    code: 'VOLUME_NOT_FOUND',
  })
}, 120_000)

it('a drill reads every file again and compares it', async () => {
  const { snapshotId, sizeBytes } = await vault.backUp(live('volume01'))

  const drilled = await vault.restore(snapshotId, { type: 'scratch', maxBytes: 2 ** 30 })

  expect(drilled).toMatchObject({ files: 4, sizeBytes })
  expect(await readdir(join(vault.deps.backupsDir, 'scratch'))).toEqual([])
  await expect(
    vault.restore(snapshotId, { type: 'scratch', maxBytes: 1_000 }),
  ).rejects.toMatchObject({ code: 'RESTORE_TOO_LARGE' })
}, 120_000)

it('a folder is handed out as a tar', async () => {
  const { snapshotId } = await vault.backUp(live('volume05'))

  const { data } = await vault.restore(snapshotId, { type: 'caller', path: 'a', asTar: true })

  const names = execFileSync('/usr/bin/tar', ['-t'], { input: data }).toString()
  expect(names).toMatch(/a\/b\/werd 1\n/)
}, 120_000)

it('removes exactly the snapshots that are named, and frees what no other needs (rule B6)', async () => {
  await vault.makeVolume('volume06', (folder) =>
    writeFile(
      join(folder, 'noise'),
      createHash('sha512').update('seed').digest('hex').repeat(20_000),
    ),
  )
  const all = await vault.snapshots()
  const one = await vault.backUp(live('volume06'))
  await rm(join(vault.volumesDir, 'volume06', 'noise'))
  const two = await vault.backUp(live('volume06'))

  const freed = await vault.forget([one.snapshotId, 'f'.repeat(64)])

  expect(freed).toBeGreaterThan(0)
  expect((await vault.snapshots()).map(({ snapshotId }) => snapshotId)).toEqual([
    ...all.map(({ snapshotId }) => snapshotId),
    two.snapshotId,
  ])
  await expect(vault.restore(one.snapshotId, asNew('volume07'))).rejects.toMatchObject({
    code: 'BACKUP_NOT_FOUND',
  })
}, 120_000)

it('a destination that fills up is told so, keeps nothing half, and restores what it has', async () => {
  const small = join(vault.root, 'small')
  await mkdir(small)
  execFileSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', 'size=3m,mode=700', 'tmpfs', small])
  try {
    const at = vault.repository({
      location: { type: 'local', rootId: vault.rootId, folder: 'small/main' },
    })
    const content = { type: 'body', fileName: 'noise', minBytes: 1 } as const
    await vault.open(at)
    const kept = await vault.backUp(content, {
      repository: at,
      body: Readable.from([randomBytes(500_000)]),
    })

    await expect(
      vault.backUp(content, { repository: at, body: Readable.from([randomBytes(8_000_000)]) }),
    ).rejects.toMatchObject({ code: 'DESTINATION_FULL' })

    expect((await vault.snapshots(at)).map(({ snapshotId }) => snapshotId)).toEqual([
      kept.snapshotId,
    ])
    const target = { type: 'caller', path: 'noise', asTar: false } as const
    expect((await vault.restore(kept.snapshotId, target, { at })).data).toHaveLength(500_000)
  } finally {
    execFileSync('/usr/bin/umount', [small])
  }
}, 240_000)

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const listing = (folder: string): string =>
  execFileSync('/usr/bin/find', ['.', '-printf', '%p %y %m %U:%G %s %T@ %l\n'], { cwd: folder })
    .toString()
    .split('\n')
    .toSorted()
    .join('\n')

const xattr = (path: string): string =>
  execFileSync('/usr/bin/python3', [
    '-c',
    'import os,sys; print(os.getxattr(sys.argv[1], "user.note").decode())',
    path,
  ])
    .toString()
    .trim()
