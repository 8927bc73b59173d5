import type { FoundLine } from '@vastrox/shared/log.ts'
import { expect, it } from 'vitest'
import { createLiveLog } from './live-log.ts'

const line = (id: string): FoundLine => ({
  id,
  at: '2026-11-27T03:00:00.000Z',
  source: 'web.1',
  release: 1,
  stream: 'stdout',
  text: `line ${id}`,
  level: null,
})

/** A log of whose streams a test has the other end. */
function setUp(mostWaiting: number) {
  const streams: { url: string; say: (id: string) => void; isOpen: boolean }[] = []
  const shown: string[] = []
  const waiting: number[] = []
  const log = createLiveLog({
    follow({ url, onItem }) {
      const stream = { url: url(), say: (id: string) => onItem(line(id)), isOpen: true }
      streams.push(stream)
      return () => {
        stream.isOpen = false
      }
    },
    urlAfter: (last) => `after ${last}`,
    append: (lines) => shown.push(...lines.map(({ id }) => id)),
    onState: () => {},
    onWaiting: (count) => waiting.push(count),
    mostWaiting,
  })
  return { log, streams, shown, waiting }
}

it('leaves the stream where too much waits, and goes on behind the last line without a gap', () => {
  const { log, streams, shown, waiting } = setUp(3)
  log.start('7')
  log.pause(true)
  for (const id of ['8', '9', '10']) streams[0]?.say(id)

  expect(streams).toMatchObject([{ url: 'after 7', isOpen: false }])
  expect(waiting).toEqual([3])
  expect(shown).toEqual([])

  log.pause(false)

  expect(shown).toEqual(['8', '9', '10'])
  expect(waiting.at(-1)).toBe(0)
  expect(streams).toMatchObject([{ isOpen: false }, { url: 'after 10', isOpen: true }])
  log.stop()
  expect(streams[1]?.isOpen).toBe(false)
})

it('keeps the stream where little waits, and shows at once what a slow tab has gathered', () => {
  const { log, streams, shown } = setUp(3)
  log.start('')
  log.pause(true)
  streams[0]?.say('1')
  log.pause(false)
  expect(shown).toEqual(['1'])

  for (const id of ['2', '3', '4']) streams[0]?.say(id)

  expect(shown).toEqual(['1', '2', '3', '4'])
  expect(streams).toMatchObject([{ url: 'after ', isOpen: true }])
  log.stop()
})

it('opens nothing before it was started, and nothing after its end', () => {
  const { log, streams } = setUp(3)
  log.pause(true)
  log.pause(false)
  expect(streams).toEqual([])
  log.start('1')
  log.stop()
  log.pause(true)
  log.pause(false)
  expect(streams).toHaveLength(1)
})
