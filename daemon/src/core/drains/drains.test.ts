import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { LogLine } from '@vastrox/shared/log.ts'
import type { AddLogDrain } from '@vastrox/shared/log-drain.ts'
import { describe, expect, it } from 'vitest'
import { masterKeyOf } from '#adapters/system/master-key.ts'
import { createSecretBox } from '#adapters/system/secret-box.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import { createDrainBook } from '#core/drains/drain-book.ts'
import { createDrainBuffer } from '#core/drains/drain-buffer.ts'
import { createDrainService } from '#core/drains/drain-service.ts'
import type { DrainLine, DrainTarget } from '#ports/log-drain-end.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { transactionOf } from '#store/database.ts'
import { createLogDrainStore } from '#store/log-drain-store.ts'
import { createHarness } from '#test/harness.ts'

const MINUTE_MS = 60_000
const SECRET = 'ZQ-bearer-ZQ-1234'
const AWAY = () => {
  throw new CodedError('DRAIN_UNREACHABLE', { reason: 'logs.example refuses the connection.' })
}
const lineOf = (text: string): LogLine => ({
  at: '2026-11-22T12:00:00.000Z',
  source: 'web.1',
  release: 1,
  stream: 'stdout',
  text,
})

function setUp() {
  const harness = createHarness()
  const { db, apps, clock, newId, events, actor } = harness
  const other: { open: () => void; send: (lines: readonly DrainLine[]) => unknown } = {
    open: () => {},
    send: () => {},
  }
  const opened: DrainTarget[] = []
  const taken: DrainLine[] = []
  const told: string[] = []
  const secretBox = createSecretBox(masterKeyOf(Buffer.alloc(32, 7)))
  const audit = createAuditLog({
    audit: createAuditStore(db),
    clock,
    key: masterKeyOf(Buffer.alloc(32, 7)).deriveKey('audit'),
  })
  const deps = {
    drains: createLogDrainStore(db),
    ends: {
      async open(target: DrainTarget) {
        opened.push(target)
        other.open()
        return {
          async send(lines: readonly DrainLine[]) {
            const leftOut = await other.send(lines)
            taken.push(...lines)
            return typeof leftOut === 'number' ? leftOut : 0
          },
          close: () => {},
        }
      },
    },
    apps,
    finder: createAppFinder(apps),
    secretBox,
    notify: (_: string, { title }: { title: string }) => void told.push(title),
    audit,
    events,
    clock,
    newId,
    transact: transactionOf(db),
    dashboardUrl: () => 'https://dash.example:8443',
    random: () => 0.5,
  }
  const book = createDrainBook(deps)
  const service = createDrainService({ ...deps, book })
  const add = (wish: Partial<AddLogDrain> = {}) =>
    service.add(actor, { kind: 'syslog', target: 'logs.example:6514', ...wish })
  return {
    ...harness,
    addApp: (name: string) => harness.addApp(name),
    deps,
    other,
    opened,
    taken,
    told,
    book,
    service,
    add,
    texts: () => taken.map(({ line }) => line.text),
  }
}

describe('a log drain', () => {
  it('is given the lines of its app, or of all apps of its team, in their order', async () => {
    const { add, addApp, book, clock, taken, service, actor } = setUp()
    const [hello, shop] = [addApp('hello'), addApp('shop')]
    await add({ app: 'shop' })
    const { id } = await add()

    for (let at = 1; at <= 3; at += 1) {
      book.take(hello.id, lineOf(`hello ${at}`))
      book.take(shop.id, lineOf(`shop ${at}`))
    }
    book.take('nobody', lineOf('of an app that is not there'))
    await clock.pass(1_000)

    const ofHello = taken.filter(({ app }) => app === 'hello').map(({ line }) => line.text)
    expect(ofHello).toEqual(['hello 1', 'hello 2', 'hello 3'])
    expect(taken.filter(({ app }) => app === 'shop')).toHaveLength(6)
    expect(service.get(actor, id)).toMatchObject({
      state: 'sending',
      sentLines: 6,
      droppedLines: 0,
      waitingLines: 0,
    })
  })

  it('keeps what waits while nobody takes it, and sends it once more from where it stopped', async () => {
    const { add, addApp, book, clock, texts, other, service, actor } = setUp()
    const { id: app } = addApp('hello')
    const { id } = await add()
    other.open = AWAY

    book.take(app, lineOf('one'))
    await clock.pass(10_000)
    book.take(app, lineOf('two'))
    expect(service.get(actor, id)).toMatchObject({
      state: 'failing',
      reason: 'logs.example refuses the connection.',
      waitingLines: 2,
    })
    other.open = () => {}
    let isFirst = true
    other.send = () => {
      if (!isFirst) return
      isFirst = false
      AWAY()
    }
    await clock.pass(MINUTE_MS)

    expect(texts()).toEqual(['one', 'two'])
    expect(service.get(actor, id)).toMatchObject({
      state: 'sending',
      failingSince: null,
      reason: null,
    })
  })

  it('never holds up an app: the oldest lines go, are counted, and are said to be missing', async () => {
    const { add, addApp, book, clock, taken, other, service, actor } = setUp()
    const { id: app } = addApp('hello')
    const { id } = await add()
    other.open = AWAY
    const text = 'x'.repeat(1_000)

    for (let at = 0; at < 10_000; at += 1) book.take(app, lineOf(`${at} ${text}`))
    await clock.pass(1_000)
    const { droppedLines, waitingLines } = service.get(actor, id)
    other.open = () => {}
    await clock.pass(MINUTE_MS)

    expect(droppedLines).toBeGreaterThan(7_000)
    expect(droppedLines + waitingLines).toBe(10_000)
    expect(taken[0]?.line).toMatchObject({
      source: 'platform',
      text: expect.stringContaining(`${droppedLines} lines are missing here`),
    })
    expect(taken).toHaveLength(waitingLines + 1)
    expect(taken[1]?.line.text).toMatch(new RegExp(`^${droppedLines} `))
    expect(taken.at(-1)?.line.text).toMatch(/^9999 /)
  })

  it('is asked less and less often, as late as it wants, and told of after five minutes', async () => {
    const { add, addApp, book, clock, opened, other, told, deps, actor } = setUp()
    const { id: app } = addApp('hello')
    await add()
    other.open = AWAY

    book.take(app, lineOf('one'))
    await clock.pass(4 * MINUTE_MS)
    expect(opened.length).toBeLessThan(12)
    expect(told).toEqual([])
    await clock.pass(2 * MINUTE_MS)
    expect(told).toEqual(['No logs reach logs.example:6514'])
    other.open = () => {
      throw new CodedError('DRAIN_UNREACHABLE', { reason: 'busy', retryAfterMs: 5 * MINUTE_MS })
    }
    await clock.pass(2 * MINUTE_MS)
    const before = opened.length
    await clock.pass(3 * MINUTE_MS)
    expect(opened.length).toBe(before)
    other.open = () => {}
    await clock.pass(5 * MINUTE_MS)

    expect(told).toEqual([
      'No logs reach logs.example:6514',
      'Logs are sent to logs.example:6514 again',
    ])
    expect(deps.audit.list(actor, { limit: 20 }).items.map(({ action }) => action)).toEqual([
      'log-drain.well',
      'log-drain.failing',
      'log-drain.add',
    ])
  })

  it('is not told of once more by a daemon that starts anew, but when it works again', async () => {
    const { add, addApp, book, clock, deps, other, told } = setUp()
    const { id: app } = addApp('hello')
    await add()
    other.open = AWAY
    book.take(app, lineOf('one'))
    await clock.pass(6 * MINUTE_MS)
    expect(told).toEqual(['No logs reach logs.example:6514'])
    await clock.until(book.stop())

    const next = createDrainBook(deps)
    next.openAll()
    next.take(app, lineOf('two'))
    await clock.pass(6 * MINUTE_MS)
    expect(told).toHaveLength(1)
    other.open = () => {}
    await clock.pass(2 * MINUTE_MS)

    expect(told).toEqual([
      'No logs reach logs.example:6514',
      'Logs are sent to logs.example:6514 again',
    ])
    expect(deps.drains.listForPlatform().map(({ isToldFailing }) => isToldFailing)).toEqual([false])
  })

  it('shows no key that is in its address', async () => {
    const { add, service, actor, opened, addApp, book, clock } = setUp()
    const { id: app } = addApp('hello')
    const key = 'ZQ0123456789abcdef'
    const target = `https://logs.example/v1/input/${key}?token=${key}`
    await add({ kind: 'http', target })
    book.take(app, lineOf('one'))
    await clock.pass(1_000)

    expect(opened).toMatchObject([{ target }])
    expect(service.list(actor)).toMatchObject([{ target: 'https://logs.example/v1/input/…?…' }])
  })

  it('counts what is too long for the other side as left out', async () => {
    const { add, addApp, book, clock, other, service, actor } = setUp()
    const { id: app } = addApp('hello')
    const { id } = await add()
    other.send = () => 1

    book.take(app, lineOf('short'))
    book.take(app, lineOf('long'))
    await clock.pass(1_000)

    expect(service.get(actor, id)).toMatchObject({
      state: 'sending',
      sentLines: 1,
      droppedLines: 1,
      waitingLines: 0,
    })
  })

  it('that hangs does not hold up another one', async () => {
    const { add, addApp, book, clock, texts, other } = setUp()
    const { id: app } = addApp('hello')
    await add()
    let isFirst = true
    other.send = async () => {
      if (!isFirst) return
      isFirst = false
      await new Promise(() => {})
    }
    await add({ target: 'other.example:6514' })

    book.take(app, lineOf('one'))
    await clock.pass(1_000)

    expect(texts()).toEqual(['one'])
  })

  it('sends what waits when the daemon ends, if that takes no longer than a moment', async () => {
    const { add, addApp, book, clock, texts } = setUp()
    const { id: app } = addApp('hello')
    await add()

    book.take(app, lineOf('the last words'))
    await clock.until(book.stop())

    expect(texts()).toEqual(['the last words'])
  })

  it('is off, changed and gone at once; its secret is sealed and nowhere else', async () => {
    const { add, addApp, book, clock, taken, service, actor, opened, db, deps } = setUp()
    const { id: app } = addApp('hello')
    const { id } = await add({ kind: 'http', target: 'https://logs.example/in', secret: SECRET })
    book.take(app, lineOf('one'))
    await clock.pass(1_000)
    expect(opened).toMatchObject([{ kind: 'http', secret: SECRET }])

    expect(await service.change(actor, id, { isOn: false })).toMatchObject({
      state: 'off',
      hasSecret: true,
    })
    book.take(app, lineOf('two'))
    await clock.pass(1_000)
    await service.change(actor, id, { isOn: true, secret: '' })
    book.take(app, lineOf('three'))
    await clock.pass(1_000)
    await service.remove(actor, id)
    book.take(app, lineOf('four'))
    await clock.pass(1_000)

    expect(taken.map(({ line }) => line.text)).toEqual(['one', 'three'])
    expect(opened.at(-1)).toMatchObject({ secret: null })
    const seen = JSON.stringify([
      db.prepare('SELECT * FROM log_drains').all(),
      deps.audit.list(actor, { limit: 20 }),
      service.list(actor),
    ])
    expect(seen).not.toContain('ZQ')
    expect(() => service.get(actor, id)).toThrow(
      expect.objectContaining({ code: 'LOG_DRAIN_NOT_FOUND' }),
    )
  })

  it('is tried with one line, and what becomes of it is said', async () => {
    const { add, service, actor, other, texts } = setUp()
    const { id } = await add()

    expect(await service.test(actor, id, AbortSignal.timeout(10_000))).toMatchObject({
      isTaken: true,
    })
    other.open = AWAY
    expect(await service.test(actor, id, AbortSignal.timeout(10_000))).toMatchObject({
      isTaken: false,
      answer: 'logs.example refuses the connection.',
    })
    expect(texts()).toEqual(['A test that anna asked for.'])
  })

  it('is seen by its own team alone, refused where it leads nowhere, and beyond ten', async () => {
    const { add, service, actor } = setUp()
    const { id } = await add()
    const stranger: Actor = { ...actor, teamId: 'team2' }
    const notFound = expect.objectContaining({ code: 'LOG_DRAIN_NOT_FOUND' })

    expect(service.list(stranger)).toEqual([])
    expect(() => service.get(stranger, id)).toThrow(notFound)
    await expect(service.change(stranger, id, {})).rejects.toMatchObject({
      code: 'LOG_DRAIN_NOT_FOUND',
    })
    await expect(service.remove(stranger, id)).rejects.toMatchObject({
      code: 'LOG_DRAIN_NOT_FOUND',
    })
    for (const wish of [
      { target: 'https://logs.example/' },
      { kind: 'http', target: 'http://logs.example/' },
      { kind: 'http', target: 'https://a:b@logs.example/' },
      { secret: 'x' },
      { caPem: 'no certificate' },
    ] as const)
      await expect(add(wish)).rejects.toMatchObject({ code: 'LOG_DRAIN_INVALID' })
    await expect(add({ app: 'none' })).rejects.toMatchObject({ code: 'APP_NOT_FOUND' })
    for (let at = 1; at < 10; at += 1) await add()
    await expect(add()).rejects.toMatchObject({ code: 'LOG_DRAINS_FULL' })
  })
})

describe('what waits for a drain', () => {
  it('stays in its order and within its bound, whatever comes and goes', () => {
    const buffer = createDrainBuffer(() => 100_000)
    let [pushed, popped, gone] = [0, 0, 0]

    for (let round = 0; round < 200; round += 1) {
      for (let at = 0; at < 37 * (round % 7); at += 1) {
        gone += buffer.push({ app: 'a', line: lineOf(String(pushed)) })
        pushed += 1
      }
      for (const { line } of buffer.take(100, 10_000)) {
        expect(Number(line.text)).toBeGreaterThanOrEqual(popped)
        popped = Number(line.text) + 1
      }
      expect(buffer.size()).toBeLessThanOrEqual(500)
    }

    expect(gone).toBeGreaterThan(0)
    expect(buffer.takeDropped()).toBe(gone)
  })
})
