import { describe, expect, it } from 'vitest'
import { bytesField, readFields, varintField } from '#agent/builds/protobuf.ts'
import { decodeTrace } from '#agent/builds/trace.ts'

const text = (number: number, value: string): Buffer => bytesField(number, Buffer.from(value))
const stamp = (number: number): Buffer => bytesField(number, varintField(1, 1_795_366_800))

describe('protobuf, as far as BuildKit needs it', () => {
  it('reads back what it wrote, with lengths over one byte', () => {
    const long = 'x'.repeat(300)

    expect([...readFields(Buffer.concat([text(1, long), varintField(2, 70_000)]))]).toEqual([
      { number: 1, value: Buffer.from(long) },
      { number: 2, value: 70_000n },
    ])
  })

  it('passes over fixed-size fields', () => {
    const fixed = Buffer.from([0x0d, 1, 2, 3, 4, 0x11, 1, 2, 3, 4, 5, 6, 7, 8])

    expect([...readFields(fixed)].map((field) => field.number)).toEqual([1, 2])
  })

  it('refuses a message that is cut short or of a wire type it does not know', () => {
    expect(() => [...readFields(text(1, 'hello').subarray(0, 4))]).toThrow('cut short')
    expect(() => [...readFields(Buffer.from([0x80]))]).toThrow('cut short')
    expect(() => [...readFields(Buffer.from([0x0b]))]).toThrow('wire type 3')
    expect(() => [...readFields(Buffer.alloc(11, 0xff))]).toThrow('too long')
  })
})

describe('a trace of BuildKit', () => {
  it('tells steps with their state, and what they print, byte for byte', () => {
    const running = Buffer.concat([text(1, 'sha256:a'), text(3, '[2/3] RUN npm ci'), stamp(5)])
    const failed = Buffer.concat([
      text(1, 'sha256:b'),
      text(3, 'COPY'),
      varintField(4, 1),
      stamp(5),
      stamp(6),
      text(7, 'exit code: 1'),
    ])
    const printed = Buffer.concat([
      text(1, 'sha256:a'),
      varintField(3, 2),
      bytesField(4, Buffer.from([0xc3])),
    ])
    const message = Buffer.concat([
      bytesField(1, running),
      bytesField(1, failed),
      bytesField(3, printed),
    ])

    expect(decodeTrace(message.toString('base64'))).toEqual({
      vertexes: [
        {
          digest: 'sha256:a',
          name: '[2/3] RUN npm ci',
          cached: false,
          started: true,
          completed: false,
          error: '',
        },
        {
          digest: 'sha256:b',
          name: 'COPY',
          cached: true,
          started: true,
          completed: true,
          error: 'exit code: 1',
        },
      ],
      logs: [{ vertex: 'sha256:a', message: Buffer.from([0xc3]) }],
    })
  })
})
