import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pointRoot } from '#agent/cli/install/restore/point-root.ts'

let home: string
let settings: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'vastrox-root-'))
  settings = join(home, 'backups.json')
  await mkdir(join(home, 'disk', 'vastrox-main'), { recursive: true })
  await writeFile(join(home, 'disk', '.vastrox-destination'), 'r1\n')
  await writeFile(
    settings,
    JSON.stringify({ roots: [{ rootId: 'r1', path: '/mnt/old' }], networks: ['10.0.0.0/8'] }),
  )
})
afterEach(() => rm(home, { recursive: true, force: true }))

const stored = async () => JSON.parse(await readFile(settings, 'utf8'))

describe('a disk with backups that is mounted elsewhere', () => {
  it('is the root that it was, at its new path', async () => {
    expect(await pointRoot(settings, join(home, 'disk', 'vastrox-main'))).toBe(join(home, 'disk'))

    expect(await stored()).toEqual({
      roots: [{ rootId: 'r1', path: join(home, 'disk') }],
      networks: ['10.0.0.0/8'],
    })
    expect(await pointRoot(settings, join(home, 'disk', 'vastrox-main'))).toBeUndefined()
  })

  it('changes nothing where it was never a root, or one of another installation', async () => {
    const before = await stored()

    expect(await pointRoot(settings, join(home, 'elsewhere'))).toBeUndefined()
    await writeFile(join(home, 'disk', '.vastrox-destination'), 'r2\n')
    expect(await pointRoot(settings, join(home, 'disk', 'vastrox-main'))).toBeUndefined()

    expect(await stored()).toEqual(before)
  })
})
