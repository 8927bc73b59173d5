import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LogLine } from '#agent/containers/log-lines.ts'
import { readLoud } from '#agent/containers/loud-log.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vastrox-loud-'))
  path = join(folder, 'abc-json.log')
})
afterEach(() => rm(folder, { recursive: true }))

const BEGAN = Date.parse('2026-11-22T17:00:00Z')
const timeOf = (number: number): string =>
  new Date(BEGAN + number).toISOString().replace(/0*Z$/, 'Z')
const atOf = (number: number): string =>
  `${new Date(BEGAN + number).toISOString().slice(0, -1)}000000Z`
const entry = (number: number): string =>
  `${JSON.stringify({ log: `line ${number}\n`, stream: 'stdout', time: timeOf(number) })}\n`
const entries = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, at) => entry(from + at)).join('')

/** As the engine begins it anew. */
async function begin(content: string): Promise<void> {
  await rename(`${path}.1`, `${path}.2`).catch(() => undefined)
  await rename(path, `${path}.1`)
  await writeFile(path, content)
}

function read(
  since: string | null,
  onFlush: () => Promise<void> = async () => {},
  quietMs: number = 300,
) {
  const lines: LogLine[] = []
  const done = readLoud(path, {
    since,
    signal: AbortSignal.timeout(20_000),
    add: (line) => void lines.push(line),
    flush: onFlush,
    quietMs,
  })
  return { lines, done }
}
const numbersOf = (lines: readonly LogLine[]) => lines.map(({ text }) => Number(text.slice(5)))
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at)

it('goes on behind the line that was had last, over the files that there are', async () => {
  await writeFile(`${path}.1`, entries(1_001, 2_000))
  await writeFile(path, entries(2_001, 2_010))
  const { lines, done } = read(atOf(1_500))

  expect(await done).toBe(atOf(2_010))
  expect(numbersOf(lines)).toEqual(range(1_501, 2_010))
  expect(lines.every(({ lostAfter }) => lostAfter === undefined)).toBe(true)
})

it('loses nothing of files that are removed while it reads, and gives nothing twice', async () => {
  await writeFile(path, entries(1, 10_000))
  let next = 10_001
  const { lines, done } = read(null, async () => {
    if (next > 60_000) return
    // Faster than it is read: two files anew for each piece.
    for (let each = 0; each < 2; each++) {
      await begin(entries(next, next + 4_999))
      next += 5_000
    }
  })
  await done

  const numbers = numbersOf(lines)
  expect(numbers.slice(0, 5)).toEqual([1, 2, 3, 4, 5])
  expect(new Set(numbers).size).toBe(numbers.length)
  expect(numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0))).toBe(true)
  const holes = lines.filter(({ lostAfter }) => lostAfter !== undefined)
  expect(numbers.length === 60_000 || holes.length > 0).toBe(true)
}, 30_000)

it('says where a file has gone that nobody had opened yet', async () => {
  await writeFile(path, entries(1, 100))
  let turns = 0
  const { lines, done } = read(null, async () => {
    turns += 1
    if (turns !== 1) return
    for (const from of [101, 201, 301, 401]) await begin(entries(from, from + 99))
  })
  await done

  expect(numbersOf(lines)).toEqual([...range(1, 100), ...range(201, 500)])
  expect(lines.filter(({ lostAfter }) => lostAfter !== undefined)).toMatchObject([
    { text: 'line 201', lostAfter: atOf(100) },
  ])
})

it('takes lines as they come, a half one once it is whole, and says when there are no files', async () => {
  expect(await read(null).done).toBeUndefined()

  await writeFile(path, entries(1, 2))
  // Longer than a busy machine takes between the two halves.
  const { lines, done } = read(null, undefined, 3_000)
  await expect.poll(() => lines).toHaveLength(2)
  const line = entry(3)
  await appendFile(path, line.slice(0, 20))
  await appendFile(path, line.slice(20))
  await done
  expect(numbersOf(lines)).toEqual([1, 2, 3])
})
