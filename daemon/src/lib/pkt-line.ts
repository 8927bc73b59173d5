/** git's framing: four hex digits of length, themselves included, then the payload; `0000` is a flush. */
export const FLUSH = Buffer.from('0000')
export const MAX_PAYLOAD = 65_516

export function pktLine(payload: string | Uint8Array): Buffer {
  const bytes = Buffer.from(payload)
  if (bytes.length > MAX_PAYLOAD) throw new RangeError('too long for one pkt-line')
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes])
}

/** Text on the band that git shows as `remote: …`, in as many packets as it takes. */
export const progressPackets = (text: string): Buffer => onBand(2, Buffer.from(text))

/** What is meant for the client's git itself. */
export const dataPackets = (bytes: Buffer): Buffer => onBand(1, bytes)

function onBand(band: number, bytes: Buffer): Buffer {
  const packets: Buffer[] = []
  for (let at = 0; at < bytes.length; at += MAX_PAYLOAD - 1)
    packets.push(
      pktLine(Buffer.concat([Buffer.of(band), bytes.subarray(at, at + MAX_PAYLOAD - 1)])),
    )
  return Buffer.concat(packets)
}

export type Packet = { type: 'data'; payload: Buffer } | { type: 'flush' }

/**
 * Takes packets off the front of `bytes`: `used` says how far it got, so that a packet that has not
 * come in whole is tried again with more. Throws PktLineError on anything else.
 */
export function takePacket(
  bytes: Buffer,
  from: number,
): { packet: Packet; used: number } | undefined {
  if (bytes.length < from + 4) return undefined
  const digits = bytes.toString('latin1', from, from + 4)
  if (!/^[0-9a-f]{4}$/i.test(digits)) throw new PktLineError()
  const length = Number.parseInt(digits, 16)
  if (length === 0) return { packet: { type: 'flush' }, used: from + 4 }
  if (length < 4 || length > MAX_PAYLOAD + 4) throw new PktLineError()
  if (bytes.length < from + length) return undefined
  return {
    packet: { type: 'data', payload: bytes.subarray(from + 4, from + length) },
    used: from + length,
  }
}

export class PktLineError extends Error {
  constructor() {
    super('that is not the git protocol')
    this.name = 'PktLineError'
  }
}

/** A payload as text, without the newline git likes to end it with. */
export const payloadText = (payload: Buffer): string => payload.toString().replace(/\n$/, '')

/** The packets of a stream, as they come. Throws PktLineError where it is something else. */
export async function* readPackets(
  stream: AsyncIterable<Buffer>,
): AsyncGenerator<Packet, undefined> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    for (let taken = takePacket(rest, at); taken; taken = takePacket(rest, at)) {
      at = taken.used
      yield taken.packet
    }
    rest = rest.subarray(at)
  }
  return undefined
}
