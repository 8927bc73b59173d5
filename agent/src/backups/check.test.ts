import { chmod, cp, open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type BackupHarness, createBackupHarness, OWNER } from '#test/backup-harness.ts'

let vault: BackupHarness
const snapshots = { first: '', second: '', dump: '' }
/** What each brought: of content, and of what says which files there are. */
const packs = { first: ['', ''], second: ['', ''], dump: ['', ''] }
/** As it was before anything was damaged. */
let pristine: string

beforeAll(async () => {
  vault = await createBackupHarness()
  pristine = join(vault.folder, 'pristine')
  await vault.open()
  const path = await vault.makeVolume('volume01', (folder) =>
    writeFile(join(folder, 'one'), randomBytes(2_000_000)),
  )
  const live = { type: 'volume', ownerId: OWNER, volumeId: 'volume01', mode: 'live' } as const
  snapshots.first = (await vault.backUp(live)).snapshotId
  packs.first = await newPacks()
  await rm(join(path, 'one'))
  await writeFile(join(path, 'two'), randomBytes(2_000_000))
  snapshots.second = (await vault.backUp(live)).snapshotId
  packs.second = await newPacks()
  const body = Readable.from([randomBytes(2_000_000)])
  const content = { type: 'body', fileName: 'dump.pgc', minBytes: 1 } as const
  snapshots.dump = (await vault.backUp(content, { body })).snapshotId
  packs.dump = await newPacks()
  await cp(vault.repositoryDir, pristine, { recursive: true })
}, 120_000)
afterAll(() => vault.remove())
beforeEach(async () => {
  await rm(vault.repositoryDir, { recursive: true, force: true })
  await cp(pristine, vault.repositoryDir, { recursive: true })
})

it('finds nothing where nothing is damaged', async () => {
  expect(await vault.check(100)).toMatchObject({ isGood: true, damagedSnapshots: [], errors: [] })
}, 120_000)

it.each(['first', 'second', 'dump'] as const)(
  'one flipped byte is led back to the backup that needs it: %s',
  async (which) => {
    await flip(contentOf(which), 100_000)

    const { isGood, damagedSnapshots, errors } = await vault.check(100)

    expect({ isGood, damagedSnapshots }).toEqual({
      isGood: false,
      damagedSnapshots: [snapshots[which]],
    })
    expect(errors.length).toBeGreaterThan(0)
  },
  120_000,
)

it('a byte at the end of a pack, one that is cut short and one that is gone are led back too', async () => {
  const pack = contentOf('first')
  await flip(pack, (await stat(pack)).size - 10)
  const flipped = await vault.check(100)
  await truncate(pack, 50_000)
  const cut = await vault.check(0)
  await rm(pack)
  const gone = await vault.check(0)

  for (const found of [flipped, cut, gone])
    expect(found).toMatchObject({ isGood: false, damagedSnapshots: [snapshots.first] })
}, 120_000)

it('so is a byte in what says which files there are', async () => {
  await flip(treesOf('second'), 60)

  expect(await vault.check(100)).toMatchObject({
    isGood: false,
    damagedSnapshots: [snapshots.second],
  })
}, 120_000)

it('a snapshot of its own is named, and an index concerns all', async () => {
  await flip(join(vault.repositoryDir, 'snapshots', snapshots.dump), 40)
  expect(await vault.check(0)).toMatchObject({ isGood: false, damagedSnapshots: [snapshots.dump] })

  const [index = ''] = await readdir(join(vault.repositoryDir, 'index'))
  await flip(join(vault.repositoryDir, 'index', index), 40)
  expect((await vault.check(0)).damagedSnapshots).toEqual(Object.values(snapshots).toSorted())
}, 120_000)

it('a restore of what is damaged says so, and leaves nothing', async () => {
  await flip(contentOf('first'), 100_000)

  await expect(
    vault.restore(snapshots.first, {
      type: 'volume',
      ownerId: OWNER,
      volumeId: 'volume02',
      isNew: true,
      into: null,
      paths: null,
    }),
  ).rejects.toMatchObject({ code: 'DESTINATION_DAMAGED' })
  expect(await readdir(vault.volumesDir)).toEqual(['volume01', 'volume01.json'])
}, 120_000)

const seen = new Set<string>()

/** The largest first. */
async function newPacks(): Promise<string[]> {
  const folder = join(vault.repositoryDir, 'data')
  const names = (await readdir(folder, { recursive: true })).filter(
    (name) => /[0-9a-f]{64}$/.test(name) && !seen.has(name),
  )
  for (const name of names) seen.add(name)
  const sized = await Promise.all(
    names.map(async (name) => ({ name, size: (await stat(join(folder, name))).size })),
  )
  return sized.toSorted((one, other) => other.size - one.size).map(({ name }) => name)
}

const contentOf = (which: keyof typeof packs): string =>
  join(vault.repositoryDir, 'data', packs[which][0] ?? '')
const treesOf = (which: keyof typeof packs): string =>
  join(vault.repositoryDir, 'data', packs[which].at(-1) ?? '')

async function flip(path: string, at: number): Promise<void> {
  await chmod(path, 0o600)
  const file = await open(path, 'r+')
  try {
    const byte = Buffer.alloc(1)
    await file.read(byte, 0, 1, at)
    byte[0] = (byte[0] ?? 0) ^ 1
    await file.write(byte, 0, 1, at)
  } finally {
    await file.close()
  }
}
