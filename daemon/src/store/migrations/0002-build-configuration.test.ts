import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import { NO_APP_CONFIG } from '@vastrox/shared/app-config.ts'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createAppStore } from '#store/app-store.ts'
import { createBuildStore } from '#store/build-store.ts'
import { openDatabase } from '#store/database.ts'
import { initial } from '#store/migrations/0001-initial.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vastrox-migration-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A database as the version before has left it, with two apps and a build. */
function databaseOfBefore(): string {
  const path = join(folder, 'control.db')
  const db = new BetterSqlite3(path)
  db.exec(initial)
  db.exec(
    'CREATE TABLE migrations (position INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT',
  )
  const checksum = createHash('sha256').update(initial).digest('hex')
  db.prepare('INSERT INTO migrations (name, checksum) VALUES (?, ?)').run('0001-initial', checksum)
  db.prepare("INSERT INTO teams VALUES ('t1', 'team', '')").run()
  const addApp = db.prepare(
    `INSERT INTO apps (id, team_id, name, settings_json, scale_json, created_at)
     VALUES (?, 't1', ?, ?, '{}', '')`,
  )
  for (const [id, healthTimeoutMs] of [
    ['untouched', 60_000],
    ['patient', 90_000],
  ])
    addApp.run(id, id, JSON.stringify({ ...DEFAULT_APP_SETTINGS, healthTimeoutMs }))
  db.prepare(
    `INSERT INTO builds (id, team_id, app_id, stack, image_id, image_size_bytes, dockerfile,
       processes_json, image_env_json, source_id, duration_ms, created_at)
     VALUES ('b1', 't1', 'patient', 'node', 'sha256:1', 1, 'FROM x', '{"web":"node ."}', '{}', 's1', 1, '')`,
  ).run()
  db.close()
  return path
}

it('takes the time-out that nobody chose for the default, and one that was chosen for a choice', () => {
  const db = openDatabase(databaseOfBefore(), { create: false })

  const settings = createAppStore(db)
    .listForPlatform()
    .map(({ name, settings: { healthTimeoutMs } }) => [name, healthTimeoutMs])
  expect(settings).toEqual([
    ['patient', 90_000],
    ['untouched', null],
  ])
  db.close()
})

it('keeps the builds of before, of which no plan is known', () => {
  const db = openDatabase(databaseOfBefore(), { create: false })

  expect(createBuildStore(db).findForPlatform('b1')).toMatchObject({
    sourceId: 's1',
    config: NO_APP_CONFIG,
    plan: null,
    image: null,
  })
  db.close()
})
