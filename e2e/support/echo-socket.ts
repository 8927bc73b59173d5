import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import type { Socket } from 'node:net'

interface Place {
  port: number
  host: string
  path: string
}

/** Sends one short text over a WebSocket and resolves with the text that comes back. */
export function echoOnce({ port, host, path }: Place, text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const call = request({
    host: '127.0.0.1',
    port,
    path,
    headers: {
      host,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    },
    timeout: 10_000,
  })
  call.on('upgrade', (_response, socket: Socket, head) => {
    let seen = head
    socket.on('data', (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk])
      const length = seen[1] ?? 0
      if (seen.length < 2 + length) return
      socket.destroy()
      resolve(seen.subarray(2, 2 + length).toString())
    })
    socket.on('error', reject)
    socket.write(frameOf(text))
  })
  call.on('response', (response) => reject(new Error(`no WebSocket: ${response.statusCode}`)))
  call.on('timeout', () => call.destroy(new Error('no answer in time')))
  call.on('error', reject)
  call.end()
  return promise
}

/** A masked text frame, as browsers send them. */
function frameOf(text: string): Buffer {
  const body = Buffer.from(text)
  if (body.length > 125) throw new Error('a short text is meant')
  const mask = randomBytes(4)
  const masked = body.map((byte, at) => byte ^ (mask[at % 4] ?? 0))
  return Buffer.concat([Buffer.from([0x81, 0x80 | body.length]), mask, masked])
}
