import { beforeEach, describe, expect, it } from 'vitest'
import { systemActor } from '#core/access/system-actor.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { type Database, openDatabase, transactionOf } from '#store/database.ts'

const NOON = new Date('2026-11-22T12:00:00Z')
const clock = { now: () => NOON, elapsedMs: () => 0, sleep: async () => {} }
const actor = { ...systemActor('team-1'), name: 'anna', id: 'user-1', address: '192.0.2.7' }

describe('the audit log (rules of section 8)', () => {
  let db: Database
  let audit: ReturnType<typeof createAuditLog>

  beforeEach(() => {
    db = openDatabase(':memory:', { create: true })
    audit = createAuditLog({ audit: createAuditStore(db), clock, key: Buffer.alloc(32, 1) })
  })

  const appendThree = () => {
    for (const target of ['blog', 'shop', 'wiki'])
      audit.append({ actor, action: 'app.create', target })
  }
  const first = { cursor: undefined, limit: 50 }
  /** What somebody with root and sqlite3 would do. */
  const tamper = (sql: string) => {
    db.exec('DROP TRIGGER audit_events_stay; DROP TRIGGER audit_events_are_kept')
    db.exec(sql)
  }
  const brokenAt = (id: number) =>
    expect.objectContaining({
      code: 'AUDIT_CHAIN_BROKEN',
      details: expect.objectContaining({ id }),
    })

  it('tells who did what to what, when, from where and with which result', () => {
    audit.append({ actor, action: 'app.create', target: 'blog', details: { stack: 'node' } })
    audit.append({ actor, action: 'app.destroy', target: 'blog', result: 'denied' })

    expect(audit.list(actor, first).items).toEqual([
      {
        id: 2,
        at: NOON.toISOString(),
        actor: 'anna',
        action: 'app.destroy',
        target: 'blog',
        result: 'denied',
        address: '192.0.2.7',
        details: {},
      },
      expect.objectContaining({ id: 1, result: 'ok', details: { stack: 'node' } }),
    ])
  })

  it('is cursor-paged, newest first, and shows a team only its own', () => {
    appendThree()
    audit.append({ actor: { ...actor, teamId: 'team-2' }, action: 'app.create', target: 'theirs' })

    const one = audit.list(actor, { cursor: undefined, limit: 2 })
    const two = audit.list(actor, { cursor: one.nextCursor ?? '', limit: 2 })

    expect(one.items.map(({ target }) => target)).toEqual(['wiki', 'shop'])
    expect(two.items.map(({ target }) => target)).toEqual(['blog'])
    expect(two.nextCursor).toBeNull()
    expect(() => audit.list(actor, { cursor: 'x', limit: 2 })).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    )
  })

  it('goes with the transaction that it tells of', async () => {
    const transact = transactionOf(db)

    expect(() =>
      transact(() => {
        audit.append({ actor, action: 'app.create', target: 'blog' })
        throw new Error('the name is taken')
      }),
    ).toThrow('the name is taken')
    audit.append({ actor, action: 'app.create', target: 'shop' })

    expect(audit.list(actor, first).items).toMatchObject([{ id: 1, target: 'shop' }])
    expect(await audit.verify()).toEqual({ events: 1 })
  })

  it('cannot be changed by the daemon itself', () => {
    appendThree()

    expect(() => db.exec("UPDATE audit_events SET actor = 'nobody'")).toThrow('never changed')
    expect(() => db.exec('DELETE FROM audit_events')).toThrow('never removed')
  })

  it('is verified when nothing was touched, empty or not', async () => {
    expect(await audit.verify()).toEqual({ events: 0 })
    appendThree()
    expect(await audit.verify()).toEqual({ events: 3 })
  })

  it.each([
    ['an event that was edited', "UPDATE audit_events SET actor = 'nobody' WHERE id = 2", 2],
    ['details that were edited', "UPDATE audit_events SET details_json = '{ }' WHERE id = 1", 1],
    ['an event moved to another team', "UPDATE audit_events SET team_id = 't' WHERE id = 3", 3],
    ['an event that was taken out', 'DELETE FROM audit_events WHERE id = 2', 2],
    [
      'a gap that was closed',
      'DELETE FROM audit_events WHERE id = 2; UPDATE audit_events SET id = 2 WHERE id = 3',
      2,
    ],
    ['an end that was cut off', 'DELETE FROM audit_events WHERE id = 3', 3],
    ['everything removed', 'DELETE FROM audit_events', 1],
    ['a head that was removed', "DELETE FROM meta WHERE key = 'audit_head'", 4],
    [
      'a cut that was covered up',
      "DELETE FROM audit_events WHERE id = 3; UPDATE meta SET value = (SELECT '2 ' || hash || ' 00' FROM audit_events WHERE id = 2) WHERE key = 'audit_head'",
      2,
    ],
  ])('shows %s', async (_what, sql, id) => {
    appendThree()
    tamper(sql)

    await expect(audit.verify()).rejects.toEqual(brokenAt(id))
  })
})
