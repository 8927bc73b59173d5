import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RoutingSnapshot } from '#ports/routing-snapshot.ts'
import { instanceAt, routeTo, snapshotOf } from '#test/proxy/rig.ts'
import { createDefaultCertificate } from './default-certificate.ts'
import { createLastGood } from './last-good.ts'

describe('D7 the last-good snapshot', () => {
  let directory: string
  const said: string[] = []
  const open = () => createLastGood(directory, (line) => said.push(line))
  beforeEach(async () => {
    said.length = 0
    directory = await mkdtemp(join(tmpdir(), 'vastrox-last-good-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  const certificate = { id: 'c1', hosts: ['app.test'], ...createDefaultCertificate(new Date()) }
  const snapshot = (port: number): RoutingSnapshot =>
    snapshotOf([routeTo([instanceAt(port)])], { certificates: [certificate] })
  const generations = async (): Promise<string[]> =>
    (await readdir(join(directory, 'generations'))).toSorted()

  it('comes back as it was stored, certificates and keys included', async () => {
    const stored = snapshot(1)
    await open().store(stored)

    expect(await open().load()).toEqual(stored)
    expect(said).toEqual([])
  })

  it('is nothing where nothing was stored', async () => {
    expect(await open().load()).toBeUndefined()
    expect(said).toEqual([])
  })

  it('keeps the one before, and removes older ones', async () => {
    const lastGood = open()
    for (let port = 1; port <= 5; port += 1) await lastGood.store(snapshot(port))

    expect(await generations()).toHaveLength(2)
    expect(await open().load()).toMatchObject({ routes: [{ instances: [{ port: 5 }] }] })
  })

  it('takes a generation that is lower than the one before, as after a restored database', async () => {
    const lastGood = open()
    await lastGood.store({ ...snapshot(1), generation: 90 })
    await lastGood.store({ ...snapshot(2), generation: 3 })

    expect(await open().load()).toMatchObject({ generation: 3 })
  })

  it('shows its keys to nobody else', async () => {
    await open().store(snapshot(1))
    const [generation = ''] = await generations()
    const path = join(directory, 'generations', generation)

    expect((await stat(path)).mode & 0o777).toBe(0o700)
    for (const file of await readdir(path))
      expect((await stat(join(path, file))).mode & 0o777, file).toBe(0o600)
    expect(await readFile(join(path, 'snapshot.json'), 'utf8')).not.toContain('PRIVATE KEY')
  })

  it.each(['snapshot.json', 'a key', 'a missing certificate'])(
    'puts a generation aside whose content is damaged (%s), says so, and takes the one before',
    async (what) => {
      const lastGood = open()
      await lastGood.store(snapshot(1))
      await lastGood.store({
        ...snapshot(2),
        certificates: [{ ...certificate, ...createDefaultCertificate(new Date()) }],
      })
      const newest = join(directory, 'generations', (await generations()).at(-1) ?? '')
      const files = await readdir(newest)
      const file = files.find((name) => name.endsWith(what === 'a key' ? '.key' : '.crt')) ?? ''
      if (what === 'snapshot.json') await writeFile(join(newest, what), '{"half')
      else if (what === 'a key') await writeFile(join(newest, file), 'nonsense')
      else await rm(join(newest, file))

      const loaded = await open().load()

      expect(loaded).toMatchObject({ routes: [{ instances: [{ port: 1 }] }] })
      expect(said).toHaveLength(1)
      expect(await generations()).toContainEqual(expect.stringMatching(/^corrupt-/))
    },
  )

  it('with nothing left that is whole is nothing, and not fatal', async () => {
    await open().store(snapshot(1))
    const [generation = ''] = await generations()
    await writeFile(join(directory, 'generations', generation, 'snapshot.json'), '')
    await writeFile(join(directory, 'current'), '../../../etc/passwd')

    expect(await open().load()).toBeUndefined()
    expect(said).toHaveLength(1)
  })

  it('is not confused by a store that was cut off half-way, and removes it in time', async () => {
    const lastGood = open()
    await lastGood.store(snapshot(1))
    const [generation = ''] = await generations()
    const half = join(directory, 'generations', `.${generation}-x`)
    await mkdir(half)
    await writeFile(join(half, 'snapshot.json'), 'half')

    await open().store(snapshot(2))
    expect(await open().load()).toMatchObject({ routes: [{ instances: [{ port: 2 }] }] })
    expect(await generations()).toContain(`.${generation}-x`)
    await utimes(half, 1, 1)
    await open().store(snapshot(3))

    expect(await open().load()).toMatchObject({ routes: [{ instances: [{ port: 3 }] }] })
    expect((await generations()).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('is whole when a worker and its successor store side by side', async () => {
    const both = [open(), open()]
    let newest = snapshot(0)
    for (let port = 1; port <= 20; port += 1) {
      newest = snapshot(port)
      await Promise.all(both.map((each) => each.store(newest)))
    }

    expect(await open().load()).toEqual(newest)
    expect((await generations()).length).toBeLessThanOrEqual(2)
    expect(said).toEqual([])
  })
})
