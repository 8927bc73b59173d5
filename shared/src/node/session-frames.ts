/**
 * What goes to a command that somebody works with: keys, changes of the window, signals, the end of
 * the input. On the wire: 1 byte kind, 4 bytes big-endian length, the payload.
 */
export type SessionInput =
  | { type: 'input'; bytes: Uint8Array }
  | { type: 'window'; columns: number; rows: number }
  | { type: 'signal'; signal: SessionSignal }
  | { type: 'end' }

export const SESSION_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const
export type SessionSignal = (typeof SESSION_SIGNALS)[number]

const KIND = { input: 0x69, window: 0x77, signal: 0x73, end: 0x65 } as const
const HEAD_BYTES = 5
const MAX_PAYLOAD_BYTES = 2 ** 20
export const MAX_WINDOW = 1_000

export function encodeSessionInput(input: SessionInput): Buffer {
  const payload = payloadOf(input)
  const head = Buffer.alloc(HEAD_BYTES)
  head[0] = KIND[input.type]
  head.writeUInt32BE(payload.length, 1)
  return Buffer.concat([head, payload])
}

function payloadOf(input: SessionInput): Buffer {
  switch (input.type) {
    case 'input':
      return Buffer.from(input.bytes)
    case 'window': {
      const size = Buffer.alloc(4)
      size.writeUInt16BE(windowOf(input.columns), 0)
      size.writeUInt16BE(windowOf(input.rows), 2)
      return size
    }
    case 'signal':
      return Buffer.from(input.signal)
    case 'end':
    default:
      return Buffer.alloc(0)
  }
}

const windowOf = (wish: number): number =>
  Math.min(MAX_WINDOW, Math.max(1, Number.isFinite(wish) ? Math.round(wish) : 1))

/**
 * Takes a stream of frames apart; gives the whole ones and keeps the rest for the next chunk. Throws
 * for what is no frame.
 */
export function createSessionDecoder() {
  let rest: Buffer = Buffer.alloc(0)

  return function decode(chunk: Buffer): SessionInput[] {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const found: SessionInput[] = []
    while (rest.length >= HEAD_BYTES) {
      const length = rest.readUInt32BE(1)
      if (length > MAX_PAYLOAD_BYTES) throw new Error('a frame of a session is too long')
      const end = HEAD_BYTES + length
      if (rest.length < end) break
      found.push(inputOf(rest[0] ?? 0, rest.subarray(HEAD_BYTES, end)))
      rest = rest.subarray(end)
    }
    return found
  }
}

function inputOf(kind: number, payload: Buffer): SessionInput {
  if (kind === KIND.input) return { type: 'input', bytes: payload }
  if (kind === KIND.end) return { type: 'end' }
  if (kind === KIND.window && payload.length === 4)
    return {
      type: 'window',
      columns: windowOf(payload.readUInt16BE(0)),
      rows: windowOf(payload.readUInt16BE(2)),
    }
  const signal = SESSION_SIGNALS.find((each) => each === payload.toString())
  if (kind === KIND.signal && signal !== undefined) return { type: 'signal', signal }
  throw new Error('that is no frame of a session')
}
