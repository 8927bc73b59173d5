import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createAddonHarness } from '#test/addon-harness.ts'
import { owner } from '#test/fakes/actors.ts'
import { createWorld } from '#test/harness.ts'

const folder = mkdtempSync(join(tmpdir(), 'vastrox-addons-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const coded = (code: string) => expect.objectContaining({ code })

describe('an add-on', () => {
  it('is made in the background and runs once its server answers', async () => {
    const { create, settled, fake, auditOf, stopAll } = await createAddonHarness()

    expect(await create({ memoryBytes: 512 * 2 ** 20 })).toMatchObject({
      name: 'shop-db',
      version: '17',
      state: 'creating',
      host: 'shop-db.addons.internal',
      port: 5_432,
    })
    expect(await settled()).toMatchObject({ state: 'running', reason: null })

    const [spec] = fake.started
    expect(spec).toMatchObject({
      addonName: 'shop-db',
      generation: 1,
      image: { prepared: { stack: 'postgresql', version: '17' } },
      volume: { mountPath: '/data', isNew: true },
      limits: { memoryBytes: 512 * 2 ** 20, cpuMillis: 0 },
    })
    expect(spec?.command).toContain('shared_buffers=128MB')
    expect(auditOf('addon.create')).toHaveLength(1)
    await stopAll()
  })

  it('has no password of its own in the arguments of anything, nor in its rows', async () => {
    const { create, settled, fake, db, stopAll } = await createAddonHarness()
    await create({})
    await settled()

    const password = fake.started[0]?.env['POSTGRES_PASSWORD'] ?? ''
    expect(password).toMatch(/^[0-9a-f]{64}$/)
    const argv = [...fake.executed.map((each) => each.argv), fake.started[0]?.command ?? []]
    expect(JSON.stringify(argv)).not.toContain(password)
    expect(JSON.stringify(db.prepare('SELECT * FROM addons').all())).not.toContain(password)
    await stopAll()
  })

  it('says why it could not be made, and is tried again by a restart', async () => {
    const { create, settled, fake, service, actor, stopAll } = await createAddonHarness()
    fake.answer = () => ({ exitCode: 2, stdout: '', stderr: 'could not connect' })
    fake.logs = ['FATAL: could not write to the disk']
    await create({})
    await createEnded(fake)
    expect(await settled()).toMatchObject({ state: 'failed' })
    expect((await settled()).reason).toContain('could not write to the disk')

    fake.answer = () => ({ exitCode: 0, stdout: '', stderr: '' })
    service.restart(actor, 'shop-db')
    expect(await settled()).toMatchObject({ state: 'running', reason: null })
    await stopAll()
  })

  it('is refused where its name, kind, version or memory is not right', async () => {
    const { create, service, actor, stranger, stopAll } = await withStranger()
    await create({})

    await expect(create({})).rejects.toThrow(coded('ADDON_NAME_TAKEN'))
    await expect(create({ name: 'other', kind: 'oracle' })).rejects.toThrow(
      coded('ADDON_KIND_UNKNOWN'),
    )
    await expect(create({ name: 'other', version: '9' })).rejects.toThrow(
      coded('ADDON_VERSION_UNKNOWN'),
    )
    await expect(create({ name: 'other', memoryBytes: 32 * 2 ** 20 })).rejects.toThrow(
      coded('ADDON_MEMORY_TOO_SMALL'),
    )
    expect(() => service.get(stranger, 'shop-db')).toThrow(coded('ADDON_NOT_FOUND'))
    expect(service.list(stranger)).toEqual([])
    const viewer = owner({ permissions: new Set(['addon.read']) })
    await expect(service.create(viewer, { name: 'x1', kind: 'redis' })).rejects.toThrow(
      coded('PERMISSION_DENIED'),
    )
    expect(service.list(actor)).toHaveLength(1)
    await stopAll()
  })

  it('gets another container with settings that match when it is given more', async () => {
    const { create, settled, service, actor, fake, stopAll } = await createAddonHarness()
    await create({})
    await settled()

    await service.change(actor, 'shop-db', { memoryBytes: 2 ** 30 })
    await settled()

    expect(fake.started.map(({ generation }) => generation)).toEqual([1, 2])
    expect(fake.started[1]?.command).toContain('shared_buffers=256MB')
    expect(fake.started[1]?.volume).toEqual({ ...fake.started[0]?.volume, isNew: false })
    await stopAll()
  })

  it('stays stopped until somebody starts it, and keeps its volume', async () => {
    const { create, settled, service, actor, fake, clock, stopAll } = await createAddonHarness()
    await create({})
    await settled()
    await service.stop(actor, 'shop-db')
    await clock.pass(2 * 3_600_000)
    expect(fake.containers.size).toBe(0)
    expect(await settled()).toMatchObject({ state: 'stopped' })

    service.start(actor, 'shop-db')
    expect(await settled()).toMatchObject({ state: 'running' })
    expect(fake.started.at(-1)?.volume?.isNew).toBe(false)
    await stopAll()
  })

  it('whose container is gone is started again within a minute (K1)', async () => {
    const { create, settled, fake, clock, problems, stopAll } = await createAddonHarness()
    await create({})
    await settled()
    const before = fake.started.length

    fake.containers.clear()
    await clock.pass(61_000)

    expect(fake.started).toHaveLength(before + 1)
    expect(fake.started.at(-1)?.volume?.isNew).toBe(false)
    expect((await settled()).state).toBe('running')
    expect(problems).toEqual([])
    await stopAll()
  })

  it('that no row knows is told of once and left alone (K7)', async () => {
    const { create, settled, fake, clock, problems, stopAll } = await createAddonHarness()
    await create({})
    await settled()
    const [own] = fake.containers.values()
    if (!own) throw new Error('nothing runs')
    fake.containers.set('unknown1', { ...own, seen: { ...own.seen, addonId: 'unknown1' } })

    await clock.pass(180_000)

    expect(fake.containers.has('unknown1')).toBe(true)
    expect(problems).toHaveLength(1)
    await stopAll()
  })

  it.each(['addon.prepared', 'addon.started'])(
    'is finished by the next daemon where one died at %s',
    async (crashAt) => {
      const world = createWorld(join(folder, `${crashAt}.db`))
      const first = await createAddonHarness(world, { crashAt })
      await first.create({})
      await first.clock.pass(3_000)
      expect(first.isDead()).toBe(true)

      const second = await createAddonHarness(world)
      expect(await second.settled()).toMatchObject({ state: 'running' })
      expect(second.fake.containers.size).toBe(1)
      await second.stopAll()
    },
  )
})

async function withStranger() {
  const harness = await createAddonHarness()
  return { ...harness, stranger: owner({ teamId: 'another-team' }) }
}

/** The fake's server ends as soon as it is looked at. */
async function createEnded(fake: Awaited<ReturnType<typeof createAddonHarness>>['fake']) {
  await new Promise<void>((resolve) => {
    setImmediate(resolve)
  })
  const mark = () => {
    for (const running of fake.containers.values()) running.seen = { ...running.seen, restarts: 9 }
  }
  for (let turn = 0; turn < 40; turn += 1) {
    mark()
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
  }
}
