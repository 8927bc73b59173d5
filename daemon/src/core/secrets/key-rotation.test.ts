import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createSecretBox } from '#adapters/system/secret-box.ts'
import { createPurposeKeys } from '#core/secrets/purpose-keys.ts'
import { hasOwnContext, sealedContext } from '#core/secrets/sealed-context.ts'
import { createPurposeKeyStore } from '#store/purpose-key-store.ts'
import { createSealedStore, type SealedColumn } from '#store/sealed-store.ts'
import { createAppHarness } from '#test/app-harness.ts'
import { owner } from '#test/fakes/actors.ts'
import { createMemoryRing, createTestRotation } from '#test/test-rotation.ts'

const coded = (code: string) => expect.objectContaining({ code })

/** Every sealed column, with rows in it whose text says where they are. */
function setUp() {
  const harness = createAppHarness()
  const { db, audit, clock, transact, actor } = harness
  const ring = createMemoryRing()
  const sealed = createSealedStore(db)
  harness.appService.create(actor, { name: 'hello' })
  db.pragma('foreign_keys = OFF')
  for (const column of sealed.columns()) fill(column, 3)
  db.pragma('foreign_keys = ON')

  /** Rows of one table, with a text in every column that must have one. */
  function fill({ table, column, key }: SealedColumn, count: number): void {
    const infos = db
      .prepare<[string], { name: string; type: string; notnull: number; dflt_value: unknown }>(
        'SELECT name, type, "notnull", dflt_value FROM pragma_table_info(?)',
      )
      .all(table)
    for (let at = 0; at < count; at++) {
      const keyValues = key.map((name) => `${name}-${column}-${at}`)
      const context = sealedContext(
        { table, column, key },
        { key: keyValues, sealed: Buffer.alloc(0) },
      )
      const values = infos.flatMap(({ name, type, notnull, dflt_value }): [string, unknown][] => {
        if (name === column) return [[name, createSecretBox(ring).seal(`of ${context}`, context)]]
        const place = key.indexOf(name)
        if (place >= 0) return [[name, keyValues[place]]]
        if (notnull === 0 || dflt_value !== null) return []
        if (type === 'BLOB') return [[name, Buffer.alloc(0)]]
        return [[name, type === 'INTEGER' ? at + 1 : `${column} ${at}`]]
      })
      db.prepare(
        `INSERT INTO ${table} (${values.map(([name]) => `"${name}"`).join(', ')})
         VALUES (${values.map(() => '?').join(', ')})`,
      ).run(...values.map(([, value]) => value))
    }
  }

  /** What each value says, opened with the keys that are on the disk: as a daemon that starts has them. */
  function openAll(): string[] {
    const box = createSecretBox(ring.restarted())
    return sealed
      .columns()
      .flatMap((column) =>
        sealed
          .listOthers(column, '00000000', undefined, 1_000)
          .map((row) => box.open(row.sealed, sealedContext(column, row))),
      )
  }

  const start = (crashAt?: string) => {
    const keys = ring.restarted()
    let isDead = false
    const rotation = createTestRotation({
      db,
      actor,
      audit,
      clock,
      transact,
      secretBox: createSecretBox(keys),
      keys,
      crashPoint(name) {
        if (name !== crashAt) return
        isDead = true
        throw new Error('the daemon was killed')
      },
      onProblem: (what) => {
        if (!isDead) throw new Error(what)
      },
    })
    return { rotation, isDead: () => isDead }
  }

  return { ...harness, ring, sealed, openAll, start }
}

const noSignal = new AbortController().signal
const ignore = async () => {}

describe('another master key', () => {
  it('takes over every sealed value of the schema, and the old one goes from the disk', async () => {
    const { start, ring, openAll, sealed, clock, audited } = setUp()
    const before = openAll()
    expect(new Set(before).size).toBe(sealed.columns().length * 3)
    const [old] = ring.disk()
    const { rotation } = start()

    const begun = await rotation.rotate(owner(), { signOut: false })
    expect(begun).toMatchObject({ isUnderWay: true, values: before.length })
    expect(begun.done).toBeLessThan(before.length)
    const ended = await clock.until(rotation.untilDone(noSignal, ignore))

    expect(ended).toMatchObject({ isUnderWay: false, done: before.length, unreadable: [] })
    expect(ring.disk()).toHaveLength(1)
    expect(ring.disk()).not.toContain(old)
    expect(openAll()).toEqual(before)
    expect(
      audited()
        .slice(-2)
        .map((line) => line.split(' ')[0]),
    ).toEqual(['secrets.rotate', 'secrets.rotated'])
  })

  it.each([
    'secrets.keyMade',
    'secrets.resealed',
    'secrets.resealedAll',
    'secrets.beforeDrop',
    'secrets.dropped',
  ])('killed at %s: everything opens, and the next daemon brings it to its end', async (point) => {
    const { start, ring, openAll, sealed, clock } = setUp()
    const before = openAll()
    const first = start(point)
    await clock.until(
      first.rotation
        .rotate(owner(), { signOut: false })
        .then(() => first.rotation.untilDone(noSignal, ignore))
        .catch(() => undefined),
    )
    expect(first.isDead()).toBe(true)
    expect(openAll()).toEqual(before)

    const { rotation } = start()
    rotation.start()
    await clock.until(rotation.untilDone(noSignal, ignore))

    expect(openAll()).toEqual(before)
    expect(ring.disk()).toHaveLength(1)
    expect([...sealed.countByKey().keys()]).toEqual(ring.disk())
  })

  it('does not lose what is written meanwhile', async () => {
    const { start, db, openAll, clock } = setUp()
    const { rotation } = start()
    await rotation.rotate(owner(), { signOut: false })
    db.prepare("UPDATE env_variables SET key = 'MOVED' WHERE key LIKE '%-1'").run()
    db.prepare("DELETE FROM env_variables WHERE key = 'MOVED'").run()
    const left = openAll().length

    await clock.until(rotation.untilDone(noSignal, ignore))

    expect(openAll()).toHaveLength(left)
  })

  it('keeps a key that a value still names which cannot be opened, and names the value', async () => {
    const { ring, db, clock, audit, transact, actor } = setUp()
    db.pragma('foreign_keys = OFF')
    db.prepare("UPDATE env_variables SET app_id = 'elsewhere' WHERE key LIKE '%-2'").run()
    const keys = ring.restarted()
    const problems: string[] = []
    const rotation = createTestRotation({
      db,
      actor,
      audit,
      clock,
      transact,
      secretBox: createSecretBox(keys),
      keys,
      onProblem: (what) => problems.push(what),
    })

    await rotation.rotate(owner(), { signOut: false })
    const ended = await clock.until(rotation.untilDone(noSignal, ignore))

    expect(ended.unreadable).toEqual([expect.stringContaining('env_variables.sealed elsewhere/')])
    expect(ring.disk()).toHaveLength(2)
    expect(problems).toEqual(['1 sealed values cannot be opened, and keep their key'])
  })

  it('is not begun a second time while it is under way', async () => {
    const { start, clock } = setUp()
    const { rotation } = start()
    await rotation.rotate(owner(), { signOut: false })

    await expect(rotation.rotate(owner(), { signOut: false })).rejects.toEqual(
      coded('SECRETS_ROTATING'),
    )
    await clock.until(rotation.untilDone(noSignal, ignore))
  })

  it('makes one key where two ask at the same moment', async () => {
    const { start, ring, clock } = setUp()
    const { rotation } = start()

    const both = await Promise.allSettled([
      rotation.rotate(owner(), { signOut: false }),
      rotation.rotate(owner(), { signOut: false }),
    ])

    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(ring.disk()).toHaveLength(2)
    await clock.until(rotation.untilDone(noSignal, ignore))
  })

  it('signs everybody out where that is asked for', async () => {
    const { start, db, clock, sealed } = setUp()
    expect(sealed.columns().length).toBeGreaterThan(10)
    const keyOf = () =>
      db
        .prepare("SELECT key_sealed FROM purpose_keys WHERE purpose = 'refresh-token'")
        .pluck()
        .get()
    const { rotation } = start()

    await rotation.rotate(owner(), { signOut: true })
    await clock.until(rotation.untilDone(noSignal, ignore))

    expect(keyOf()).toBeInstanceOf(Buffer)
    expect(db.prepare('SELECT count(*) FROM sessions').pluck().get()).toBe(0)
  })
})

describe('keys of one purpose', () => {
  it('stay the same under another master key, and are those that were derived before', async () => {
    const { db, clock, start, ring } = setUp()
    db.prepare('DELETE FROM purpose_keys').run()
    const keysOf = () =>
      createPurposeKeys({
        store: createPurposeKeyStore(db),
        secretBox: createSecretBox(ring.restarted()),
        clock,
        derive: (purpose) => Buffer.alloc(32, purpose.length),
        isNew: false,
      })
    const before = ['audit', 'refresh-token', 'webhooks'].map((name) => keysOf().deriveKey(name))
    expect(before[0]).toEqual(Buffer.alloc(32, 5))
    expect(before[2]).not.toEqual(Buffer.alloc(32, 8))

    const { rotation } = start()
    await rotation.rotate(owner(), { signOut: false })
    await clock.until(rotation.untilDone(noSignal, ignore))

    expect(['audit', 'refresh-token', 'webhooks'].map((name) => keysOf().deriveKey(name))).toEqual(
      before,
    )
  })
})

describe('sealed columns', () => {
  it('are each sealed with the context that a change of the key opens them by', () => {
    const { sealed } = setUp()
    const sources = textsOf(join(import.meta.dirname, '../..'))
    const unknown = sealed
      .columns()
      .filter((column) => !hasOwnContext(column))
      // A table that no code writes yet has nothing in it.
      .filter(({ table }) => sources.includes(`INSERT INTO ${table}`))
      .filter(({ table, column }) => !new RegExp(`\`${table}\\|[^\`]*\\|${column}\``).test(sources))

    // A new one is sealed with the context `table|key|column` (the parts of a key joined by a slash),
    // or has its own rule in sealed-context.ts.
    expect(unknown).toEqual([])
  })

  it('all have a primary key to be found by', () => {
    const { sealed } = setUp()
    expect(sealed.columns().filter(({ key }) => key.length === 0)).toEqual([])
  })
})

function textsOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
    .filter((entry) => !entry.parentPath.endsWith('/migrations'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')
}
