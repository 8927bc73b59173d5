import { tmpdir } from 'node:os'
import { statfs } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { floorOf, inodeFloorOf } from '@vastrox/shared/disk-floor.ts'
import { readDisks } from '#agent/node/disks.ts'

it('names a disk once that holds both, and says what must stay free of it', async () => {
  const { blocks, bfree, bavail, bsize, files } = await statfs(tmpdir())
  const bytes = (blocks - bfree + bavail) * bsize

  expect(await readDisks(tmpdir(), tmpdir())).toEqual([
    {
      holds: 'data',
      bytes,
      availableBytes: expect.any(Number),
      floorBytes: floorOf(bytes),
      inodes: files,
      availableInodes: expect.any(Number),
      floorInodes: inodeFloorOf(files),
    },
  ])
  expect((await readDisks(tmpdir(), '/proc')).map(({ holds }) => holds)).toEqual(['data', 'images'])
  expect(await readDisks(tmpdir(), '/nowhere')).toHaveLength(1)
  expect(await readDisks(tmpdir(), undefined)).toHaveLength(1)
})
