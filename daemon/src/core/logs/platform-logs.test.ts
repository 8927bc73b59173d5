import { CodedError } from '@vastrox/shared/errors.ts'
import { expect, it } from 'vitest'
import { createPlatformLogs } from '#core/logs/platform-logs.ts'
import { owner } from '#test/fakes/actors.ts'
import { createFakeClock } from '#test/fakes/clock.ts'
import { createFakePlatformLog } from '#test/fakes/platform-log.ts'

const at = (ms: number): string => new Date(Date.parse('2026-11-22T12:00:00Z') + ms).toISOString()

function setUp() {
  const clock = createFakeClock()
  const fake = createFakePlatformLog()
  const logs = createPlatformLogs({ node: fake.agent(async () => {}), clock })
  for (let count = 1; count <= 30; count += 1)
    // Three of each in one millisecond.
    fake.print(
      ['daemon', 'agent', 'proxy-1'][count % 3] ?? '',
      at(Math.ceil(count / 3)),
      `n ${count}`,
    )
  const texts = (lines: readonly { text: string }[]) => lines.map(({ text }) => text)
  return { clock, fake, logs, texts, actor: owner() }
}

async function collected<T>(given: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of given) items.push(item)
  return items
}

it('operators read the last lines of all processes, and of those that they name', async () => {
  const { actor, logs, texts } = setUp()

  expect(await logs.tail(actor, 2)).toMatchObject([
    { text: 'n 29', source: 'proxy-1', stream: 'platform', at: at(10) },
    { text: 'n 30', source: 'daemon' },
  ])
  expect(texts(await logs.tail(actor, 2, { source: 'proxy' }))).toEqual(['n 26', 'n 29'])
  expect(texts(await logs.tail(actor, 100, { text: 'N 2', from: at(9) }))).toEqual([
    'n 25',
    'n 26',
    'n 27',
    'n 28',
    'n 29',
  ])
  await expect(logs.tail(actor, 2, { source: 'secrets' })).rejects.toMatchObject({
    code: 'LOG_FILTER_INVALID',
  })
})

it('they are searched page by page, newest first, without a gap or a repeat', async () => {
  const { actor, logs, texts } = setUp()
  const found: string[] = []
  let cursor: string | undefined
  do {
    const page = await logs.search(actor, {}, { cursor, limit: 7 })
    expect(page.items.length).toBeLessThanOrEqual(7)
    found.push(...texts(page.items))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)

  expect(found).toEqual(Array.from({ length: 30 }, (_, index) => `n ${30 - index}`))
  await expect(logs.search(actor, {}, { cursor: 'x', limit: 1 })).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
  })
})

it('all of them are had oldest first, over pages, and whoever leaves ends it', async () => {
  const { actor, fake, logs, texts } = setUp()
  for (let count = 31; count <= 2_500; count += 1) fake.print('agent', at(11), `n ${count}`)
  const client = new AbortController()
  const all = await collected(logs.all(actor, { to: at(60_000) }, client.signal))

  expect(texts(all)).toEqual(Array.from({ length: 2_500 }, (_, index) => `n ${index + 1}`))
  const some = await collected(logs.all(actor, { to: at(60_000), text: 'n 249' }, client.signal))
  expect(some).toHaveLength(11)
  client.abort()
  expect(await collected(logs.all(actor, {}, client.signal))).toEqual([])
})

it('they are followed as they come, also over an agent that is started anew', async () => {
  const { actor, clock, fake, logs } = setUp()
  const client = new AbortController()
  const lines = logs.follow(actor, { limit: 1, filter: { text: 'n ' } }, client.signal)
  const next = async () => (await clock.until(lines.next())).value
  expect(await next()).toMatchObject({ text: 'n 30' })

  fake.print('agent', at(10), 'n same millisecond')
  fake.print('agent', at(20), 'not looked for')
  expect(await next()).toMatchObject({ text: 'n same millisecond' })
  fake.failure = new CodedError('AGENT_UNREACHABLE')
  const after = next()
  await clock.pass(5_000)
  fake.failure = undefined
  fake.print('agent', at(5_000), 'n ready')
  const last = await after
  expect(last).toMatchObject({ text: 'n ready' })
  client.abort()

  fake.print('daemon', at(6_000), 'n while nobody read')
  const again = logs.follow(actor, { limit: 1, after: last?.id }, new AbortController().signal)
  expect((await clock.until(again.next())).value).toMatchObject({ text: 'n while nobody read' })
})

it('is for operators alone, and says where it is where systemd keeps it', async () => {
  const { actor, fake, logs } = setUp()
  const other = owner({ permissions: new Set(['app.read']) })
  await expect(logs.tail(other, 1)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
  expect(() => logs.follow(other, { limit: 1 }, AbortSignal.abort())).toThrow(CodedError)

  fake.failure = new CodedError('LOG_UNAVAILABLE')
  await expect(logs.search(actor, {}, { limit: 1 })).rejects.toMatchObject({
    code: 'LOG_UNAVAILABLE',
  })
  // A stream has begun by then: it says so in a line, and ends.
  const lines = logs.follow(actor, { limit: 1 }, new AbortController().signal)
  expect((await lines.next()).value).toMatchObject({
    text: expect.stringContaining('not kept where it could be read'),
  })
  expect((await lines.next()).done).toBe(true)
})

it('what is found is bounded in memory, and gone on behind', async () => {
  const { actor, fake, logs } = setUp()
  for (let count = 0; count < 20; count += 1)
    fake.print('agent', at(1_000 + count), `${count} ${'x'.repeat(2 ** 20)}`)

  const { items, nextCursor } = await logs.search(actor, { text: 'xx' }, { limit: 1_000 })
  expect(items.length).toBeLessThan(10)
  const rest = await logs.search(actor, { text: 'xx' }, { limit: 1_000, cursor: nextCursor ?? '' })
  expect(rest.items[0]?.text.slice(0, 4)).toBe(`${19 - items.length} x`)
})
