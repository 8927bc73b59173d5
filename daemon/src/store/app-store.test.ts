import { DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import { describe, expect, it } from 'vitest'
import { type AppRecord, createAppStore } from '#store/app-store.ts'
import { openTestDatabase } from '#test/test-database.ts'
import { createTeamStore } from '#store/team-store.ts'
import { deployToken, owner } from '#test/fakes/actors.ts'

const AT = '2026-11-22T12:00:00.000Z'
const app = (id: string, change: Partial<AppRecord> = {}): AppRecord => ({
  id,
  teamId: 'team1',
  name: id,
  stack: null,
  settings: DEFAULT_APP_SETTINGS,
  scale: {},
  processLimits: {},
  wanted: true,
  liveReleaseId: null,
  createdAt: AT,
  destroyedAt: null,
  ...change,
})

function setUp() {
  const db = openTestDatabase(':memory:', { create: true })
  const teams = createTeamStore(db)
  for (const team of ['team1', 'team2']) teams.insertForPlatform(team, team, AT)
  return { db, apps: createAppStore(db) }
}

describe('the rows of apps', () => {
  it('come back as they were written', () => {
    const { apps } = setUp()
    const blog = app('blog', { stack: 'node', scale: { web: 2 }, wanted: false })
    apps.insert(blog)

    expect(apps.findByName(owner(), 'blog')).toEqual(blog)
  })

  it('are seen by their team only, and by tokens of theirs (decision 11)', () => {
    const { apps } = setUp()
    apps.insert(app('blog'))
    apps.insert(app('shop'))
    apps.insert(app('theirs', { teamId: 'team2' }))
    const names = (list: AppRecord[]) => list.map(({ name }) => name)

    expect(names(apps.list(owner()))).toEqual(['blog', 'shop'])
    expect(names(apps.list(deployToken(['shop', 'theirs'])))).toEqual(['shop'])
    expect(apps.findByName(owner(), 'theirs')).toBeUndefined()
    expect(apps.findById(owner(), 'theirs')).toBeUndefined()
    expect(apps.findByName(deployToken(['shop']), 'blog')).toBeUndefined()
    apps.saveSettings(owner(), 'theirs', { ...DEFAULT_APP_SETTINGS, drainMs: 1 })
    apps.markDestroyed(owner(), 'theirs', AT)
    expect(apps.findByIdForPlatform('theirs')).toEqual(app('theirs', { teamId: 'team2' }))
  })

  it('keep a name to one app at a time, and free it in the trash', () => {
    const { apps } = setUp()
    apps.insert(app('one', { name: 'blog' }))
    expect(() => apps.insert(app('two', { name: 'blog' }))).toThrow('UNIQUE')
    expect(apps.isNameTakenForPlatform('blog')).toBe(true)

    apps.markDestroyed(owner(), 'one', AT)

    expect(apps.isNameTakenForPlatform('blog')).toBe(false)
    apps.insert(app('two', { name: 'blog' }))
    expect(apps.findByName(owner(), 'blog')?.id).toBe('two')
    expect(apps.listDestroyed(owner()).map(({ id }) => id)).toEqual(['one'])
  })

  it('count deployments and releases without a gap or a repeat', () => {
    const { apps } = setUp()
    apps.insert(app('blog'))

    const taken = [1, 2, 3].map(() => apps.takeDeploymentNumberForPlatform('blog'))

    expect(taken).toEqual([1, 2, 3])
    expect(apps.takeReleaseNumberForPlatform('blog')).toBe(1)
    expect(() => apps.takeReleaseNumberForPlatform('none')).toThrow('no app')
  })

  it('give settings that were added later their defaults', () => {
    const { apps, db } = setUp()
    apps.insert(app('blog'))
    db.prepare('UPDATE apps SET settings_json = ?').run(JSON.stringify({ drainMs: 7 }))

    expect(apps.findByIdForPlatform('blog')?.settings).toEqual({
      ...DEFAULT_APP_SETTINGS,
      drainMs: 7,
    })
  })

  it('go only from the trash', () => {
    const { apps } = setUp()
    apps.insert(app('blog'))
    apps.removeForPlatform('blog')
    expect(apps.findByIdForPlatform('blog')).toBeDefined()

    apps.markDestroyed(owner(), 'blog', AT)
    expect(apps.listDestroyedBeforeForPlatform(AT)).toEqual([])
    expect(apps.listDestroyedBeforeForPlatform('2026-11-23')).toHaveLength(1)
    apps.removeForPlatform('blog')
    expect(apps.findByIdForPlatform('blog')).toBeUndefined()
  })
})
