import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
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
    (await readdir(join(directory, 'snapshots'))).toSorted()
  const bundles = (): Promise<string[]> => readdir(join(directory, 'certificates'))
  const inCertificates = (name: string): string => join(directory, 'certificates', name)

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
    const [bundle = ''] = await bundles()

    expect((await stat(join(directory, 'certificates'))).mode & 0o777).toBe(0o700)
    expect((await stat(inCertificates(bundle))).mode & 0o777).toBe(0o600)
    const stored = join(directory, 'snapshots', generation)
    expect((await stat(stored)).mode & 0o777).toBe(0o600)
    expect(await readFile(stored, 'utf8')).not.toContain('PRIVATE KEY')
  })

  const another = (id: string) => ({ ...certificate, id, ...createDefaultCertificate(new Date()) })

  it.each(['a snapshot', 'a certificate', 'a missing bundle'])(
    'puts a generation aside whose content is damaged (%s), says so, and takes the one before',
    async (what) => {
      const lastGood = open()
      await lastGood.store(snapshot(1))
      const before = await bundles()
      await lastGood.store({ ...snapshot(2), certificates: [another('c1')] })
      const newest = join(directory, 'snapshots', (await generations()).at(-1) ?? '')
      const bundle = (await bundles()).find((name) => !before.includes(name)) ?? ''
      if (what === 'a snapshot') await writeFile(newest, '{"half')
      else if (what === 'a certificate') await writeFile(inCertificates(bundle), 'nonsense')
      else await rm(inCertificates(bundle))

      const loaded = await open().load()

      expect(loaded).toMatchObject({ routes: [{ instances: [{ port: 1 }] }] })
      expect(said).toHaveLength(1)
      expect(await generations()).toContainEqual(expect.stringMatching(/^corrupt-/))
    },
  )

  it('writes a certificate once, packs many bundles into one, and removes what nobody names', async () => {
    const lastGood = open()
    const certificates = [another('c0')]
    for (let count = 1; count <= 15; count += 1) {
      await lastGood.store({ ...snapshot(count), certificates: [...certificates] })
      certificates.push(another(`c${count}`))
    }
    await lastGood.store({ ...snapshot(16), certificates: [...certificates] })
    for (const name of await bundles()) await utimes(inCertificates(name), 1, 1)
    await lastGood.store({ ...snapshot(17), certificates: [...certificates] })
    await lastGood.store({ ...snapshot(18), certificates: [...certificates] })

    expect((await bundles()).length).toBeLessThanOrEqual(12)
    expect((await open().load())?.certificates).toEqual(certificates)
  })

  it('with nothing left that is whole is nothing, and not fatal', async () => {
    await open().store(snapshot(1))
    const [generation = ''] = await generations()
    await writeFile(join(directory, 'snapshots', generation), '')
    await writeFile(join(directory, 'current'), '../../../etc/passwd')

    expect(await open().load()).toBeUndefined()
    expect(said).toHaveLength(1)
  })

  it('is not confused by a store that was cut off half-way, and removes it in time', async () => {
    const lastGood = open()
    await lastGood.store(snapshot(1))
    const [generation = ''] = await generations()
    const half = join(directory, 'snapshots', `${generation}.7.x.new`)
    await writeFile(half, 'half')

    await open().store(snapshot(2))
    expect(await open().load()).toMatchObject({ routes: [{ instances: [{ port: 2 }] }] })
    expect(await generations()).toContain(`${generation}.7.x.new`)
    await utimes(half, 1, 1)
    await open().store(snapshot(3))

    expect(await open().load()).toMatchObject({ routes: [{ instances: [{ port: 3 }] }] })
    expect((await generations()).filter((name) => name.endsWith('.new'))).toEqual([])
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
