import { CodedError } from '@vastrox/shared/errors.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createAddonHarness } from '#test/addon-harness.ts'
import { createWorld } from '#test/harness.ts'

const folder = mkdtempSync(join(tmpdir(), 'vastrox-addon-life-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const coded = (code: string) => expect.objectContaining({ code })
const WEEK_MS = 7 * 24 * 3_600_000
const withAddons = (...addons: unknown[]) => ({
  files: { 'server.js': '', 'app.json': JSON.stringify({ addons }) },
})

async function running(...given: Parameters<typeof createAddonHarness>) {
  const harness = await createAddonHarness(...given)
  await harness.create({})
  await harness.settled()
  return harness
}

describe('a destroyed add-on', () => {
  it('waits in the trash with its data, and goes only by its name after 7 days (B10)', async () => {
    const { trash, actor, fake, clock, service, auditOf, stopAll } = await running()
    await expect(trash.destroy(actor, 'shop-db', 'mistyped')).rejects.toThrow(
      coded('CONFIRMATION_WRONG'),
    )
    await trash.destroy(actor, 'shop-db', 'shop-db')
    expect(fake.containers.size).toBe(0)
    expect(service.list(actor)).toEqual([])
    const [found] = await trash.list(actor)
    const id = found?.id ?? ''
    await expect(trash.purge(actor, id, 'shop-db')).rejects.toThrow(coded('ADDON_IN_TRASH'))

    clock.jump(30 * WEEK_MS)
    await clock.pass(120_000)
    expect(await trash.list(actor)).toHaveLength(1)
    await expect(trash.purge(actor, id, 'other')).rejects.toThrow(coded('CONFIRMATION_WRONG'))
    await trash.purge(actor, id, 'shop-db')
    expect(await trash.list(actor)).toEqual([])
    expect(auditOf('addon.purge')).toHaveLength(1)
    await stopAll()
  })

  it('comes back with its volume, under another name where its own is taken', async () => {
    const { trash, actor, fake, create, settled, stopAll } = await running()
    const { volume } = fake.started[0] ?? {}
    await trash.destroy(actor, 'shop-db', 'shop-db')
    await create({})
    await settled()
    const [found] = await trash.list(actor)
    const id = found?.id ?? ''

    expect(() => trash.restore(actor, id)).toThrow(coded('ADDON_NAME_TAKEN'))
    trash.restore(actor, id, 'old-db')
    expect(await settled('old-db')).toMatchObject({ state: 'running' })
    expect(fake.started.at(-1)?.volume).toEqual({ ...volume, isNew: false })
    await stopAll()
  })

  it('is not taken from an app that has it, and an app in the trash does not hold it', async () => {
    const harness = await running()
    const { trash, actor, attach, clock, addApp, app, db, stopAll } = harness
    addApp()
    attach()
    await clock.pass(5_000)
    await expect(trash.destroy(actor, 'shop-db', 'shop-db')).rejects.toThrow(
      coded('ADDON_ATTACHED'),
    )
    db.prepare('UPDATE apps SET destroyed_at = ? WHERE id = ?').run('2026-11-22', app().id)
    await trash.destroy(actor, 'shop-db', 'shop-db')
    expect(await trash.list(actor)).toHaveLength(1)
    await stopAll()
  })

  it.each(['addon.destroyed', 'addon.purging'])(
    'is brought to its end by the next daemon where one died at %s',
    async (crashAt) => {
      const world = createWorld(join(folder, `${crashAt}.db`))
      const first = await running(world, { crashAt })
      const ended = first.trash.destroy(first.actor, 'shop-db', 'shop-db').then(async () => {
        first.clock.jump(2 * WEEK_MS)
        const [found] = await first.trash.list(first.actor)
        await first.trash.purge(first.actor, found?.id ?? '', 'shop-db')
      })
      await expect(ended).rejects.toThrow('the daemon was killed')

      const second = await createAddonHarness(world)
      await second.clock.pass(65_000)
      expect(second.fake.containers.size).toBe(0)
      const left = await second.trash.list(second.actor)
      expect(left).toHaveLength(crashAt === 'addon.purging' ? 0 : 1)
      await second.stopAll()
    },
  )
})

describe('add-ons of a source', () => {
  it('are made and attached before the first release, once', async () => {
    const { addApp, deploy, clock, envOf, service, actor, push, logOf, end, stopAll } =
      await createAddonHarness()
    addApp()
    const id = await push(
      'a1',
      withAddons('heroku-postgresql:mini', 'made-up', { plan: 'redis', as: 'CACHE' }),
    )
    await end(id)
    await clock.pass(120_000)

    expect(service.list(actor).map(({ name }) => name)).toEqual(['hello-postgresql', 'hello-redis'])
    expect(envOf()).toMatchObject({ DATABASE_USER: 'u_hello', CACHE_USER: 'u_hello' })
    expect(logOf(id).join('\n')).toContain('add-on made-up is not known and left out')

    await deploy('b2', withAddons('heroku-postgresql:mini', { plan: 'redis', as: 'CACHE' }))
    await clock.pass(120_000)
    expect(service.list(actor)).toHaveLength(2)
    await stopAll()
  })

  it('that somebody has taken away stay away', async () => {
    const { addApp, deploy, clock, attaching, trash, service, actor, stopAll } =
      await createAddonHarness()
    addApp()
    await deploy('a1', withAddons('postgresql'))
    await clock.pass(120_000)
    attaching.detach(actor, 'hello-postgresql', 'hello')
    await clock.pass(180_000)
    await trash.destroy(actor, 'hello-postgresql', 'hello-postgresql')

    await deploy('b2', withAddons('postgresql'))
    await clock.pass(120_000)
    expect(service.list(actor)).toEqual([])
    await stopAll()
  })

  it('are not made twice where the daemon died after their rows', async () => {
    const world = createWorld(join(folder, 'declared.db'))
    const first = await createAddonHarness(world, { crashAt: 'addon.declared' })
    first.addApp()
    await first.push('a1', withAddons('postgresql'))
    await first.clock.pass(5_000)
    expect(first.isDead()).toBe(true)

    const second = await createAddonHarness(world)
    await second.clock.pass(180_000)
    expect(second.service.list(second.actor)).toHaveLength(1)
    expect(second.envOf()['DATABASE_USER']).toBe('u_hello')
    await second.stopAll()
  })
})

describe('a server that is thrown away', () => {
  const wish = { kind: 'postgresql', version: '17', memoryBytes: 2 ** 28, volumeId: 'volume0001' }
  const signal = new AbortController().signal

  it('is in no list, knows the users of what it stands for, and is gone with its data', async () => {
    const { throwAways, service, actor, fake, clock, said, db, addApp, attach, stopAll } =
      await running()
    addApp()
    attach()
    await clock.pass(5_000)
    const { id } = db.prepare<[], { id: string }>('SELECT id FROM addons').get() ?? { id: '' }
    const before = said().length
    const place = await clock.until(throwAways.startThrowAway({ ...wish, like: id }, signal))

    expect(service.list(actor)).toHaveLength(1)
    expect(said().slice(before).join()).toContain('CREATE ROLE "u_hello"')
    expect(fake.links.every((link) => link.addonId !== place.addonId)).toBe(true)
    await place.stop()
    expect(fake.containers.has(place.addonId)).toBe(false)
    expect(db.prepare('SELECT count(*) FROM addons').pluck().get()).toBe(1)
    await stopAll()
  })

  it('is none of those that a crash has left, where this daemon has made it', async () => {
    const { throwAways, fake, clock, stopAll } = await running()
    const place = await clock.until(throwAways.startThrowAway(wish, signal))

    await throwAways.removeLeftovers()

    expect(fake.containers.has(place.addonId)).toBe(true)
    await place.stop()
    expect(fake.containers.has(place.addonId)).toBe(false)
    await stopAll()
  })

  it('takes the place of an add-on, which goes to the trash with its own data', async () => {
    const { throwAways, trash, service, actor, fake, clock, db, stopAll } = await running()
    const { id } = db.prepare<[], { id: string }>('SELECT id FROM addons').get() ?? { id: '' }
    const place = await clock.until(throwAways.startThrowAway(wish, signal))
    await clock.until(throwAways.replaceData(id, wish.volumeId))
    await place.stop()

    expect(service.get(actor, 'shop-db')).toMatchObject({ state: 'running' })
    expect([...fake.containers.keys()]).toEqual([place.addonId])
    expect(fake.started.at(-1)?.volume).toMatchObject({ volumeId: wish.volumeId, isNew: false })
    expect(await trash.list(actor)).toMatchObject([{ name: 'shop-db' }])
    await stopAll()
  })

  it('is finished by the next daemon where one died between the two', async () => {
    const world = createWorld(join(folder, 'replaced.db'))
    const first = await running(world, { crashAt: 'addon.replaced' })
    const { id } = first.db.prepare<[], { id: string }>('SELECT id FROM addons').get() ?? { id: '' }
    await first.clock.until(first.throwAways.startThrowAway(wish, signal))
    await expect(first.throwAways.replaceData(id, wish.volumeId)).rejects.toThrow('killed')

    const second = await createAddonHarness(world)
    await second.clock.pass(65_000)
    expect(second.service.get(second.actor, 'shop-db')).toMatchObject({ state: 'running' })
    expect(second.fake.containers.size).toBe(1)
    expect(await second.trash.list(second.actor)).toHaveLength(1)
    await second.stopAll()
  })
})

describe('a way in from outside', () => {
  it('is for one address and a time, and ends by itself', async () => {
    const { exceptions, actor, fake, clock, auditOf, stopAll } = await running()
    const open = (from: string) => exceptions.create(actor, 'shop-db', { from, minutes: 30 })
    for (const from of ['0.0.0.0/0', '10.0.0.0/8', 'example.com', '300.1.1.1', '0.0.0.0'])
      await expect(open(from)).rejects.toThrow(coded('ADDON_EXCEPTION_INVALID'))

    const made = await open('203.0.113.7')
    expect(fake.exceptions).toEqual([
      expect.objectContaining({ from: '203.0.113.7', hostPort: made.port, addonPort: 5_432 }),
    ])
    expect(exceptions.list(actor, 'shop-db')).toHaveLength(1)
    await clock.pass(31 * 60_000)
    expect(exceptions.list(actor, 'shop-db')).toEqual([])
    expect(auditOf('addon.expose')).toHaveLength(1)
    await stopAll()
  })

  it('is known of until the node has closed it', async () => {
    const { exceptions, actor, fake, stopAll } = await running()
    const { id } = await exceptions.create(actor, 'shop-db', { from: '203.0.113.7', minutes: 30 })

    fake.exceptionFailure = new CodedError('AGENT_UNREACHABLE')
    await expect(exceptions.remove(actor, 'shop-db', id)).rejects.toThrow(
      coded('AGENT_UNREACHABLE'),
    )
    expect(exceptions.list(actor, 'shop-db')).toHaveLength(1)
    fake.exceptionFailure = undefined
    await exceptions.remove(actor, 'shop-db', id)

    expect(exceptions.list(actor, 'shop-db')).toEqual([])
    expect(fake.exceptions).toEqual([])
    await stopAll()
  })
})
