import { isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { CodedError } from '@vastrox/shared/errors.ts'
import { connectGuarded } from '#adapters/system/guarded-socket.ts'
import type { SyslogTarget } from '#lib/drain-target.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { LogDrainEnd } from '#ports/log-drain-end.ts'
import { syslogFrames } from './syslog-message.ts'

interface Options {
  addresses: GuardedAddresses
  /** Everybody whom we trust to say who the other side is, in PEM. */
  authorities: readonly string[]
  /** Who we say that we are. */
  hostName: string
}

const HANDSHAKE_MS = 15_000
const KEEP_ALIVE_MS = 30_000

/** Syslog over TLS, or over TCP: each message behind its length. Throws DRAIN_UNREACHABLE. */
export async function openSyslogEnd(
  { host, port, secure }: SyslogTarget,
  { addresses, authorities, hostName }: Options,
  signal: AbortSignal,
): Promise<LogDrainEnd> {
  const bare = await connectGuarded(addresses, { host, port }, signal)
  bare.setKeepAlive(true, KEEP_ALIVE_MS)
  const socket = secure ? await upgraded(bare, host, authorities, signal) : bare
  let gone: Error | undefined
  socket.on('error', (error) => {
    gone ??= error
  })
  socket.on('close', () => {
    gone ??= new Error('it closed the connection')
  })
  // It says nothing by the protocol; what it says all the same is not kept, and its end is heard.
  socket.on('end', () => socket.destroy())
  socket.resume()

  return {
    async send(lines, aborted) {
      if (gone) throw unreachable(host, port, gone)
      const bytes = lines.flatMap((line) => syslogFrames(line, hostName)).join('')
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const onEnd = (): void => reject(gone ?? new Error('it closed the connection'))
      const onAbort = (): void => {
        reject(new Error('it takes nothing any more'))
        socket.destroy()
      }
      socket.once('close', onEnd)
      aborted.addEventListener('abort', onAbort, { once: true })
      socket.write(bytes, (error) => (error ? reject(error) : resolve()))
      try {
        await promise
        return 0
      } catch (error) {
        throw unreachable(host, port, error)
      } finally {
        socket.off('close', onEnd)
        aborted.removeEventListener('abort', onAbort)
      }
    },
    close(): void {
      socket.end()
      setTimeout(() => socket.destroy(), 1_000).unref()
    },
  }
}

function upgraded(
  socket: Socket,
  host: string,
  authorities: readonly string[],
  signal: AbortSignal,
): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const secured = connectTls({
    socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ca: [...authorities],
    minVersion: 'TLSv1.2',
  })
  const fail = (error: Error): void => {
    socket.destroy()
    reject(error)
  }
  const late = AbortSignal.any([signal, AbortSignal.timeout(HANDSHAKE_MS)])
  const onLate = (): void => fail(new Error('no TLS in time'))
  late.addEventListener('abort', onLate, { once: true })
  // For good: an error after the handshake is heard by whoever sends.
  secured.on('error', fail)
  secured.once('secureConnect', () => {
    late.removeEventListener('abort', onLate)
    resolve(secured)
  })
  secured.once('close', () => fail(new Error('it closed the connection')))
  return promise
}

function unreachable(host: string, port: number, cause: unknown): CodedError {
  const reason = `${host}:${port} does not take logs: ${cause instanceof Error ? sayCause(cause) : 'no answer'}.`
  return new CodedError('DRAIN_UNREACHABLE', { reason }, { cause })
}

export function sayCause(cause: Error): string {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  if (/CERT|SELF_SIGNED|ISSUER|ALTNAME|VERIFY|SIGNATURE/.test(code))
    return `its certificate is not trusted (${code})`
  return (code || cause.message).slice(0, 100)
}
