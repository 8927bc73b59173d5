import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as secure, type TLSSocket } from 'node:tls'

/**
 * `operator.ts <address> <port> <ca file> <token>`: somebody on the internet who lets the firewall
 * enforce over one connection, and tries to confirm it over others. Prints one JSON value.
 */
const [address = '', port = '', caFile = '', token = ''] = process.argv.slice(2)
const ca = readFileSync(caFile)
const WITHIN_MS = 10_000

async function dial(): Promise<Socket> {
  const socket = connect(Number(port), address)
  await once(socket, 'connect', { signal: AbortSignal.timeout(WITHIN_MS) })
  return socket
}

async function shake(socket: Socket): Promise<TLSSocket> {
  const over = secure({ socket, ca, host: address })
  await once(over, 'secureConnect', { signal: AbortSignal.timeout(WITHIN_MS) })
  return over
}

/** Begins a request, so that the connection is not idle. */
const begin = (over: TLSSocket, line: string): boolean =>
  over.write(`${line} HTTP/1.1\r\nHost: ${address}:${port}\r\n`)

/** The reply over that connection: no client that would make another one by itself. */
async function finish(over: TLSSocket, body = '') {
  over.write(
    [
      `Authorization: Bearer ${token}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
  let reply = ''
  const signal = AbortSignal.timeout(WITHIN_MS)
  over.once('close', () => over.emit('error', new Error('closed without a reply')))
  for (;;) {
    const [chunk] = await once(over, 'data', { signal })
    reply += String(chunk)
    const [head = '', rest = ''] = reply.split('\r\n\r\n')
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN)
    if (Number.isNaN(length) || Buffer.byteLength(rest) < length) continue
    over.removeAllListeners('close')
    const value: unknown = JSON.parse(rest)
    return {
      status: Number(head.split(' ')[1]),
      closes: /^connection: close$/im.test(head),
      body: value,
    }
  }
}

function ask(over: TLSSocket, line: string, body = '') {
  begin(over, line)
  return finish(over, body)
}

const API = '/api/v1/firewall'
const first = await shake(await dial())
// Accepted before the change: one is in the middle of its request, one begins TLS only after it.
const second = await shake(await dial())
const third = await dial()
begin(second, `POST ${API}/confirm`)
const before = await ask(first, `GET ${API}`)
const applied = await ask(first, `POST ${API}/apply`, '{"mode":"enforce","keepOpen":[]}')
const overSecond = await finish(second, '{}')
const overThird = await ask(await shake(third), `POST ${API}/confirm`, '{}')
const confirmed = await ask(await shake(await dial()), `POST ${API}/confirm`, '{}')
const after = await ask(await shake(await dial()), `GET ${API}`)
console.log(JSON.stringify({ before, applied, overSecond, overThird, confirmed, after }))
process.exit(0)
