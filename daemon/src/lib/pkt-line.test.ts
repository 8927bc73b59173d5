import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import {
  dataPackets,
  FLUSH,
  payloadText,
  pktLine,
  progressPackets,
  readPackets,
} from './pkt-line.ts'

const all = async (chunks: (string | Buffer)[]): Promise<string[]> => {
  const found: string[] = []
  for await (const packet of readPackets(Readable.from(chunks.map((chunk) => Buffer.from(chunk)))))
    found.push(packet.type === 'flush' ? 'flush' : payloadText(packet.payload))
  return found
}

describe('git’s packets', () => {
  it('are four hex digits of length and the payload', () => {
    expect(pktLine('hi\n').toString()).toBe('0007hi\n')
    expect(FLUSH.toString()).toBe('0000')
  })

  it('are read whole however they come', async () => {
    const bytes = '0007hi\n0004000000080000'
    expect(await all([bytes])).toEqual(['hi', '', 'flush', '0000'])
    expect(await all(bytes.split(''))).toEqual(['hi', '', 'flush', '0000'])
  })

  it.each(['hello', '0003', '0001', '0002', '-004', 'ffff', 'GET / HTTP'])(
    'are refused where they are none: %s',
    async (text) => {
      await expect(all([text])).rejects.toThrow('not the git protocol')
    },
  )

  it('carry text on a band, in as many as it takes', () => {
    expect(progressPackets('a').toString()).toBe('0006\u0002a')
    expect(dataPackets(Buffer.from('a')).toString()).toBe('0006\u0001a')
    const long = progressPackets('x'.repeat(100_000))
    expect(long.length).toBe(100_000 + 2 * 5)
    expect(() => pktLine('x'.repeat(65_517))).toThrow('too long')
  })
})
