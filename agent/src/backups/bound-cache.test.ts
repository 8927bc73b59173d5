import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { boundCache } from '#agent/backups/bound-cache.ts'

it('what was used longest ago goes first, and only as much as must', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vastrox-cache-'))
  for (const [at, name] of ['newest', 'oldest', 'middle'].entries()) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'file'), Buffer.alloc(100_000, at))
  }
  for (const [name, seconds] of [
    ['oldest', 1_000],
    ['middle', 2_000],
    ['newest', 3_000],
  ] as const)
    await utimes(join(folder, name), seconds, seconds)

  await boundCache(folder, 400_000)
  expect(await readdir(folder)).toHaveLength(3)
  await boundCache(folder, 250_000)
  expect((await readdir(folder)).toSorted()).toEqual(['middle', 'newest'])
  await boundCache(folder, 0)
  expect(await readdir(folder)).toEqual([])
  await boundCache(join(folder, 'nothing'), 0)
  // What has gone since it was listed.
  await symlink(join(folder, 'gone'), join(folder, 'was-there'))
  await boundCache(folder, 0)
  await rm(folder, { recursive: true })
})
