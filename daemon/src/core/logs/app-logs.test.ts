import type { LogLine } from '@vastrox/shared/log.ts'
import { describe, expect, it } from 'vitest'
import { createAppLogs } from '#core/logs/app-logs.ts'
import { createLineQueue } from '#core/logs/line-queue.ts'
import { createFakeLogArchive } from '#test/fakes/log-archive.ts'

const clock = {
  now: () => new Date('2026-11-22T17:00:00Z'),
  elapsedMs: () => performance.now(),
  sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 1)),
}
function setUp() {
  const kept = createFakeLogArchive()
  const logs = createAppLogs({ archive: kept.archive, clock, onProblem: () => {} })
  const add = (text: string) => logs.say('app1', text)
  return { kept, logs, add }
}
const texts = (lines: readonly LogLine[]): string[] => lines.map(({ text }) => text)

describe('the log of an app as it grows', () => {
  it('shows lines that are not written yet', async () => {
    const { logs, add } = setUp()
    add('one')
    add('two')

    expect(texts(await logs.tail('app1', 10))).toEqual(['one', 'two'])
    expect(texts(await logs.tail('app1', 1))).toEqual(['two'])
  })

  it('goes from the last lines to live ones without a gap or a repeat, at whatever moment', async () => {
    const { logs, add } = setUp()
    let count = 0
    for (let round = 0; round < 60; round++) {
      for (let burst = round % 4; burst >= 0; burst--) add(`line ${(count += 1)}`)
      const live: LogLine[] = []
      const opened = logs.open('app1', 1_000, (line) => live.push(line))
      add(`line ${(count += 1)}`)
      if (round % 3 === 0) await clock.sleep()
      add(`line ${(count += 1)}`)

      const all = [...texts(await opened.history), ...texts(live)]
      opened.stop()

      expect(all).toEqual(Array.from({ length: count }, (_, index) => `line ${index + 1}`))
    }
  })

  it('tells nobody who has stopped, and nobody of another app', async () => {
    const { logs, add } = setUp()
    const live: LogLine[] = []
    const other: LogLine[] = []
    logs.open('app1', 0, (line) => live.push(line)).stop()
    logs.open('app2', 0, (line) => other.push(line))

    add('one')

    expect([live, other]).toEqual([[], []])
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
