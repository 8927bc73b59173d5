import { connect, type Socket } from 'node:net'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'

const CONNECT_TIMEOUT_MS = 15_000

/**
 * TCP to the address that was looked up and judged (rule C11), the next one where one does not answer.
 * Throws HOST_UNREACHABLE, and what the guard throws.
 */
export async function connectGuarded(
  addresses: GuardedAddresses,
  { host, port }: { host: string; port: number },
  signal: AbortSignal,
): Promise<Socket> {
  const found = await addresses.resolve(host.replace(/^\[|\]$/g, ''), port, signal)
  let problem: unknown
  for (const address of found) {
    signal.throwIfAborted()
    try {
      return await connectTo(address, port, signal)
    } catch (error) {
      problem = error
    }
  }
  const reason = `${host}:${port} could not be reached: ${sayCause(problem)}.`
  throw new CodedError('HOST_UNREACHABLE', { reason }, { cause: problem })
}

function connectTo(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = connect({ host, port, noDelay: true })
  const end = (): void => void socket.destroy(new Error('no answer in time'))
  signal.addEventListener('abort', end, { once: true })
  socket.setTimeout(CONNECT_TIMEOUT_MS, end)
  // For good: a reset that comes before its user listens would end the daemon.
  socket.on('error', reject)
  socket.once('connect', () => {
    socket.setTimeout(0)
    signal.removeEventListener('abort', end)
    resolve(socket)
  })
  socket.once('close', () => {
    signal.removeEventListener('abort', end)
    reject(new Error('it closed the connection'))
  })
  return promise
}

function sayCause(cause: unknown): string {
  if (!(cause instanceof Error)) return 'no answer'
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  if (code === 'ECONNREFUSED') return 'it refuses the connection'
  return (code || cause.message).slice(0, 100)
}
