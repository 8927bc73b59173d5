import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDatabase } from '#store/database.ts'
import { createMembershipStore } from '#store/membership-store.ts'
import { migrations } from '#store/migrations/index.ts'
import { createSessionStore } from '#store/session-store.ts'
import { createTeamStore } from '#store/team-store.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vastrox-migration-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A database as the version before has left it, with two teams, three users and a session. */
function databaseOfBefore(): string {
  const path = join(folder, 'control.db')
  const db = new BetterSqlite3(path)
  db.pragma('foreign_keys = ON')
  db.exec(
    'CREATE TABLE migrations (position INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT',
  )
  const before = migrations.slice(
    0,
    migrations.findIndex(({ name }) => name === '0017-people'),
  )
  for (const { name, sql } of before) {
    db.exec(sql)
    const checksum = createHash('sha256').update(sql).digest('hex')
    db.prepare('INSERT INTO migrations (name, checksum) VALUES (?, ?)').run(name, checksum)
  }
  db.exec(`
    INSERT INTO teams (id, name, created_at) VALUES ('t2', 'later', '2026-02-01'), ('t1', 'default', '2026-01-01');
    INSERT INTO users (id, team_id, name, role, created_at) VALUES
      ('u1', 't1', 'admin', 'owner', '2026-01-01'), ('u2', 't1', 'vera', 'viewer', '2026-01-02'),
      ('u3', 't2', 'omar', 'owner', '2026-02-01');
    INSERT INTO sessions (id, user_id, team_id, method, refresh_generation, refresh_hash, refreshed_at,
      user_agent, address, created_at, last_used_at, expires_at)
      VALUES ('s1', 'u2', 't1', 'link', 1, '', '', '', '', '', '', '');
  `)
  db.close()
  return path
}

it('makes everybody a member of the team that they were in, and the first team the operators', () => {
  const db = openDatabase(databaseOfBefore(), { create: false })
  const memberships = createMembershipStore(db)

  expect(
    ['u1', 'u2', 'u3'].flatMap((user) =>
      memberships
        .listOfUserForPlatform(user)
        .map(({ userName, teamId, role, isDisabled }) => [userName, teamId, role, isDisabled]),
    ),
  ).toEqual([
    ['admin', 't1', 'owner', false],
    ['vera', 't1', 'viewer', false],
    ['omar', 't2', 'owner', false],
  ])
  expect(createTeamStore(db).operatorsForPlatform()?.id).toBe('t1')
  expect(memberships.firstOwnerForPlatform()?.userId).toBe('u1')
  expect(createSessionStore(db).findByIdForPlatform('s1')?.userId).toBe('u2')
  expect(db.pragma('foreign_key_check')).toEqual([])
  db.close()
})
