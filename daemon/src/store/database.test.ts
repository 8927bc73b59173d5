import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '#store/database.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vastrox-database-'))
  path = join(folder, 'control.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

const coded = (code: string) => expect.objectContaining({ code })

describe('the control database', () => {
  it('is opened with the pragmas of rule S1', () => {
    const db = openDatabase(path, { create: true })

    expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(db.pragma('synchronous', { simple: true })).toBe(2)
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1)
    db.close()
  })

  it('keeps what was written when it is opened again', () => {
    const first = openDatabase(path, { create: true })
    first.prepare("INSERT INTO meta VALUES ('a', 'b')").run()
    first.close()

    const second = openDatabase(path, { create: false })
    expect(second.prepare('SELECT value FROM meta').pluck().get()).toBe('b')
    second.close()
  })

  it('is refused when it is missing, and no new one is made (rule S4)', () => {
    expect(() => openDatabase(path, { create: false })).toThrow(coded('DATABASE_MISSING'))
    expect(() => openDatabase(path, { create: false })).toThrow(coded('DATABASE_MISSING'))
  })

  it('is refused when it is damaged (rule S4)', () => {
    writeFileSync(path, Buffer.alloc(40_000, 'not a database'))

    expect(() => openDatabase(path, { create: false })).toThrow(coded('DATABASE_CORRUPT'))
  })

  it('is refused when a newer version has written it (rule S5)', () => {
    const db = openDatabase(path, { create: true })
    db.prepare("INSERT INTO migrations (name, checksum) VALUES ('9999-later', 'x')").run()
    db.close()

    expect(() => openDatabase(path, { create: false })).toThrow(coded('DATABASE_NEWER'))
  })

  it('is not called damaged because it cannot be written just now (rule S6)', () => {
    const holder = openDatabase(path, { create: true })
    holder.pragma('locking_mode = EXCLUSIVE')
    holder.prepare("INSERT INTO meta VALUES ('a', 'b')").run()

    expect(() => openDatabase(path, { create: false })).toThrow('locked')
    holder.close()
  })

  it('never changes or removes an audit event', () => {
    const db = openDatabase(path, { create: true })
    db.prepare(
      `INSERT INTO audit_events (id, team_id, at, actor, actor_id, action, target, result, details_json, hash)
       VALUES (1, 't', 'now', 'a', 'a', 'x', 'y', 'ok', '{}', 'h')`,
    ).run()

    expect(() => db.prepare("UPDATE audit_events SET actor = 'b'").run()).toThrow('never changed')
    expect(() => db.prepare('DELETE FROM audit_events').run()).toThrow('never removed')
    db.close()
  })
})
