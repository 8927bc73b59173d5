import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeSockets } from '#agent/cli/install/remove-sockets.ts'

let home: string
let run: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'vastrox-run-'))
  run = join(home, 'run')
  await mkdir(join(run, 'daemon'), { recursive: true })
  await writeFile(join(run, 'daemon', 'console.sock'), '')
})
afterEach(() => rm(home, { recursive: true, force: true }))

describe('taking the sockets away when Vastrox is removed', () => {
  it('leaves an empty run directory, and does without one', async () => {
    await removeSockets(run)
    await removeSockets(join(home, 'never-was'))

    expect(await readdir(run)).toEqual([])
  })

  it('walks into nothing that the account of a process could have put there', async () => {
    await mkdir(join(home, 'precious'))
    await writeFile(join(home, 'precious', 'file'), 'kept')
    await symlink(join(home, 'precious'), join(run, 'daemon', 'link'))
    await mkdir(join(run, 'daemon', 'directory'))
    await writeFile(join(run, 'daemon', 'directory', 'file'), 'stays')

    await removeSockets(run)

    expect(await readFile(join(home, 'precious', 'file'), 'utf8')).toBe('kept')
    expect(await readdir(join(run, 'daemon'))).toEqual(['directory'])
  })
})
