import { writeSync } from 'node:fs'
import { connect } from 'node:net'
import { FRAME_HEAD_BYTES, PUSH_ID_ENV, PUSH_SOCKET_ENV } from './push-frames.ts'

/**
 * The only hook there is. git starts it in the middle of a push; it takes what git says to the
 * daemon and the daemon's answer back. It decides nothing, and starts fast: keep its imports few.
 */
const socket = connect({ path: process.env[PUSH_SOCKET_ENV] ?? '', allowHalfOpen: true })
socket.write(`${process.env[PUSH_ID_ENV] ?? ''}\n`)
process.stdin.pipe(socket)

let waiting: Buffer = Buffer.alloc(0)
socket.on('data', (chunk: Buffer) => {
  waiting = Buffer.concat([waiting, chunk])
  while (waiting.length >= FRAME_HEAD_BYTES) {
    const end = FRAME_HEAD_BYTES + waiting.readUInt32BE(1)
    if (waiting.length < end) return
    const target = waiting.readUInt8(0)
    const payload = waiting.subarray(FRAME_HEAD_BYTES, end)
    if (target === 0) process.exit(payload[0] ?? 1)
    for (let at = 0; at < payload.length; ) at += writeSync(target, payload, at)
    waiting = waiting.subarray(end)
  }
})
socket.on('error', () => giveUp())
socket.on('close', () => giveUp())

function giveUp(): void {
  writeSync(
    2,
    ' !     Vastrox was stopped while it looked at the push. A deployment that has begun goes on by itself.\n',
  )
  process.exit(1)
}
