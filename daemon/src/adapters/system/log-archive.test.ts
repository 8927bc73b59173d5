import { appendFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLogArchive } from '#adapters/system/log-archive.ts'
import type { LineToKeep } from '#ports/log-archive.ts'

const APP = 'app1'
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vastrox-logs-'))
})
afterEach(() => rm(folder, { recursive: true }))

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
const texts = async (archive: ReturnType<typeof createLogArchive>, limit: number) =>
  (await archive.tail(APP, limit)).map(({ text }) => text)

describe('the kept log of an app', () => {
  it('gives the last lines, oldest first, and is empty before the first', async () => {
    const archive = createLogArchive(folder)
    expect(await archive.tail(APP, 10)).toEqual([])

    await archive.append(APP, numbered(1, 5))

    expect(await texts(archive, 2)).toEqual(['line 4', 'line 5'])
    expect(await archive.tail(APP, 1)).toEqual([line(5).line])
    expect(await texts(archive, 100)).toHaveLength(5)
    expect(await archive.tail('app2', 10)).toEqual([])
  })

  it('gives lines back as they were, whatever is in them (rule C15)', async () => {
    const archive = createLogArchive(folder)
    const odd = ['a\nb\r\n{"at":"forged"}', '\u001b[31mred\u2028', '😀'.repeat(4_000), '']
    await archive.append(
      APP,
      odd.map((text, index) => line(index, 'web-1', text)),
    )

    expect(await texts(archive, 10)).toEqual(odd)
  })

  it('reads long files from their end, over block and file borders', async () => {
    const archive = createLogArchive(folder, { fileBytes: 200_000, appBytes: 10_000_000 })
    for (let from = 1; from <= 5_000; from += 100)
      await archive.append(APP, numbered(from, from + 99))

    expect((await readdir(join(folder, APP))).length).toBeGreaterThan(2)
    const all = Array.from({ length: 5_000 }, (_, index) => `line ${index + 1}`)
    expect(await texts(archive, 5_000)).toEqual(all)
    expect(await texts(archive, 3_333)).toEqual(all.slice(-3_333))
    expect(await texts(archive, 7)).toEqual(all.slice(-7))
  })

  it('is bounded: the oldest files go, and it stays in order', async () => {
    const archive = createLogArchive(folder, { fileBytes: 10_000, appBytes: 50_000 })
    for (let from = 1; from <= 2_000; from += 20)
      await archive.append(APP, numbered(from, from + 19))

    const files = await readdir(join(folder, APP))
    const sizes = await Promise.all(
      files.map(async (name) => (await stat(join(folder, APP, name))).size),
    )
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(50_000)
    const kept = await texts(archive, 2_000)
    expect(kept.at(-1)).toBe('line 2000')
    expect(kept).toHaveLength(Number(kept.at(-1)?.slice(5)) - Number(kept[0]?.slice(5)) + 1)
  })

  it('knows behind which line to go on, after a restart and after old files went', async () => {
    const before = createLogArchive(folder, { fileBytes: 5_000, appBytes: 12_000 })
    await before.append(APP, [line(1, 'quiet'), line(2, null)])
    for (let from = 10; from < 5_000; from += 10)
      await before.append(APP, [line(from, 'loud'), line(from + 1, null)])

    const after = createLogArchive(folder, { fileBytes: 5_000, appBytes: 12_000 })

    expect(await after.lastTimes(APP)).toEqual(
      new Map([
        ['quiet', at(1)],
        ['loud', at(4_990)],
      ]),
    )
    expect(await texts(after, 1_000)).not.toContain('line 1')
  })

  it('drops the half of a line that a crash left, and goes on behind the line before', async () => {
    const before = createLogArchive(folder)
    await before.append(APP, numbered(1, 3))
    await appendFile(
      join(folder, APP, '00000001.ndjson'),
      '{"at":"2026-11-22T17:00:00.000000004Z","te',
    )

    const after = createLogArchive(folder)
    expect(await after.lastTimes(APP)).toEqual(new Map([['web-1', at(3)]]))
    await after.append(APP, numbered(4, 4))

    expect(await texts(after, 10)).toEqual(['line 1', 'line 2', 'line 3', 'line 4'])
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
