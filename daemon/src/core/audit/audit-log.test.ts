import { createPublicKey, verify as verifySignature } from 'node:crypto'
import type { AuditAnchor } from '@vastrox/shared/audit-event.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { systemActor } from '#core/access/system-actor.ts'
import { anchorText, createAuditAnchors } from '#core/audit/audit-anchors.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import { openTestDatabase } from '#test/test-database.ts'

const NOON = new Date('2026-11-22T12:00:00Z')
const clock = { now: () => NOON, elapsedMs: () => 0, sleep: async () => {} }
const actor = { ...systemActor('team-1'), name: 'anna', id: 'user-1', address: '192.0.2.7' }

describe('the audit log (rules of section 8)', () => {
  let db: Database
  let audit: ReturnType<typeof createAuditLog>

  beforeEach(() => {
    db = openTestDatabase(':memory:', { create: true })
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

  it('tells who did what to what, when, from where and with which result', () => {
    audit.append({ actor, action: 'app.create', target: 'blog', details: { stack: 'node' } })
    const byToken = { ...actor, via: { kind: 'token', id: '01JTOKEN' } } as const
    audit.append({ actor: byToken, action: 'app.destroy', target: 'blog', result: 'denied' })

    expect(audit.list(actor, first).items).toEqual([
      {
        id: 2,
        at: NOON.toISOString(),
        actor: 'anna',
        actorId: 'user-1',
        action: 'app.destroy',
        target: 'blog',
        result: 'denied',
        address: '192.0.2.7',
        via: 'token 01JTOKEN',
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
    expect(await audit.verify()).toMatchObject({ intact: true, events: 1 })
  })

  it('cannot be changed by the daemon itself', () => {
    appendThree()

    expect(() => db.exec("UPDATE audit_events SET actor = 'nobody'")).toThrow('never changed')
    expect(() => db.exec('DELETE FROM audit_events')).toThrow('never removed')
  })

  it('is verified when nothing was touched, empty or not', async () => {
    expect(await audit.verify()).toMatchObject({ intact: true, events: 0 })
    appendThree()
    expect(await audit.verify()).toMatchObject({ intact: true, events: 3 })
  })

  it.each([
    [
      'an event that was edited',
      "UPDATE audit_events SET actor = 'nobody' WHERE id = 2",
      2,
      'edited',
    ],
    [
      'details that were edited',
      "UPDATE audit_events SET details_json = '{ }' WHERE id = 1",
      1,
      'edited',
    ],
    [
      'an event moved to another team',
      "UPDATE audit_events SET team_id = 't' WHERE id = 3",
      3,
      'edited',
    ],
    ['an event that was taken out', 'DELETE FROM audit_events WHERE id = 2', 2, 'missing'],
    ['the first taken out', 'DELETE FROM audit_events WHERE id = 1', 1, 'missing'],
    [
      'a gap that was closed',
      'DELETE FROM audit_events WHERE id = 2; UPDATE audit_events SET id = 2 WHERE id = 3',
      2,
      'edited',
    ],
    [
      'two events that changed places',
      'UPDATE audit_events SET id = 9 WHERE id = 1; UPDATE audit_events SET id = 1 WHERE id = 2; UPDATE audit_events SET id = 2 WHERE id = 9',
      1,
      'edited',
    ],
    ['an end that was cut off', 'DELETE FROM audit_events WHERE id = 3', 3, 'missing'],
    ['everything removed', 'DELETE FROM audit_events', 1, 'missing'],
    ['a head that was removed', "DELETE FROM meta WHERE key = 'audit_head'", 4, 'missing'],
    [
      'a cut that was covered up',
      "DELETE FROM audit_events WHERE id = 3; UPDATE meta SET value = (SELECT '2 ' || hash || ' 00' FROM audit_events WHERE id = 2) WHERE key = 'audit_head'",
      2,
      'head',
    ],
    [
      'an event that was added behind the last',
      "INSERT INTO audit_events SELECT 4, team_id, at, 'nobody', actor_id, action, target, result, address, details_json, hash, via FROM audit_events WHERE id = 3",
      4,
      'edited',
    ],
    [
      'an event that was added in front of the first',
      "INSERT INTO audit_events SELECT -7, team_id, at, 'nobody', actor_id, action, target, result, address, details_json, hash, via FROM audit_events WHERE id = 3",
      -7,
      'added',
    ],
  ])('shows %s', async (_what, sql, id, kind) => {
    appendThree()
    tamper(sql)

    const { intact, findings } = await audit.verify()

    expect(intact).toBe(false)
    expect(findings).toContainEqual(expect.objectContaining({ id, kind }))
  })

  it('names the event, whichever column of whichever row is changed', async () => {
    for (let at = 0; at < 60; at++) appendThree()
    tamper('SELECT 1')
    const columns = db
      .prepare<[], string>("SELECT name FROM pragma_table_info('audit_events')")
      .pluck()
      .all()
    const random = seeded(7)

    for (const column of columns.filter((name) => name !== 'id'))
      for (let round = 0; round < 5; round++) {
        const id = 1 + Math.floor(random() * 180)
        db.exec('SAVEPOINT before')
        db.exec(
          `UPDATE audit_events SET ${column} = coalesce(${column}, '') || 'x' WHERE id = ${id}`,
        )
        const { findings } = await audit.verify()
        db.exec('ROLLBACK TO before; RELEASE before')
        expect(
          findings.map((each) => each.id),
          `${column} of ${id}`,
        ).toEqual([id])
      }
    for (const id of [1, 90, 179, 180]) {
      db.exec('SAVEPOINT before')
      db.exec(`UPDATE audit_events SET id = 100000 + id WHERE id = ${id}`)
      const { findings } = await audit.verify()
      db.exec('ROLLBACK TO before; RELEASE before')
      expect(findings[0]?.id, `the id of ${id}`).toBe(id)
      db.exec('SAVEPOINT before')
      db.exec(`DELETE FROM audit_events WHERE id = ${id}`)
      const missing = await audit.verify()
      db.exec('ROLLBACK TO before; RELEASE before')
      expect(missing.findings, `without ${id}`).toEqual([
        { id, kind: 'missing', reason: `Audit event ${id} is missing.` },
      ])
    }
    expect((await audit.verify()).intact).toBe(true)
  })

  it('finds a whole log that was put back to an earlier day, seal and all', async () => {
    const kept: AuditAnchor[] = []
    const anchors = createAuditAnchors({
      audit: createAuditStore(db),
      log: { add: async (anchor) => void kept.push(anchor), read: async () => kept },
      clock,
      seed: Buffer.alloc(32, 2),
    })
    audit = createAuditLog({
      audit: createAuditStore(db),
      clock,
      key: Buffer.alloc(32, 1),
      anchors,
    })
    appendThree()
    const [head] = db.prepare("SELECT value FROM meta WHERE key = 'audit_head'").pluck().all()
    appendThree()
    await anchors.add()
    await anchors.add()
    expect(await audit.verify()).toMatchObject({ intact: true, anchors: { count: 1 } })

    tamper('DELETE FROM audit_events WHERE id > 3')
    db.prepare("UPDATE meta SET value = ? WHERE key = 'audit_head'").run(head)

    expect((await audit.verify()).findings).toEqual([
      {
        id: 4,
        kind: 'missing',
        reason: `Audit events 4 to 6 are missing. Event 6 was signed on ${NOON.toISOString()}.`,
      },
    ])
    for (const target of ['other', 'other', 'other']) audit.append({ actor, action: 'x.y', target })
    expect((await audit.verify()).findings).toMatchObject([{ id: 6, kind: 'anchor' }])
    kept.push({ ...must(kept[0]), id: 2 })
    expect((await audit.verify()).findings.at(-1)).toMatchObject({ id: 2, kind: 'anchor' })
  })

  it('can be checked by anybody who has kept the lines of the journal', async () => {
    const kept: AuditAnchor[] = []
    const anchors = createAuditAnchors({
      audit: createAuditStore(db),
      log: { add: async (anchor) => void kept.push(anchor), read: async () => kept },
      clock,
      seed: Buffer.alloc(32, 2),
    })
    appendThree()
    await anchors.add()

    const { publicKey, signature, ...about } = must(kept[0])
    const key = createPublicKey({
      key: Buffer.from(publicKey, 'base64'),
      format: 'der',
      type: 'spki',
    })
    const check = (id: number) =>
      verifySignature(null, anchorText({ ...about, id }), key, Buffer.from(signature, 'base64'))
    expect(about.id).toBe(3)
    expect(check(3)).toBe(true)
    expect(check(4)).toBe(false)
  })
})

describe('looking through the audit log', () => {
  const page = { cursor: undefined, limit: 50 }

  function setUp() {
    const db = openTestDatabase(':memory:', { create: true })
    const audit = createAuditLog({ audit: createAuditStore(db), clock, key: Buffer.alloc(32, 1) })
    const ben = { ...actor, name: 'ben', id: 'user-2' }
    audit.append({ actor, action: 'app.create', target: 'blog' })
    audit.append({ actor: ben, action: 'app.destroy', target: 'blog', result: 'denied' })
    audit.append({ actor: ben, action: 'apple.eat', target: 'shop' })
    audit.append({ actor: { ...actor, teamId: 'team-2' }, action: 'app.create', target: 'blog' })
    return { db, audit }
  }

  it.each([
    [{}, [3, 2, 1]],
    [{ actor: 'anna' }, [1]],
    [{ actor: 'user-2' }, [3, 2]],
    [{ actor: 'an' }, [1]],
    [{ action: 'app' }, [2, 1]],
    [{ action: 'app.create' }, [1]],
    [{ target: 'bl' }, [2, 1]],
    [{ result: 'denied' as const }, [2]],
    [{ since: '2026-11-22T12:00:00.000Z' }, [3, 2, 1]],
    [{ until: '2026-11-22T12:00:00.000Z' }, []],
    [{ actor: "' OR 1=1 --" }, []],
    [{ target: '%' }, []],
  ])('gives of its own team what %j names', async (filter, ids) => {
    const { audit } = setUp()

    const found = await audit.search(actor, filter, page)
    const exported = []
    for await (const event of audit.export(actor, filter)) exported.push(event)

    expect(found).toMatchObject({ items: ids.map((id) => ({ id })), nextCursor: null })
    expect(exported.map(({ id }) => id)).toEqual(ids.toReversed())
    expect(exported.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash))).toBe(true)
  })

  it('goes on from page to page through a long log, a bounded piece at a time', async () => {
    const { db, audit } = setUp()
    const insert = db.prepare(
      `INSERT INTO audit_events SELECT ?, team_id, at, actor, actor_id, action, target, result, address, details_json, hash, via FROM audit_events WHERE id = 3`,
    )
    db.transaction(() => {
      for (let id = 5; id <= 230_000; id++) insert.run(id)
    })()
    db.exec("UPDATE meta SET value = '230000 x y' WHERE key = 'audit_head'")

    const pages = []
    let cursor: string | undefined
    do {
      const found = await audit.search(actor, { actor: 'anna' }, { cursor, limit: 50 })
      pages.push(found.items.map(({ id }) => id))
      cursor = found.nextCursor ?? undefined
    } while (cursor !== undefined)

    expect(pages).toEqual([[], [], [1]])
    let count = 0
    for await (const { id } of audit.export(actor, { actor: 'ben' })) count += id > 4 ? 1 : 0
    expect(count).toBe(229_996)
  })
})

/** Always the same numbers, so that a failure can be had again. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is not there')
  return value
}
