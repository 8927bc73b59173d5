import type { FoundLine, LogFilter } from '@vastrox/shared/log.ts'
import { describe, expect, it } from 'vitest'
import { createAppLogs } from '#core/logs/app-logs.ts'
import { followLines } from '#core/logs/follow-lines.ts'
import { found } from '#core/logs/found-line.ts'
import { createLineQueue } from '#core/logs/line-queue.ts'
import { logMatcher } from '#lib/log-match.ts'
import type { LogArchive, NumberedLine } from '#ports/log-archive.ts'
import { createFakeLogArchive } from '#test/fakes/log-archive.ts'
import { withoutPattern } from '#test/random-letters.ts'

const clock = {
  now: () => new Date('2026-11-22T17:00:00Z'),
  elapsedMs: () => performance.now(),
  sleep: (_ms?: number, _signal?: AbortSignal) =>
    new Promise<void>((resolve) => setTimeout(resolve, 1)),
}
function setUp() {
  const kept = createFakeLogArchive()
  const logs = createAppLogs({ archive: kept.archive, clock, onProblem: () => {} })
  const add = (text: string) => logs.say('app1', text)
  return { kept, logs, add }
}
const texts = (lines: readonly NumberedLine[]): string[] => lines.map(({ line }) => line.text)

describe('the log of an app as it grows', () => {
  it('shows lines that are not written yet', async () => {
    const { logs, add } = setUp()
    add('one')
    add('two')

    expect(texts(await logs.tail('app1', 10))).toEqual(['one', 'two'])
    expect(texts(await logs.tail('app1', 1))).toEqual(['two'])
  })

  /** What a reader is told until there are so many lines. */
  async function follow(
    { kept, logs }: ReturnType<typeof setUp>,
    { limit = 1_000, behind, filter = {} }: { limit?: number; behind?: number; filter?: LogFilter },
    count: number,
  ): Promise<FoundLine[]> {
    const { archive } = kept
    const abort = AbortSignal.timeout(5_000)
    const lastLines = async (most: number) =>
      (await archive.tail('app1', most)).map(({ line, number }) => found(line, number))
    const told: FoundLine[] = []
    for await (const line of followLines(
      { logs, archive, clock, lastLines },
      { appId: 'app1', limit, behind, matcher: logMatcher(filter) },
      abort,
    )) {
      told.push(line)
      if (told.length === count) break
    }
    return told
  }

  it('goes from the last lines to live ones without a gap or a repeat, at whatever moment', async () => {
    const world = setUp()
    let count = 0
    for (let round = 0; round < 60; round++) {
      for (let burst = round % 4; burst >= 0; burst--) world.add(`line ${(count += 1)}`)
      if (round % 3 === 0) await clock.sleep()
      const behind = round % 2 === 0 ? { behind: Math.floor(count / 2) } : {}
      const first = (behind.behind ?? 0) + 1
      const told = follow(world, behind, count + 2 - first + 1)
      world.add(`line ${(count += 1)}`)
      if (round % 3 === 1) await clock.sleep()
      world.add(`line ${(count += 1)}`)

      const all = await told
      expect(all.map(({ text }) => text)).toEqual(
        Array.from({ length: count - first + 1 }, (_, index) => `line ${first + index}`),
      )
      expect(all.map(({ id }) => Number(id))).toEqual(all.map((_, index) => first + index))
    }
  })

  it('leaves out lines, and says how many, for who comes back far behind', async () => {
    const world = setUp()
    const lines = Array.from({ length: 55_000 }, (_, index) => `line ${index + 1}`)
    for (const text of lines) world.add(text)
    await world.logs.flush()

    const told = await follow(world, { behind: 0 }, 52_001)

    expect(told[49_999]?.text).toBe('line 50000')
    expect(told[50_000]?.text).toMatch(/^3000 lines are left out here/)
    expect(told.slice(50_001).map(({ text }) => text)).toEqual(lines.slice(53_000))
  })

  it('tells only what the filter lets through', async () => {
    const world = setUp()
    const told = follow(world, { filter: { level: 'error' } }, 2)
    for (const text of ['ERROR one', 'fine', 'ERROR two']) world.add(text)

    expect((await told).map(({ text, level }) => [text, level])).toEqual([
      ['ERROR one', 'error'],
      ['ERROR two', 'error'],
    ])
  })

  it('says that a filter takes too long, ends, and goes on keeping lines', async () => {
    const world = setUp()
    for (let line = 0; line < 3; line += 1) world.add(withoutPattern(8_000))
    const told = await follow(world, { behind: 0, filter: { regex: '[ae].{900}!' } }, 1)
    world.add('after')
    await world.logs.flush()

    expect(told).toMatchObject([{ source: 'platform', text: expect.stringContaining('too long') }])
    expect(world.kept.texts('app1')).toHaveLength(4)
  })

  it('tells lines that cannot be written now, once, and without a place to go on at', async () => {
    const world = setUp()
    world.kept.breakNext(2)
    const told = follow(world, {}, 2)
    world.add('one')
    await clock.sleep()
    await clock.sleep()
    await clock.sleep()
    await clock.sleep()
    world.add('two')

    expect((await told).map(({ text, id }) => [text, id])).toEqual([
      ['one', ''],
      ['two', expect.any(String)],
    ])
    await world.logs.flush()
    expect(world.kept.texts('app1')).toEqual(['one', 'two'])
  })

  it('tells nobody who has stopped, and nobody of another app; taps hear of all', async () => {
    const { logs, add } = setUp()
    const live: string[] = []
    const other: string[] = []
    const tapped: string[] = []
    logs.listen('app1', (line) => live.push(line.text))()
    logs.listen('app2', (line) => other.push(line.text))
    const stop = logs.onLine((owner, { text }) => tapped.push(`${owner} ${text}`))

    add('one')
    await logs.settle('app1')
    stop()
    add('two')
    await logs.settle('app1')

    expect([live, other, tapped]).toEqual([[], [], ['app1 one']])
  })

  it('writes long lines a little at a time, and holds up who adds more than fits', async () => {
    const kept = createFakeLogArchive()
    const sizes: number[] = []
    const archive: LogArchive = {
      ...kept.archive,
      append: (appId, lines) => {
        sizes.push(lines.reduce((sum, { line }) => sum + line.text.length, 0))
        return kept.archive.append(appId, lines)
      },
    }
    const logs = createAppLogs({ archive, clock, onProblem: () => {} })
    const long = (count: number) => ({
      line: {
        at: '2026-11-22T17:00:00Z',
        source: 'web.1',
        release: null,
        stream: 'stdout' as const,
        text: `${count} ${'x'.repeat(16_000)}`,
      },
      instance: null,
    })
    for (let count = 0; count < 1_200; count += 1) await logs.add('app1', long(count))
    await logs.flush()

    expect(Math.max(...sizes)).toBeLessThanOrEqual(2 ** 20)
    expect(sizes.length).toBeGreaterThan(15)
    expect(kept.texts('app1').map((text) => Number.parseInt(text, 10))).toEqual(
      Array.from({ length: 1_200 }, (_, index) => index),
    )
  })

  it('writes what is pending at the end', async () => {
    const { kept, logs, add } = setUp()
    add('one')
    await logs.flush()

    expect(kept.texts('app1')).toEqual(['one'])
  })
})

describe('a reader that is too slow', () => {
  it('misses lines, and is told how many at the place where they are missing', async () => {
    const queue = createLineQueue<string>(3, (count) => `${count} missing`)
    for (const item of ['a', 'b', 'c', 'd', 'e']) queue.push(item)
    const reader = queue.read(AbortSignal.timeout(1_000))
    const next = async () => (await reader.next()).value

    expect([await next(), await next()]).toEqual(['a', 'b'])
    queue.push('f')
    expect([await next(), await next(), await next()]).toEqual(['c', '2 missing', 'f'])
    queue.push('g')
    expect(await next()).toBe('g')
  })

  it('is told of lines that are missing at the end, and ends with the signal', async () => {
    const abort = new AbortController()
    const queue = createLineQueue<string>(1, (count) => `${count} missing`)
    for (const item of ['a', 'b', 'c']) queue.push(item)
    const reader = queue.read(abort.signal)

    expect((await reader.next()).value).toBe('a')
    expect((await reader.next()).value).toBe('2 missing')
    const last = reader.next()
    abort.abort()
    expect((await last).done).toBe(true)
  })
})
