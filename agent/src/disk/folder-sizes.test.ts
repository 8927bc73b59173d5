import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { folderSizes, readSizes } from '#agent/disk/folder-sizes.ts'

let base: string
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'vastrox-sizes-'))
  await mkdir(join(base, 'sources'))
  await mkdir(join(base, 'repositories', 'abc.git'), { recursive: true })
  await writeFile(join(base, 'sources', 'one.tar'), Buffer.alloc(100_000))
  await writeFile(join(base, 'repositories', 'abc.git', 'pack\nwith a line'), Buffer.alloc(50_000))
  await writeFile(join(base, 'sources', 'sparse.tar'), '')
  await truncate(join(base, 'sources', 'sparse.tar'), 10_000_000)
})
afterAll(() => rm(base, { recursive: true }))

it('gives what lies in the folders, each and as a whole, without holes and other names', async () => {
  const sizes = await folderSizes(
    [join(base, 'sources'), join(base, 'repositories'), join(base, 'nowhere')],
    { base },
  )
  const of = (path: string) => sizes?.find((size) => size.path === path)?.sizeBytes ?? -1

  expect(of('sources/one.tar')).toBeGreaterThanOrEqual(100_000)
  expect(of('sources/sparse.tar')).toBeLessThan(10_000)
  expect(of('repositories/abc.git')).toBeGreaterThanOrEqual(50_000)
  expect(of('sources')).toBeGreaterThanOrEqual(of('sources/one.tar'))
  expect(sizes?.map(({ path }) => path)).not.toContain('nowhere')
})

it('leaves out what is counted otherwise', async () => {
  const sizes = await folderSizes([base], { base, excluded: join(base, 'sources') })

  expect(sizes?.map(({ path }) => path)).toEqual(['repositories', ''])
})

it('reads names of every kind', () => {
  expect(readSizes('12\t/data/a b\n\tc\x00', '/data')).toEqual([
    { path: 'a b\n\tc', sizeBytes: 12 },
  ])
  expect(readSizes('', '/data')).toEqual([])
})
