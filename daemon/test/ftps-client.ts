import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'

interface Server {
  port: number
  caFile: string
}

const WAIT_MS = 10_000

/**
 * An FTPS client that says what it is told to, byte for byte: explicit TLS on the control connection,
 * and data connections that resume its session, as FileZilla's do.
 */
export async function dialFtps({ port, caFile }: Server) {
  const ca = readFileSync(caFile)
  const plain = connect(port, '127.0.0.1')
  let socket: Socket = plain
  let secure: TLSSocket | undefined
  let session: Buffer | undefined
  const lines: string[] = []
  const arrived = new Set<() => void>()
  let rest = ''

  function listen(on: Socket): void {
    on.setEncoding('utf8')
    on.on('error', () => {
      // It may be ended by the other side.
    })
    on.on('data', (text: string) => {
      const parts = (rest + text).split('\r\n')
      rest = parts.pop() ?? ''
      lines.push(...parts)
      for (const tell of arrived) tell()
    })
  }

  /** The whole reply, its lines joined; rejects where none comes. */
  async function reply(): Promise<string> {
    const deadline = AbortSignal.timeout(WAIT_MS)
    for (;;) {
      const code = lines[0]?.slice(0, 3) ?? ''
      const end = lines.findIndex((line) => line.startsWith(`${code} `))
      if (code !== '' && end !== -1) return lines.splice(0, end + 1).join('\n')
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const late = (): void => reject(new Error(`no reply; so far: ${lines.join('|')}`))
      deadline.addEventListener('abort', late, { once: true })
      arrived.add(resolve)
      await promise.finally(() => {
        arrived.delete(resolve)
        deadline.removeEventListener('abort', late)
      })
    }
  }

  function say(line: string): Promise<string> {
    socket.write(`${line}\r\n`)
    return reply()
  }

  /** After 150: as the same client, or as one that proves nothing. */
  async function secureOn(raw: Socket, { resume = true } = {}): Promise<TLSSocket> {
    const data = connectTls({
      socket: raw,
      ca,
      servername: 'localhost',
      ...(resume && session ? { session } : {}),
    })
    data.on('error', () => {
      // It may be ended by the other side.
    })
    await once(data, 'secureConnect')
    return data
  }

  listen(plain)
  await reply()

  return {
    say,
    reply,
    secureOn,
    write: (bytes: Buffer): boolean => socket.write(bytes),

    async startTls(): Promise<void> {
      await say('AUTH TLS')
      plain.removeAllListeners('data')
      const opened = connectTls({ socket: plain, ca, servername: 'localhost' })
      opened.on('session', (ticket) => {
        session = ticket
      })
      await once(opened, 'secureConnect')
      secure = opened
      socket = opened
      listen(opened)
    },

    /** Connects to the port that PASV or EPSV has told; the handshake is for later. */
    async passive(command = 'PASV') {
      const told = await say(command)
      const [, high = 0, low = 0] = /,(\d+),(\d+)\)/.exec(told)?.map(Number) ?? []
      const dataPort = Number(/\|\|\|(\d+)\|/.exec(told)?.[1] ?? high * 256 + low)
      const raw = connect(dataPort, '127.0.0.1')
      raw.on('error', () => {
        // As above.
      })
      await once(raw, 'connect')
      return {
        port: dataPort,
        raw,
        secure: () => secureOn(raw),
      }
    },

    isEncrypted: (): boolean => secure !== undefined,
    close: (): void => {
      socket.destroy()
      plain.destroy()
    },
  }
}
export type FtpsClient = Awaited<ReturnType<typeof dialFtps>>
