import { gzipSync } from 'node:zlib'
import { chown, lstat, mkdir, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { type Header, pack } from 'tar-stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type BackupHarness, createBackupHarness, OWNER } from '#test/backup-harness.ts'

let vault: BackupHarness
let count = 0
beforeAll(async () => {
  vault = await createBackupHarness()
})
afterAll(() => vault.remove())

type Entry = Partial<Header> & { name: string; content?: string }

function tarOf(entries: Entry[]): Promise<Buffer> {
  const tar = pack()
  for (const { content = '', ...header } of entries)
    tar.entry({ mtime: new Date(1_000_000_000_000), uid: 7, gid: 8, ...header }, content)
  tar.finalize()
  return buffer(Readable.from(tar))
}

async function bring(bytes: Buffer, packed: 'none' | 'gzip' = 'none', volumeId?: string) {
  const id = volumeId ?? `import${String(++count).padStart(4, '0')}`
  const target = {
    type: 'volume',
    ownerId: OWNER,
    volumeId: id,
    isNew: volumeId === undefined,
    into: null,
    paths: null,
  } as const
  const done = await vault.importContent({ target, packed, timeoutMs: 60_000 }, bytes)
  return { folder: join(vault.volumesDir, id), done }
}

it('a tar becomes a volume, with its owners, modes, times and links', async () => {
  const { folder, done } = await bring(
    await tarOf([
      { name: './', type: 'directory', uid: 1_000, gid: 1_001, mode: 0o750 },
      { name: './a/b.txt', content: 'text', mode: 0o4640 },
      { name: 'hard', type: 'link', linkname: './a/b.txt' },
      { name: 'a/soft', type: 'symlink', linkname: '../hard' },
      { name: 'empty/', type: 'directory', mode: 0o700 },
    ]),
  )

  const file = await stat(join(folder, 'a/b.txt'))
  expect(await readFile(join(folder, 'hard'), 'utf8')).toBe('text')
  expect(await readlink(join(folder, 'a/soft'))).toBe('../hard')
  expect({ uid: file.uid, gid: file.gid, mode: file.mode & 0o7777, links: file.nlink }).toEqual({
    uid: 7,
    gid: 8,
    mode: 0o640,
    links: 2,
  })
  expect(file.mtimeMs).toBe(1_000_000_000_000)
  expect(await lstat(folder)).toMatchObject({ uid: 1_000, gid: 1_001 })
  expect(done).toMatchObject({ files: 2, sizeBytes: 8 })
})

it('what comes into a volume of an app’s user belongs to that user', async () => {
  const path = await vault.makeVolume('volume01', (folder) => chown(folder, 1_000, 1_000))

  const { folder } = await bring(await tarOf([{ name: 'x', content: '1' }]), 'none', 'volume01')

  expect(folder).toBe(path)
  expect(await stat(join(folder, 'x'))).toMatchObject({ uid: 1_000, gid: 1_000 })
  expect(await stat(folder)).toMatchObject({ uid: 1_000 })
})

it('a gzipped one too', async () => {
  const bytes = gzipSync(await tarOf([{ name: 'x', content: '1' }]))

  expect(await readdir((await bring(bytes, 'gzip')).folder)).toEqual(['x'])
  await expect(bring(bytes.subarray(0, -20), 'gzip')).rejects.toMatchObject({
    code: 'IMPORT_REFUSED',
  })
  await expect(bring(Buffer.from('no gzip'), 'gzip')).rejects.toMatchObject({
    code: 'IMPORT_REFUSED',
  })
})

it.each<[string, Entry[]]>([
  ['leads upwards', [{ name: '../x', content: '1' }]],
  ['is absolute', [{ name: '/etc/x', content: '1' }]],
  [
    'comes twice',
    [
      { name: 'x', content: '1' },
      { name: './x', content: '2' },
    ],
  ],
  ['is a device', [{ name: 'x', type: 'character-device' }]],
  ['is a pipe', [{ name: 'x', type: 'fifo' }]],
  ['links out of it', [{ name: 'x', type: 'symlink', linkname: '../../etc' }]],
  ['links to an absolute place', [{ name: 'x', type: 'symlink', linkname: '/etc/passwd' }]],
  ['links hard to what is not in it', [{ name: 'x', type: 'link', linkname: '/etc/passwd' }]],
  [
    'is written through a link',
    [
      { name: 'x', type: 'symlink', linkname: 'y' },
      { name: 'x/z', content: '1' },
    ],
  ],
  [
    'lies in a file',
    [
      { name: 'x', content: '1' },
      { name: 'x/z', content: '1' },
    ],
  ],
  [
    'has a name of megabytes',
    [{ name: 'x', content: '1', pax: { path: `.${'/'.repeat(3_000_000)}x` } }],
  ],
  ['links to megabytes', [{ name: 'x', type: 'symlink', linkname: 'y'.repeat(3_000_000) }]],
  ['is sparse', [{ name: 'x', content: '1', pax: { 'GNU.sparse.major': '1' } }]],
])(
  'a tar in which something %s is refused, and nothing is left (rule C6)',
  async (_what, entries) => {
    const before = await readdir(vault.volumesDir)

    await expect(bring(await tarOf(entries))).rejects.toMatchObject({ code: 'IMPORT_REFUSED' })

    expect(await readdir(vault.volumesDir)).toEqual(before)
  },
)

it('a tar that breaks off, or is none, leaves nothing', async () => {
  const whole = await tarOf([{ name: 'x', content: 'y'.repeat(10_000) }])
  const before = await readdir(vault.volumesDir)

  for (const bytes of [
    whole.subarray(0, 5_000),
    Buffer.alloc(0),
    Buffer.from('SELECT 1;'.repeat(200)),
  ])
    await expect(bring(bytes)).rejects.toMatchObject({ code: 'IMPORT_REFUSED' })
  await mkdir(join(vault.volumesDir, 'volume09'))
  await writeFile(join(vault.volumesDir, 'volume09', 'kept'), 'kept')
  await writeFile(join(vault.volumesDir, 'volume09.json'), JSON.stringify({ appId: OWNER }))
  await expect(bring(whole, 'none', 'volume09')).rejects.toMatchObject({ code: 'VOLUME_NOT_EMPTY' })

  expect(await readFile(join(vault.volumesDir, 'volume09', 'kept'), 'utf8')).toBe('kept')
  expect(await readdir(vault.volumesDir)).toEqual(
    [...before, 'volume09', 'volume09.json'].toSorted(),
  )
})
