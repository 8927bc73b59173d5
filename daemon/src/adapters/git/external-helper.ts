import { connect } from 'node:net'
import { FRAME_HEAD_BYTES } from './push-frames.ts'
import { GIT_SESSION_ENV, GIT_SOCKET_ENV } from './external-helper-env.ts'

/**
 * What git starts in place of ssh (GIT_SSH) and to ask for a name or password (GIT_ASKPASS). It
 * passes its arguments and streams to the daemon, which holds the keys and makes the connection: it
 * decides nothing, and no secret is in its environment or arguments.
 */
const socket = connect({ path: process.env[GIT_SOCKET_ENV] ?? '', allowHalfOpen: true })
socket.write(
  `${JSON.stringify({ session: process.env[GIT_SESSION_ENV] ?? '', args: process.argv.slice(2) })}\n`,
)
process.stdin.pipe(socket)

let waiting: Buffer = Buffer.alloc(0)
socket.on('data', (chunk: Buffer) => {
  waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk])
  while (waiting.length >= FRAME_HEAD_BYTES) {
    const end = FRAME_HEAD_BYTES + waiting.readUInt32BE(1)
    if (waiting.length < end) return
    const target = waiting.readUInt8(0)
    const payload = waiting.subarray(FRAME_HEAD_BYTES, end)
    waiting = waiting.subarray(end)
    if (target === 0) {
      leave(payload[0] ?? 1)
      return
    }
    // What is written to a pipe of git's is written when this returns.
    ;(target === 1 ? process.stdout : process.stderr).write(payload)
  }
})
socket.on('error', () => leave(1))
socket.on('close', () => leave(1))

function leave(code: number): void {
  process.stdout.write('', () => process.exit(code))
}
