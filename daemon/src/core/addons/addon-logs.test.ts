import { CodedError } from '@vastrox/shared/errors.ts'
import type { LogFilter } from '@vastrox/shared/log.ts'
import { permissionsIn } from '@vastrox/shared/permissions.ts'
import { expect, it } from 'vitest'
import { DEFAULT_LOG_SETTINGS } from '#core/logs/log-settings.ts'
import { createAddonStore } from '#store/addon-store.ts'
import { createLogSettingsStore } from '#store/log-settings-store.ts'
import { createAddonHarness } from '#test/addon-harness.ts'

const WEEK_MS = 7 * 24 * 3_600_000

async function running() {
  const harness = await createAddonHarness()
  const { actor, clock, create, db, logs, settled } = harness
  await create({})
  await settled()
  const addon = createAddonStore(db).findByName(actor, 'shop-db')
  if (!addon) throw new Error('it was not made')
  return {
    ...harness,
    addon,
    /** The archive writes what it is given after a moment. */
    texts: async (filter: LogFilter = {}) => {
      const lines = await clock.until(logs.tail(actor, 'shop-db', 100, filter))
      return lines.map(({ text }) => text)
    },
  }
}

it('what a database prints outlives its container, without passwords in it', async () => {
  const { actor, addon, fake, secrets, service, stopAll, texts, logs, clock } = await running()
  const { password } = secrets.rootOf(addon)
  fake.print('LOG: database system is ready')
  fake.print(`STATEMENT: ALTER ROLE postgres PASSWORD '${password}'`)
  const said = [
    'LOG: database system is ready',
    "STATEMENT: ALTER ROLE postgres PASSWORD '[redacted]'",
  ]
  expect(await texts()).toEqual(said)

  fake.print('ERROR: relation "orders" does not exist')
  await clock.pass(1_000)
  await service.stop(actor, 'shop-db')
  expect(fake.containers.size).toBe(0)

  expect(await texts()).toEqual([...said, 'ERROR: relation "orders" does not exist'])
  expect(await texts({ level: 'error' })).toEqual(['ERROR: relation "orders" does not exist'])
  const page = { limit: 1 }
  const found = await clock.until(logs.search(actor, 'shop-db', { text: 'role' }, page))
  expect(found).toMatchObject({
    items: [{ text: said[1], source: 'shop-db', stream: 'stderr', id: '2' }],
    nextCursor: null,
  })
  await stopAll()
})

it('a database’s log is gone on with where it ended, and followed as it comes', async () => {
  const { actor, addons, clock, fake, logs, stopAll, texts } = await running()
  fake.print('one')
  await clock.pass(20_000)
  await addons.stop()
  fake.print('two, while nobody read')
  addons.start()
  await clock.pass(20_000)
  expect(await texts()).toEqual(['one', 'two, while nobody read'])

  const client = new AbortController()
  const lines = logs.follow(actor, 'shop-db', { limit: 1 }, client.signal)
  expect((await clock.until(lines.next())).value).toMatchObject({ text: 'two, while nobody read' })
  const next = lines.next()
  await clock.pass(1_000)
  fake.print('three')
  expect((await clock.until(next)).value).toMatchObject({ text: 'three', id: '3' })
  client.abort()
  await stopAll()
})

it('a database’s log is nobody’s who may not see it, and goes with it when it is purged', async () => {
  const { actor, addon, archive, clock, fake, logs, stopAll, texts, trash } = await running()
  fake.print('one')
  expect(await texts()).toEqual(['one'])
  const stranger = { ...actor, teamId: 'team-of-others' }
  await expect(logs.tail(stranger, 'shop-db', 10)).rejects.toThrow(
    expect.objectContaining({ code: 'ADDON_NOT_FOUND' }),
  )
  expect(() => logs.follow(stranger, 'shop-db', { limit: 1 }, AbortSignal.abort())).toThrow(
    CodedError,
  )

  await trash.destroy(actor, 'shop-db', 'shop-db')
  await clock.pass(60_000)
  expect(await archive.lastNumber(addon.id)).toBe(1)
  clock.jump(2 * WEEK_MS)
  await trash.purge(actor, addon.id, 'shop-db')
  expect(await archive.lastNumber(addon.id)).toBe(0)
  await stopAll()
})

it('how long a database’s lines are kept is said per database, and holds at once', async () => {
  const { actor, addon, archive, clock, db, fake, logs, stopAll, texts } = await running()
  const pruned: string[] = []
  archive.keepWithinLimits = async (id) => void pruned.push(id)
  fake.print('one')
  expect(await texts()).toEqual(['one'])
  expect(await clock.until(logs.settings.get(actor, 'shop-db'))).toMatchObject(DEFAULT_LOG_SETTINGS)

  const change = { keepDays: 90, linesPerSecond: 50 }
  const kept = await clock.until(logs.settings.change(actor, 'shop-db', change))
  expect(kept).toMatchObject({ keepDays: 90, keepBytes: 100 * 2 ** 20, linesPerSecond: 50 })
  expect(pruned).toEqual([addon.id])
  expect(createLogSettingsStore(db, 'addon').findForPlatform(addon.id)?.keepDays).toBe(90)
  // What follows is read by it, from where it was, and nothing twice.
  await clock.pass(1_000)
  expect(fake.rates.at(-1)).toBe(50)
  fake.print('two')
  await clock.pass(1_000)
  expect(await texts()).toEqual(['one', 'two'])

  const developer = {
    ...actor,
    permissions: new Set(permissionsIn('developer', { isOperators: true })),
  }
  await expect(
    logs.settings.change(developer, 'shop-db', { keepBytes: 2 ** 31 }),
  ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
  await expect(
    logs.settings.get({ ...actor, teamId: 'team-of-others' }, 'shop-db'),
  ).rejects.toMatchObject({ code: 'ADDON_NOT_FOUND' })
  await stopAll()
})
