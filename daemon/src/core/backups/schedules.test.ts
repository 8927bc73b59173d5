import { CreateBackupSchedule } from '@vastrox/shared/backup.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { createScheduleTimes } from '#core/backups/schedule-times.ts'
import { cronTimes } from '#jobs/cron-times.ts'
import { createRestoreStore } from '#store/restore-store.ts'
import { type BackupHarness, createBackupHarness } from '#test/backup-harness.ts'

const DAY_MS = 86_400_000
let harness: BackupHarness
beforeEach(async () => {
  harness = createBackupHarness()
  await harness.addDestination()
})

const schedule = (wish: Partial<CreateBackupSchedule> = {}) =>
  harness.schedules.create(
    harness.actor,
    CreateBackupSchedule.parse({ subject: 'addon:shop-db', ...wish }),
  )
const last3 = { last: 3, daily: 0, weekly: 0, monthly: 0 }

describe('a schedule of backups', () => {
  it('backs up at its times, and retention removes what is not needed, by id', async () => {
    harness.addAddon()
    const { id } = schedule({ retention: last3 })

    await harness.clock.pass(6 * DAY_MS)

    const all = harness.list()
    expect(all.map(({ state }) => state)).toEqual(['done', 'done', 'done'])
    expect(all.every((one) => one.schedule === id)).toBe(true)
    expect(harness.node.snapshots()).toHaveLength(3)
    expect(harness.audited().filter((event) => event.startsWith('backup.retention'))).toHaveLength(
      3,
    )
    expect(harness.problems).toEqual([])
  })

  it('removes nothing that a restore under way needs, nor does anybody', async () => {
    const { id: addonId } = harness.addAddon()
    schedule({ retention: last3 })
    await harness.clock.pass(4 * DAY_MS)
    const needed = harness.list().at(-1)?.id ?? ''
    const restores = createRestoreStore(harness.db)
    const row = {
      id: harness.newId(),
      teamId: harness.actor.teamId,
      backupId: needed,
      subject: { type: 'addon' as const, id: addonId, name: 'shop-db' },
      how: 'in-place' as const,
      name: null,
      paths: [],
      by: { kind: 'user' as const, id: 'user1', name: 'anna', userId: 'user1' },
      state: 'queued' as const,
      progress: null,
      target: null,
      madeId: null,
      isTouched: false,
      deploymentId: null,
      safetyBackupId: null,
      checks: [],
      reason: null,
      startedAt: harness.clock.now().toISOString(),
      endedAt: null,
    }
    restores.saveForPlatform(row, 500)

    await harness.clock.pass(3 * DAY_MS)

    expect(harness.list().map(({ id }) => id)).toContain(needed)
    expect(() => harness.backups.remove(harness.actor, needed, 'shop-db')).toThrow(
      expect.objectContaining({ code: 'BACKUP_NOT_READY' }),
    )
    restores.saveForPlatform({ ...row, state: 'failed', endedAt: row.startedAt }, 500)
    await harness.clock.pass(2 * DAY_MS)
    expect(harness.list().map(({ id }) => id)).not.toContain(needed)
  })

  it('of `app` removes nothing of `app-2` or `app2` (B6)', async () => {
    for (const name of ['app', 'app-2', 'app2']) harness.addAddon(name)
    for (const name of ['app-2', 'app2'])
      for (let time = 0; time < 5; time += 1) await harness.backUp(`addon:${name}`)
    schedule({ subject: 'addon:app', retention: last3 })

    await harness.clock.pass(10 * DAY_MS)

    expect(harness.list('addon:app')).toHaveLength(3)
    expect(harness.list('addon:app-2')).toHaveLength(5)
    expect(harness.list('addon:app2')).toHaveLength(5)
    expect(harness.node.snapshots()).toHaveLength(13)
  })

  it('removes nothing for a day where the clock was set a year ahead, and no more than usual after it', async () => {
    harness.addAddon()
    const { id } = schedule({ retention: { last: 3, daily: 5, weekly: 0, monthly: 0 } })
    await harness.clock.pass(8 * DAY_MS)
    const before = harness.node.snapshots().length

    harness.clock.jump(365 * DAY_MS)
    await harness.clock.pass(DAY_MS)

    expect(before).toBe(5)
    expect(harness.node.snapshots()).toHaveLength(6)
    expect(harness.retention.plan(harness.actor, id).refused).toMatch(
      /clock of the server was moved/,
    )
    await harness.clock.pass(4 * DAY_MS)
    expect(harness.node.snapshots()).toHaveLength(5)
  })

  it('makes up once for the times that were missed', async () => {
    harness.addAddon()
    schedule()
    await harness.clock.pass(DAY_MS)
    await harness.stop()
    expect(harness.list()).toHaveLength(1)
    await harness.clock.pass(5 * DAY_MS)

    const next = createBackupHarness({ world: harness.world })
    await next.clock.settle()

    expect(next.list()).toHaveLength(2)
    await next.stop()
  })

  it('asks for no second one while the first is not done', async () => {
    harness.addAddon()
    schedule({ schedule: '@hourly' })
    harness.node.mishaps.push('hang')

    await harness.clock.pass(5 * 3_600_000)

    expect(harness.list()).toHaveLength(1)
    await harness.stop()
  })

  it('rests while its subject is in the trash, removes nothing of it, and goes on once it is back', async () => {
    harness.addAddon()
    const { id } = schedule({ retention: last3 })
    await harness.clock.pass(5 * DAY_MS)
    const before = harness.list()
    const gone = harness.addons.splice(0)

    await harness.clock.pass(30 * DAY_MS)

    expect(harness.schedules.get(harness.actor, id)).toMatchObject({
      isEnabled: true,
      nextAt: null,
    })
    expect(harness.node.snapshots()).toHaveLength(3)
    expect(harness.list()).toEqual(before)
    expect(harness.news).toEqual([])

    harness.addons.push(...gone)
    await harness.clock.pass(DAY_MS + 3_600_000)

    const [newest] = harness.list()
    expect(newest).toMatchObject({ state: 'done', schedule: id })
    expect(before.map((backup) => backup.id)).not.toContain(newest?.id)
  })

  it('tells once that no good backup comes of it, and again only after there was one', async () => {
    const { id } = harness.addAddon('shop-db', 'no end')
    schedule()
    const overdue = () => harness.news.filter(({ event }) => event === 'backup.overdue')

    await harness.clock.pass(5 * DAY_MS)
    expect(overdue()).toHaveLength(1)
    expect(harness.news.filter(({ event }) => event === 'backup.failed')).toHaveLength(5)
    harness.node.addons.set(id, Buffer.from('rows END'))
    await harness.clock.pass(2 * DAY_MS)
    harness.node.addons.set(id, Buffer.from('no end'))
    await harness.clock.pass(4 * DAY_MS)

    expect(overdue()).toHaveLength(2)
  })

  it('is one of a subject at a destination, with times that come', async () => {
    harness.addAddon()
    schedule()

    expect(() => schedule()).toThrow(expect.objectContaining({ code: 'BACKUP_SCHEDULE_EXISTS' }))
    expect(() => schedule({ schedule: 'now and then' })).toThrow(
      expect.objectContaining({ code: 'BACKUP_SCHEDULE_INVALID' }),
    )
    expect(harness.schedules.list(harness.stranger)).toEqual([])
  })

  it('shows what has a schedule, and proposes one where there is none', async () => {
    harness.addApp('shop')
    harness.addAddon()
    const { id } = schedule()
    await harness.clock.pass(2 * DAY_MS)

    const [app, addon] = harness.overview.list(harness.actor)

    expect(app).toMatchObject({ proposedSchedule: '@daily', backups: 0, proof: { provenAt: null } })
    expect(addon).toMatchObject({
      schedules: [id],
      proposedSchedule: null,
      backups: 2,
      grownBytes: 36,
      proof: { provenAt: null, failure: null },
    })
    expect(addon?.proof.lastBackupAt).not.toBeNull()
  })
})

describe('the times of a schedule', () => {
  const times = createScheduleTimes(cronTimes)
  const daily = (id: string) => ({ id, schedule: '@daily', timeZone: null })
  const from = new Date('2026-11-22T12:00:00Z')

  it('are spread over an hour by its id, and the same every day', () => {
    const minutes = Array.from({ length: 40 }, (_, at) => {
      const first = times.next(daily(`schedule${at}`), from)
      const second = first && times.next(daily(`schedule${at}`), first)
      expect(second && first && second.getTime() - first.getTime()).toBe(DAY_MS)
      return (first?.getTime() ?? 0) - Date.parse('2026-11-23T00:00:00Z')
    })

    expect(Math.min(...minutes)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...minutes)).toBeLessThan(3_600_000)
    expect(new Set(minutes.map((one) => Math.floor(one / 600_000))).size).toBeGreaterThan(4)
  })
})
