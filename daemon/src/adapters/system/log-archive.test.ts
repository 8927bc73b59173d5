import { appendFile, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LogFilter } from '@vastrox/shared/log.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLogArchive } from '#adapters/system/log-archive.ts'
import { listSegments, openName, readSegment } from '#adapters/system/log-segment-files.ts'
import type { LineToKeep, NumberedLine } from '#ports/log-archive.ts'
import { withoutPattern } from '#test/random-letters.ts'

const APP = 'app1'
const DAY_MS = 86_400_000
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vastrox-logs-'))
})
// What is being compressed still may put something there meanwhile.
afterEach(() => rm(folder, { recursive: true, maxRetries: 5 }))

const at = (count: number): string => `2026-11-22T17:00:00.${String(count).padStart(9, '0')}Z`
const line = (
  count: number,
  instance: string | null = 'web-1',
  text = `line ${count}`,
): LineToKeep => ({
  line: { at: at(count), source: 'web.1', release: 1, stream: 'stdout', text },
  instance,
})
const numbered = (from: number, to: number): LineToKeep[] =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index))
type Archive = ReturnType<typeof createLogArchive>
const saidIn = (lines: readonly NumberedLine[]) => lines.map((each) => each.line.text)
const texts = async (archive: Archive, limit: number) => saidIn(await archive.tail(APP, limit))
const files = () => readdir(join(folder, APP))
const small = (limits = { keepDays: 30, keepBytes: 2 ** 30 }) =>
  createLogArchive(folder, { segmentBytes: 10_000, limitsOf: () => limits, now: () => NOW })
const NOW = Date.parse('2026-11-22T17:00:01Z')

async function fill(archive: Archive, to: number): Promise<void> {
  for (let from = 1; from <= to; from += 100)
    await archive.append(APP, numbered(from, Math.min(to, from + 99)))
  await archive.settle()
}

describe('the kept log of an app', () => {
  it('gives the last lines, oldest first, and is empty before the first', async () => {
    const archive = createLogArchive(folder)
    expect(await archive.tail(APP, 10)).toEqual([])

    expect(await archive.append(APP, numbered(1, 5))).toBe(1)
    expect(await archive.append(APP, numbered(6, 7))).toBe(6)

    expect(await texts(archive, 2)).toEqual(['line 6', 'line 7'])
    expect(await archive.tail(APP, 1)).toEqual([{ number: 7, line: line(7).line }])
    expect(await texts(archive, 100)).toHaveLength(7)
    expect(await archive.tail('app2', 10)).toEqual([])
  })

  it('gives lines back as they were, whatever is in them (rule C15)', async () => {
    const archive = createLogArchive(folder)
    const odd = [
      'a\nb\r\n{"at":"forged"}',
      '\u001b[31mred\u2028',
      '😀'.repeat(4_000),
      '',
      '\u001an',
    ]
    const lines = odd.map((text, index) => line(index, 'web-1', text))
    const platform = { ...line(0, null), line: { ...line(0).line, at: '2026-11-22T17:00:00.120Z' } }
    await archive.append(APP, [...lines, platform])

    expect(await texts(archive, 10)).toEqual([...odd, 'line 0'])
    expect((await archive.tail(APP, 10)).map((each) => each.line)).toEqual(
      [...lines, platform].map((each) => each.line),
    )
  })

  it('compresses what is full, and reads on over the borders', async () => {
    const archive = small()
    await fill(archive, 5_000)

    const names = await files()
    expect(names.filter((name) => name.endsWith('.log.zst')).length).toBeGreaterThan(5)
    expect(names.filter((name) => name.endsWith('.log'))).toHaveLength(1)
    const all = Array.from({ length: 5_000 }, (_, index) => `line ${index + 1}`)
    expect(await texts(archive, 5_000)).toEqual(all)
    expect(await texts(archive, 3_333)).toEqual(all.slice(-3_333))
    expect(await texts(archive, 7)).toEqual(all.slice(-7))
    const { usedBytes, lineBytes, oldestAt } = await archive.use(APP)
    expect(usedBytes).toBeLessThan(lineBytes / 2)
    expect(oldestAt).toBe('2026-11-22T17:00:00.000Z')
  })

  it('goes on behind any line, without a gap or a repeat', async () => {
    const archive = small()
    await fill(archive, 2_000)

    const behind = await archive.after(APP, 777, 500)
    expect(behind.map(({ number }) => number)).toEqual(
      Array.from({ length: 500 }, (_, index) => 778 + index),
    )
    expect(saidIn(behind)).toEqual(behind.map(({ number }) => `line ${number}`))
    expect(await archive.after(APP, 2_000, 10)).toEqual([])
    expect(await archive.lastNumber(APP)).toBe(2_000)
  })

  it('is bounded by size: the oldest go, and it stays in order', async () => {
    const archive = small({ keepDays: 30, keepBytes: 40_000 })
    await fill(archive, 20_000)

    const sizes = await Promise.all(
      (await files()).map(async (name) => (await stat(join(folder, APP, name))).size),
    )
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(50_000)
    const kept = await archive.tail(APP, 20_000)
    expect(kept.at(-1)?.number).toBe(20_000)
    expect(kept).toHaveLength(20_001 - (kept[0]?.number ?? 0))
    expect(kept.length).toBeLessThan(20_000)
  })

  it('is bounded by age', async () => {
    const world = { now: NOW }
    const archive = createLogArchive(folder, {
      limitsOf: () => ({ keepDays: 7, keepBytes: 2 ** 30 }),
      now: () => world.now,
    })
    await archive.append(APP, numbered(1, 3))
    world.now += 2 * DAY_MS
    const later = new Date(world.now).toISOString()
    await archive.append(APP, [{ ...line(4), line: { ...line(4).line, at: later } }])
    await archive.settle()
    expect(await texts(archive, 10)).toHaveLength(4)

    world.now += 6 * DAY_MS
    await archive.keepWithinLimits(APP)

    expect(await texts(archive, 10)).toEqual(['line 4'])
    expect(await archive.lastNumber(APP)).toBe(4)
  })

  it('is bounded by age also where an app has gone silent, and knows where to go on then', async () => {
    const world = { now: NOW }
    const open = () =>
      createLogArchive(folder, {
        limitsOf: () => ({ keepDays: 7, keepBytes: 2 ** 30 }),
        now: () => world.now,
      })
    const keep = async (archive: Archive): Promise<void> => {
      await archive.keepWithinLimits(APP)
      await archive.settle()
    }
    const before = open()
    await before.append(APP, numbered(1, 50))
    world.now += DAY_MS / 2
    await keep(before)
    expect(await files()).toEqual(['00000001.log'])

    world.now += DAY_MS
    await keep(before)
    expect(await texts(before, 100)).toHaveLength(50)
    expect((await before.use(APP)).oldestAt).toBe('2026-11-22T17:00:00.000Z')
    world.now += 7 * DAY_MS
    await keep(before)
    expect(await texts(before, 100)).toEqual([])
    expect((await before.use(APP)).oldestAt).toBeNull()
    expect(await files()).toEqual(['00000002.log'])

    const after = open()
    await utimes(join(folder, APP, '00000002.log'), new Date(world.now), new Date(world.now))
    world.now += 30 * DAY_MS
    await keep(after)
    expect(await files()).toEqual(['00000002.log'])
    expect(await after.lastTimes(APP)).toEqual(new Map([['web-1', at(50)]]))
    expect(await after.append(APP, [line(51)])).toBe(51)
    await after.settle()
    expect(await after.tail(APP, 10)).toEqual([{ number: 51, line: line(51).line }])
  })

  it('closes what an app wrote before the daemon started, once it is older than a day', async () => {
    const world = { now: NOW }
    await createLogArchive(folder, { now: () => world.now }).append(APP, numbered(1, 50))
    await utimes(join(folder, APP, '00000001.log'), new Date(NOW), new Date(NOW))
    const after = createLogArchive(folder, { now: () => world.now })
    await after.keepWithinLimits(APP)
    await after.settle()
    expect(await files()).toEqual(['00000001.log'])

    world.now += 2 * DAY_MS
    await after.keepWithinLimits(APP)
    await after.settle()

    expect(await files()).toEqual([
      expect.stringMatching(/^00000001-.*\.log\.zst$/),
      '00000002.log',
    ])
    expect(await texts(after, 100)).toHaveLength(50)
    expect(await after.append(APP, [line(51)])).toBe(51)
  })

  it('knows behind which line to go on, after a restart and after old segments went', async () => {
    const before = small({ keepDays: 30, keepBytes: 1_000 })
    await before.append(APP, [line(1, 'quiet'), line(2, null)])
    for (let from = 10; from < 5_000; from += 10)
      await before.append(APP, [line(from, 'loud'), line(from + 1, null)])
    await before.settle()

    const after = small({ keepDays: 30, keepBytes: 1_000 })

    expect(await after.lastTimes(APP)).toEqual(
      new Map([
        ['quiet', at(1)],
        ['loud', at(4_990)],
      ]),
    )
    expect(await texts(after, 1_000)).not.toContain('line 1')
    expect(await after.lastNumber(APP)).toBe(1_000)
  })

  it('keeps the order of calls that were not waited for', async () => {
    const archive = createLogArchive(folder)
    void archive.append(APP, numbered(1, 1))
    void archive.append(APP, numbered(2, 2))

    expect(await texts(archive, 10)).toEqual(['line 1', 'line 2'])
  })

  it('forgets an app that is removed, and refuses what is no id', async () => {
    const archive = createLogArchive(folder)
    await archive.append(APP, numbered(1, 3))
    await archive.remove(APP)

    expect(await archive.tail(APP, 10)).toEqual([])
    expect(await archive.lastTimes(APP)).toEqual(new Map())
    expect(await readdir(folder)).toEqual([])
    await expect(archive.tail('../etc', 1)).rejects.toThrow('not the id of an app')
  })
})

describe('after a crash', () => {
  const open = (number: number) => join(folder, APP, `${String(number).padStart(8, '0')}.log`)

  it('the half of a line is dropped, and it goes on behind the line before', async () => {
    const before = createLogArchive(folder)
    await before.append(APP, numbered(1, 3))
    await appendFile(open(1), 'zz 0 lin')

    const after = createLogArchive(folder)
    expect(await after.lastTimes(APP)).toEqual(new Map([['web-1', at(3)]]))
    expect(await after.append(APP, numbered(4, 4))).toBe(4)

    expect(await texts(after, 10)).toEqual(['line 1', 'line 2', 'line 3', 'line 4'])
  })

  it('what has just been compressed and is there as text still is read once', async () => {
    const archive = small()
    await fill(archive, 1_000)
    const { closed } = await listSegments(join(folder, APP))
    const last = closed.at(-1)
    if (!last) throw new Error('nothing was compressed')
    const content = await readSegment(join(folder, APP), last.name)
    await writeFile(join(folder, APP, openName(last.number)), content)

    const all = saidIn(numbered(1, 1_000).map(({ line: each }) => ({ number: 0, line: each })))
    expect(await texts(archive, 2_000)).toEqual(all)
    const search = { filter: {}, from: { after: 0 }, limit: 2_000, deadlineMs: 60_000 }
    const found = await archive.search(APP, search, AbortSignal.timeout(60_000))
    expect(saidIn(found.lines)).toEqual(all)
  })

  it('what a full disk took the half of is kept once', async () => {
    let isFull = false
    const archive = createLogArchive(folder, {
      now: () => NOW,
      append: async (path, bytes) => {
        if (!isFull) return appendFile(path, bytes)
        const lines = bytes.toString().split('\n')
        await appendFile(path, lines.slice(0, 3).join('\n') + '\n')
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
      },
    })
    await archive.append(APP, numbered(1, 2))
    isFull = true
    await expect(archive.append(APP, numbered(3, 8))).rejects.toThrow('no space left')
    expect(await texts(archive, 100)).toEqual(['line 1', 'line 2'])
    await expect(archive.append(APP, numbered(3, 8))).rejects.toThrow('no space left')
    isFull = false

    expect(await archive.append(APP, numbered(3, 8))).toBe(3)

    expect(await texts(archive, 100)).toEqual(
      saidIn(numbered(1, 8).map((each) => ({ number: 0, ...each }))),
    )
    expect(await texts(createLogArchive(folder), 100)).toHaveLength(8)
  })

  it('a folder that cannot be read is not taken for an empty one', async () => {
    await writeFile(join(folder, APP), 'not a folder')

    await expect(createLogArchive(folder).append(APP, numbered(1, 1))).rejects.toThrow('ENOTDIR')
  })

  it('a segment that was begun and nothing more is begun again', async () => {
    const before = small()
    await fill(before, 1_000)
    const last = (await files()).findLast((name) => name.endsWith('.log')) ?? ''
    await appendFile(open(Number(last.slice(0, 8)) + 1), '{"fir')

    const after = small()
    expect(await after.append(APP, numbered(1_001, 1_001))).toBe(1_001)
    expect(await after.lastTimes(APP)).toEqual(new Map([['web-1', at(1_001)]]))
    expect(await texts(after, 3)).toEqual(['line 999', 'line 1000', 'line 1001'])
  })

  it('what was full and not compressed yet is compressed, what was both is there once', async () => {
    const before = createLogArchive(folder)
    await before.append(APP, numbered(1, 100))
    const whole = await import('node:fs/promises').then((fs) => fs.readFile(open(1)))
    const cut = createLogArchive(folder, { segmentBytes: 1_000 })
    await cut.append(APP, numbered(101, 101))
    await cut.settle()
    expect((await files()).toSorted().map((name) => name.slice(-3))).toEqual(['zst', 'log'])
    // Killed before the removal of what has been compressed.
    await writeFile(open(1), whole)
    await writeFile(open(2).replace('2.log', '2.log.77.new'), 'half')

    const after = createLogArchive(folder)
    expect(await texts(after, 200)).toHaveLength(101)
    expect(await after.lastNumber(APP)).toBe(101)
  })
})

describe('what an older version wrote', () => {
  const old = (each: LineToKeep) => `${JSON.stringify({ ...each.line, instance: each.instance })}\n`

  it('is kept, once, in order, and gone on behind', async () => {
    await mkdir(join(folder, APP))
    const first = [`{"times":{"gone":"${at(1)}"}}\n`, ...numbered(1, 50).map(old), '{"at":"ha']
    const second = ['{"times":{}}\n', ...numbered(51, 70).map(old)]
    await writeFile(join(folder, APP, '00000001.ndjson'), first.join(''))
    await writeFile(join(folder, APP, '00000002.ndjson'), second.join(''))

    const archive = createLogArchive(folder)
    expect(await archive.lastTimes(APP)).toEqual(new Map([['web-1', at(70)]]))
    expect(await archive.append(APP, numbered(71, 71))).toBe(71)

    expect(await texts(archive, 100)).toEqual(
      Array.from({ length: 71 }, (_, index) => `line ${index + 1}`),
    )
    expect((await files()).some((name) => name.endsWith('.ndjson'))).toBe(false)
    // Killed between the new one and the removal of the old one.
    await writeFile(join(folder, APP, '00000002.ndjson'), second.join(''))
    expect(await texts(createLogArchive(folder), 100)).toHaveLength(71)
  })
})

describe('searching', () => {
  const look = async (
    archive: Archive,
    filter: LogFilter,
    from: { before: number | null } | { after: number } = { before: null },
    limit = 100,
  ) =>
    archive.search(APP, { filter, from, limit, deadlineMs: 10_000 }, new AbortController().signal)

  it('finds texts, newest first, page by page, over all segments', async () => {
    const archive = small()
    await fill(archive, 3_000)

    const found = await look(archive, { text: 'LINE 29' })
    expect(saidIn(found.lines)).toEqual(
      Array.from({ length: 100 }, (_, index) => `line ${2_999 - index}`),
    )
    const pages: string[] = []
    let before: number | null = null
    do {
      const page = await look(archive, { text: 'line 29' }, { before }, 7)
      pages.push(...saidIn(page.lines))
      before = page.next
    } while (before !== null)
    expect(pages).toEqual([
      ...Array.from({ length: 100 }, (_, index) => `line ${2_999 - index}`),
      ...Array.from({ length: 10 }, (_, index) => `line ${299 - index}`),
      'line 29',
    ])
    expect((await look(archive, { text: 'no such' })).lines).toEqual([])
  })

  it('gives long lines a few megabytes at a time, each once, and refuses what takes too long', async () => {
    const archive = createLogArchive(folder, { now: () => NOW })
    const long = 'ab c'.repeat(4_000)
    for (let from = 1; from <= 1_000; from += 100)
      await archive.append(
        APP,
        numbered(from, from + 99).map((each, at) => line(from + at, 'web-1', long)),
      )
    await archive.settle()

    const numbers: number[] = []
    let pages = 0
    for (let after: number | null = 0; after !== null; pages += 1) {
      const page = await look(archive, { text: 'ab' }, { after }, 10_000)
      expect(page.lines.length).toBeLessThan(600)
      numbers.push(...page.lines.map(({ number }) => number))
      after = page.next
    }

    expect(numbers).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1))
    expect(pages).toBeGreaterThan(1)
    await archive.append(APP, [line(2_000, 'web-1', withoutPattern(12_000))])
    await expect(look(archive, { regex: '[ae].{900}!' })).rejects.toMatchObject({
      code: 'LOG_FILTER_INVALID',
    })
  })

  it('knows expressions, levels, sources, releases, streams, times and fields', async () => {
    const archive = createLogArchive(folder)
    const say = (
      count: number,
      text: string,
      more: Partial<LineToKeep['line']> = {},
    ): LineToKeep => ({
      line: { ...line(count).line, text, ...more },
      instance: 'web-1',
    })
    await archive.append(APP, [
      say(1, '{"level":50,"msg":"boom","status":500,"user":{"id":7}}'),
      say(2, '{"level":"info","msg":"fine","status":200,"user":{"id":8}}'),
      say(3, 'WARN disk is slow', { source: 'worker.1', stream: 'stderr' }),
      say(4, 'a plain line with zwölf', { release: 2 }),
      say(5, 'said later', { at: '2026-11-23T00:00:00.000000001Z', source: 'web.2' }),
    ])
    const texts = async (filter: LogFilter) =>
      (await look(archive, filter)).lines.map((each) => each.number)

    expect(await texts({ regex: '^WARN .*slow$' })).toEqual([3])
    expect(await texts({ regex: 'st.tus":[45]\\d\\d' })).toEqual([1])
    expect(await texts({ regex: '(?i)ZWÖLF' })).toEqual([4])
    expect(await texts({ text: 'ZWÖLF' })).toEqual([4])
    expect(await texts({ level: 'error' })).toEqual([1])
    expect(await texts({ level: 'warning' })).toEqual([3, 1])
    expect(await texts({ source: 'web' })).toEqual([5, 4, 2, 1])
    expect(await texts({ source: 'web.2,worker' })).toEqual([5, 3])
    expect(await texts({ stream: 'stderr' })).toEqual([3])
    expect(await texts({ release: 2 })).toEqual([4])
    expect(await texts({ from: '2026-11-22T18:00:00Z' })).toEqual([5])
    expect(await texts({ to: '2026-11-22T18:00:00Z', text: 'fine' })).toEqual([2])
    expect(await texts({ fields: 'status=500,user.id=7' })).toEqual([1])
    expect(await texts({ fields: 'status=200,user.id=7' })).toEqual([])
    expect(await texts({ fields: 'status=50' })).toEqual([])
  })

  it('goes forwards as well, for whoever wants them all', async () => {
    const archive = small()
    await fill(archive, 1_000)

    const found: number[] = []
    let after: number | null = 100
    while (after !== null) {
      const page: Awaited<ReturnType<typeof look>> = await look(archive, {}, { after }, 333)
      found.push(...page.lines.map(({ number }) => number))
      after = page.next
    }
    expect(found).toEqual(Array.from({ length: 900 }, (_, index) => 101 + index))
  })

  it('refuses in words what it cannot look for', async () => {
    const archive = createLogArchive(folder)
    for (const filter of [
      { regex: '(a)\\1' },
      { regex: '(?=a)' },
      { regex: '(a{1000}){1000}' },
      { regex: '[' },
      { regex: 'a', text: 'a' },
      { fields: 'status' },
    ])
      await expect(look(archive, filter)).rejects.toMatchObject({ code: 'LOG_FILTER_INVALID' })
  })
})
