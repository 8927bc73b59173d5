import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeAtomically } from './atomic-file.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vastrox-atomic-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

it('a file is replaced whole, for its owner alone unless more is asked for, and leaves nothing beside it', async () => {
  const path = join(directory, 'file')
  await writeAtomically(path, 'old')

  await writeAtomically(path, 'new')

  expect(await readFile(path, 'utf8')).toBe('new')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readdir(directory)).toEqual(['file'])
})

it('a file for a group is readable by that group and by nobody else, whatever the umask', async () => {
  const path = join(directory, 'file')
  const before = process.umask(0o077)
  try {
    await writeAtomically(path, 'text', 0o640, process.getgid?.() ?? 0)
  } finally {
    process.umask(before)
  }

  const { mode, uid, gid } = await stat(path)
  expect([mode & 0o777, uid, gid]).toEqual([0o640, process.getuid?.(), process.getgid?.()])
})
