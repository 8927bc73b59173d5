import { expect, it } from 'vitest'
import { createKeptLines } from '#agent/containers/kept-lines.ts'
import { createLineLimit } from '#agent/containers/line-limit.ts'
import type { LogLine } from '#agent/containers/log-lines.ts'

it('keeps a burst and then so many lines a second, of each app for itself', () => {
  const world = { ms: 0 }
  const take = createLineLimit(() => world.ms)
  const taken = (appId: string, asked: number): number =>
    Array.from({ length: asked }, () => take(appId, 100)).filter(Boolean).length

  expect(taken('loud', 5_000)).toBe(1_000)
  expect(taken('quiet', 50)).toBe(50)
  world.ms += 500
  expect(taken('loud', 100)).toBe(0)
  world.ms += 600
  expect(taken('loud', 500)).toBe(110)
  world.ms += 60_000
  expect(taken('loud', 5_000)).toBe(1_000)
})

it('counts what it drops on the next line, and on the last one when nothing follows', async () => {
  const world = { isAllowed: true }
  const given: (readonly [text: string, dropped: number | undefined])[] = []
  const lines = createKeptLines(
    () => world.isAllowed,
    async (...all) => void given.push(...all.map(({ text, dropped }) => [text, dropped] as const)),
    20,
  )
  const add = async (text: string) => {
    lines.add({ type: 'line', at: text, stream: 'stdout', text } satisfies LogLine)
    await lines.flush()
  }
  await add('a')
  world.isAllowed = false
  for (const text of ['b', 'c', 'd']) await add(text)
  world.isAllowed = true
  await add('e')
  world.isAllowed = false
  for (const text of ['f', 'g', 'h']) await add(text)
  await expect.poll(() => given).toHaveLength(3)
  await add('i')
  await lines.end()

  expect(given).toEqual([
    ['a', undefined],
    ['e', 3],
    ['h', 2],
    ['i', undefined],
  ])
})
