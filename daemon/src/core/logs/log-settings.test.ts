import { permissionsIn } from '@vastrox/shared/permissions.ts'
import { expect, it } from 'vitest'
import { createLogSettings, DEFAULT_LOG_SETTINGS } from '#core/logs/log-settings.ts'
import { createLogSettingsStore } from '#store/log-settings-store.ts'
import { createAppHarness } from '#test/app-harness.ts'
import { createFakeLogArchive } from '#test/fakes/log-archive.ts'

it('how logs are kept is said per app, holds at once, and growing is for those who look after the node', async () => {
  const { finder, appService, actor, clock, audit, db, transact } = createAppHarness()
  const { id } = appService.create(actor, { name: 'hello' })
  const { archive } = createFakeLogArchive()
  const pruned: string[] = []
  const settings = createLogSettings({
    finder,
    store: createLogSettingsStore(db),
    archive: { ...archive, keepWithinLimits: async (appId) => void pruned.push(appId) },
    logs: { droppedOf: () => 7, settle: async () => {} },
    audit,
    clock,
    transact,
  })
  expect(await settings.get(actor, 'hello')).toMatchObject({
    ...DEFAULT_LOG_SETTINGS,
    droppedLines: 7,
    oldestAt: null,
  })

  const kept = await settings.change(actor, 'hello', { keepDays: 7, keepBytes: 2 ** 30 })

  expect(kept).toMatchObject({ keepDays: 7, keepBytes: 2 ** 30 })
  expect(settings.settingsOf(id)).toMatchObject({ keepDays: 7, linesPerSecond: 10_000 })
  expect(pruned).toEqual([id])
  const developer = {
    ...actor,
    permissions: new Set(permissionsIn('developer', { isOperators: true })),
  }
  await expect(settings.change(developer, 'hello', { keepBytes: 2 ** 31 })).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
  })
  expect(await settings.change(developer, 'hello', { keepDays: 3 })).toMatchObject({ keepDays: 3 })
})
