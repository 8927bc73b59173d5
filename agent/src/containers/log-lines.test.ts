import { describe, expect, it } from 'vitest'
import { createFrameDecoder } from '#agent/containers/log-frames.ts'
import {
  createLineMaker,
  nextNanosecond,
  toEngineTime,
  toNanos,
} from '#agent/containers/log-lines.ts'

const T = '2026-11-22T17:00:00'

function frame(stream: 1 | 2, text: string): Buffer {
  const payload = Buffer.from(text)
  const head = Buffer.alloc(8)
  head[0] = stream
  head.writeUInt32BE(payload.length, 4)
  return Buffer.concat([head, payload])
}

describe('the engine’s multiplexed stream', () => {
  it('comes apart the same however it is cut', () => {
    const bytes = Buffer.concat([frame(1, 'one\n'), frame(2, ''), frame(2, 'zwölf\n')])
    const whole = createFrameDecoder()(bytes)

    for (let size = 1; size < bytes.length; size++) {
      const decode = createFrameDecoder()
      const frames = []
      for (let at = 0; at < bytes.length; at += size)
        frames.push(...decode(bytes.subarray(at, at + size)))
      expect(frames).toEqual(whole)
    }
    expect(whole.map(({ stream, payload }) => [stream, payload.toString()])).toEqual([
      ['stdout', 'one\n'],
      ['stderr', ''],
      ['stderr', 'zwölf\n'],
    ])
  })
})

describe('lines of a log', () => {
  const lines = (...texts: string[]) => {
    const linesOf = createLineMaker()
    return texts.flatMap((text) => linesOf({ stream: 'stdout', payload: Buffer.from(text) }))
  }

  it('keep the engine’s nanoseconds and lose their line end', () => {
    expect(lines(`${T}.000000001Z hello\r\n`, `${T}.000000005Z \n`)).toEqual([
      { type: 'line', at: `${T}.000000001Z`, stream: 'stdout', text: 'hello' },
      { type: 'line', at: `${T}.000000005Z`, stream: 'stdout', text: '' },
    ])
  })

  it('get times of their own where the engine gave two the same, or out of order', () => {
    const times = lines(`${T}.000000007Z a\n`, `${T}.000000007Z b\n`, `${T}.000000003Z c\n`).map(
      (line) => line.at,
    )

    expect(times).toEqual([`${T}.000000007Z`, `${T}.000000008Z`, `${T}.000000009Z`])
  })

  it('are cut at 16 KiB, never through a character, each piece with a time of its own', () => {
    const pieces = lines(`${T}.000000000Z ${'ä'.repeat(10_000)}\n`)

    expect(pieces.map((piece) => Buffer.byteLength(piece.text))).toEqual([16_384, 3_616])
    expect(pieces.map((piece) => piece.text).join('')).toBe('ä'.repeat(10_000))
    expect(new Set(pieces.map((piece) => piece.at)).size).toBe(2)
  })
})

describe('times of log lines', () => {
  it('go over the second, the minute and the day', () => {
    expect(nextNanosecond('2026-12-31T23:59:59.999999999Z')).toBe('2027-01-01T00:00:00.000000000Z')
  })

  it('reach the engine with their nanoseconds', () => {
    expect(toEngineTime('2026-11-22T17:00:00.123456789Z')).toBe('1795366800.123456789')
    expect(toNanos('2026-11-22T17:00:00.5Z')).toBe('2026-11-22T17:00:00.500000000Z')
    expect(toNanos('2026-11-22T17:00:00Z')).toBe('2026-11-22T17:00:00.000000000Z')
  })
})
