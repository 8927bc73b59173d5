import { connect } from 'node:net'
import type { GuardedAddresses } from '#ports/guarded-address.ts'

const TIMEOUT_MS = 3_000

/** True where something takes TCP connections there; false also where it may not be asked (rule C11). */
export async function takesConnections(
  guard: GuardedAddresses,
  { address, port }: { address: string; port: number },
  signal: AbortSignal,
): Promise<boolean> {
  const [pinned] = await guard.resolve(address, port, signal).catch(() => [])
  if (pinned === undefined || signal.aborted) return false
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host: pinned, port })
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
  const end = (): void => resolve(false)
  limit.addEventListener('abort', end, { once: true })
  socket.once('connect', () => resolve(true))
  socket.once('error', end)
  try {
    return await promise
  } finally {
    limit.removeEventListener('abort', end)
    socket.destroy()
  }
}
