import { describe, expect, it } from 'vitest'
import {
  createFields,
  createPacketReader,
  dataHead,
  entriesPacket,
  longName,
  MAX_PACKET,
  SftpProtocolError,
  statusPacket,
} from '#ssh/sftp-packets.ts'

const framed = (payload: Buffer): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(payload.length)
  return Buffer.concat([length, payload])
}
const NOW = new Date('2026-11-26T12:00:00.000Z')
const stat = {
  kind: 'file',
  sizeBytes: 6,
  mode: 0o640,
  modifiedAtS: NOW.getTime() / 1_000,
} as const

describe('packets of SFTP', () => {
  const payloads = [1, 5, 70_000, 3, 200_000, MAX_PACKET].map((length, at) =>
    Buffer.alloc(length, at + 1),
  )
  const stream = Buffer.concat(payloads.map(framed))

  it.each([1, 3, 4, 1_000, 32_768, 1_000_000])(
    'come out whole of a stream in pieces of %i bytes',
    (size) => {
      const { packetsOf, release } = createPacketReader()
      const lengths: string[] = []
      for (let at = 0; at < stream.length; at += size)
        for (const packet of packetsOf(Buffer.from(stream.subarray(at, at + size)))) {
          const first = packet[0] ?? 0
          lengths.push(`${packet.length} ${packet.every((byte) => byte === first)} ${first}`)
          release(packet)
        }

      expect(lengths).toEqual(payloads.map(({ length }, at) => `${length} true ${at + 1}`))
    },
  )

  it('lie in buffers that are used again only once they are let go', () => {
    const { packetsOf, release } = createPacketReader()
    const half = (fill: number): Buffer[] => {
      const whole = framed(Buffer.alloc(40_000, fill))
      return [whole.subarray(0, 20_000), whole.subarray(20_000)]
    }
    const take = (fill: number): Buffer =>
      half(fill).flatMap((piece) => [...packetsOf(piece)])[0] ?? Buffer.alloc(0)
    const [first, second] = [take(1), take(2)]

    expect([first.buffer === second.buffer, first[39_999], second[39_999]]).toEqual([false, 1, 2])
    release(first)
    expect(take(3).buffer).toBe(first.buffer)
    // Somebody else's are never kept.
    const [alone] = packetsOf(framed(Buffer.alloc(MAX_PACKET, 9)))
    if (alone) release(alone)
    expect(take(4).buffer).not.toBe(alone?.buffer)
  })

  it.each([0, MAX_PACKET + 1, 0xffffffff])('of %i bytes are none', (length) => {
    const head = Buffer.alloc(4)
    head.writeUInt32BE(length)

    expect(() => [
      ...createPacketReader().packetsOf(head),
      ...createPacketReader().packetsOf(Buffer.concat([head, head])),
    ]).toThrow(SftpProtocolError)
  })

  it('that end too early say so, whatever was to be read', () => {
    const text = Buffer.from([0, 0, 0, 9, 65])
    expect(() => createFields(text, 0).text()).toThrow(SftpProtocolError)
    expect(() => createFields(text, 4).u32()).toThrow(SftpProtocolError)
    expect(() => createFields(Buffer.from([0, 0, 0, 1, 0]), 0).attributes()).toThrow(
      SftpProtocolError,
    )
    expect(() =>
      createFields(Buffer.from([0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]), 0).attributes(),
    ).toThrow(SftpProtocolError)
  })

  it('know what a client wants of a file, and read over its owner', () => {
    const bytes = Buffer.from(
      '0000000f000000000000002a000003e8000003e8000089ed3b9aca003b9aca01',
      'hex',
    )

    expect(createFields(bytes, 0).attributes()).toEqual({
      sizeBytes: 42,
      mode: 0o755,
      modifiedAtS: 1_000_000_001,
    })
  })

  it('carry what is read behind a head of its own', () => {
    expect(dataHead(7, 3).toString('hex')).toBe('0000000c670000000700000003')
    expect(statusPacket(7, 4, 'full').toString('latin1')).toContain('full')
    expect(entriesPacket(7, [{ name: 'ü', stat }], NOW).readUInt32BE(0)).toBeGreaterThan(60)
  })

  it('show a file as ls does', () => {
    expect(longName('a b', stat, NOW)).toBe(
      '-rw-r-----    1 vastrox  vastrox         6 Nov 26 12:00 a b',
    )
    const old = { ...stat, kind: 'directory', modifiedAtS: 1_000_000_000 } as const
    expect(longName('d', old, NOW)).toBe(
      'drw-r-----    1 vastrox  vastrox         6 Sep  9  2001 d',
    )
  })
})
