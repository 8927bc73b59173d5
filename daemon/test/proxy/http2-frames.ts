import { connect, type TLSSocket } from 'node:tls'
import { until } from './rig.ts'

/** Frame types of RFC 9113, section 6. */
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const

export const END_STREAM = 1
export const END_HEADERS = 4
export const ACK = 1

export interface Frame {
  type: number
  flags: number
  stream: number
  payload: Buffer
}

/** A frame as it stands on the wire, right or wrong. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer | string = '',
): Buffer {
  const body = Buffer.from(payload)
  const head = Buffer.alloc(9)
  head.writeUIntBE(body.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, body])
}

/** Fields as HPACK literals that are never indexed, so that nothing needs a table. */
export function block(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0x10]), literal(name), literal(value)]),
  )
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  const { length } = bytes
  if (length < 127) return Buffer.concat([Buffer.from([length]), bytes])
  const size = [127]
  let rest = length - 127
  while (rest >= 128) {
    size.push((rest & 127) | 128)
    rest >>= 7
  }
  return Buffer.concat([Buffer.from([...size, rest]), bytes])
}

export const GET = (host: string, path = '/'): [string, string][] => [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':authority', host],
  [':path', path],
]

export const resetOf = (stream: number, code: number): Buffer =>
  frame(FRAME.rstStream, 0, stream, uint32(code))

export const windowUpdate = (stream: number, bytes: number): Buffer =>
  frame(FRAME.windowUpdate, 0, stream, uint32(bytes))

export function setting(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(6)
  bytes.writeUInt16BE(id, 0)
  bytes.writeUInt32BE(value, 2)
  return bytes
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

/** A client that writes exactly what the test says and keeps every frame that comes. */
export async function openFrames(port: number, servername: string, settings: Buffer | string = '') {
  const socket: TLSSocket = connect({
    port,
    host: '127.0.0.1',
    servername,
    ALPNProtocols: ['h2'],
    rejectUnauthorized: false,
  })
  const frames: Frame[] = []
  let pending = Buffer.alloc(0)
  let closed = false
  socket.on('error', () => undefined)
  socket.once('close', () => {
    closed = true
  })
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= 9) {
      const length = pending.readUIntBE(0, 3)
      if (pending.length < 9 + length) return
      frames.push({
        type: pending[3] ?? 0,
        flags: pending[4] ?? 0,
        stream: pending.readUInt32BE(5),
        payload: pending.subarray(9, 9 + length),
      })
      pending = pending.subarray(9 + length)
      const latest = frames.at(-1)
      // The limits of the server hold from here on.
      if (latest?.type === FRAME.settings && latest.flags !== ACK)
        socket.write(frame(FRAME.settings, ACK, 0))
    }
  })
  await new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('error', reject)
  })
  socket.write(Buffer.concat([Buffer.from(PREFACE), frame(FRAME.settings, 0, 0, settings)]))
  // Until it was answered the windows of the beginning hold.
  await until(() => closed || frames.length > 0)

  return {
    socket,
    frames,
    get closed(): boolean {
      return closed
    },
    write: (...parts: Buffer[]): boolean => !closed && socket.write(Buffer.concat(parts)),
    of: (type: number, stream?: number): Frame[] =>
      frames.filter((each) => each.type === type && (stream ?? each.stream) === each.stream),
    /** The error code of the connection's end, where it was told. */
    goaway: (): number | undefined =>
      frames.findLast(({ type }) => type === FRAME.goaway)?.payload.readUInt32BE(4),
    resetOf: (stream: number): number | undefined =>
      frames
        .find((each) => each.type === FRAME.rstStream && each.stream === stream)
        ?.payload.readUInt32BE(0),
    /** By the static table, as far as it goes; other statuses have the literal's first byte. */
    status: (stream: number): number | undefined => {
      const first = frames.find((each) => each.type === FRAME.headers && each.stream === stream)
      return first && STATUSES.get(first.payload[0] ?? 0)
    },
  }
}
export type FramesClient = Awaited<ReturnType<typeof openFrames>>

const STATUSES = new Map([
  [0x88, 200],
  [0x89, 204],
  [0x8a, 206],
  [0x8b, 304],
  [0x8c, 400],
  [0x8d, 404],
  [0x8e, 500],
])
