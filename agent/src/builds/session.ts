import { randomUUID } from 'node:crypto'
import type { ServerHttp2Stream } from 'node:http2'
import { setImmediate } from 'node:timers/promises'
import { bytesField, bytesOf, readFields, textOf, varintField } from '#agent/builds/protobuf.ts'
import type { Engine } from '#agent/engine/engine.ts'

const GET_SECRET = '/moby.buildkit.secrets.v1.Secrets/GetSecret'
/** BuildKit asks every few seconds whether we are still there, and ends the build when not answered. */
const HEALTH = '/grpc.health.v1.Health/Check'
const SERVING = 1

const GRPC_OK = '0'
const GRPC_NOT_FOUND = '5'
const GRPC_UNIMPLEMENTED = '12'
const MAX_REQUEST_BYTES = 65_536

export interface BuildSession {
  id: string
  close(): void
}

/**
 * A connection on which BuildKit calls us, by gRPC, when a step mounts a secret. The secrets exist
 * only in this process and in the step that mounts them (rule C14).
 */
export async function openSession(
  engine: Engine,
  secrets: ReadonlyMap<string, Buffer>,
): Promise<BuildSession> {
  const id = randomUUID().replaceAll('-', '')
  const { socket, head } = await engine.hijack('/session', {
    Upgrade: 'h2c',
    'X-Docker-Expose-Session-Uuid': id,
    'X-Docker-Expose-Session-Name': 'vastrox',
    'X-Docker-Expose-Session-Grpc-Method': [GET_SECRET, HEALTH],
  })
  if (head.length > 0) socket.unshift(head)
  const { performServerHandshake } = await import('node:http2')
  const session = performServerHandshake(socket)
  session.on('stream', (stream, headers) => {
    answer(stream, headers[':path'] ?? '', secrets).catch(() => stream.close())
  })
  session.on('error', () => {
    // The build ends with it and says so on its own connection.
  })
  // What came with the head is read in a later tick, which crashes where the session has ended by then.
  await setImmediate()
  return { id, close: () => session.destroy() }
}

async function answer(
  stream: ServerHttp2Stream,
  path: string,
  secrets: ReadonlyMap<string, Buffer>,
): Promise<void> {
  const request = await readMessage(stream)
  if (path === HEALTH) return reply(stream, varintField(1, SERVING))
  if (path !== GET_SECRET) return refuse(stream, GRPC_UNIMPLEMENTED, 'not offered')
  const [id] = [...readFields(request)].filter((field) => field.number === 1)
  const secret = id && secrets.get(textOf(id.value))
  if (!secret) return refuse(stream, GRPC_NOT_FOUND, 'there is no such secret')
  return reply(stream, bytesField(1, bytesOf(secret)))
}

/** One length-prefixed gRPC message: a byte for compression (none), 4 bytes length. */
async function readMessage(stream: ServerHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    const bytes: Buffer = chunk
    size += bytes.length
    if (size > MAX_REQUEST_BYTES) throw new Error('the request of the build is too long')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).subarray(5)
}

function reply(stream: ServerHttp2Stream, message: Buffer): void {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': GRPC_OK }))
  stream.end(Buffer.concat([head, message]))
}

function refuse(stream: ServerHttp2Stream, status: string, message: string): void {
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': status,
      'grpc-message': message,
    },
    { endStream: true },
  )
}
