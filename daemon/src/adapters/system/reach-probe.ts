import { request } from 'node:http'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { ReachOutcome, ReachProbe } from '#ports/reach-probe.ts'

interface Deps {
  /** Judges the address that was looked up: only that one is connected to (rule C11). */
  guard: GuardedAddresses
}

const TIMEOUT_MS = 5_000
const MAX_BYTES = 4_096

export function createReachProbe({ guard }: Deps): ReachProbe {
  return {
    async ask({ host, address, port, path }, signal) {
      const judged = await guard.resolve(address, port, signal).catch(() => [])
      if (signal.aborted) return { kind: 'timeout' }
      const [pinned] = judged
      if (pinned === undefined) return { kind: 'not-asked' }
      return get({ host, address: pinned, port, path }, signal)
    },
  }
}

function get(
  { host, address, port, path }: Parameters<ReachProbe['ask']>[0],
  signal: AbortSignal,
): Promise<ReachOutcome> {
  const { promise, resolve } = Promise.withResolvers<ReachOutcome>()
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
  const sent = request(
    {
      host: address,
      port,
      path,
      agent: false,
      maxHeaderSize: 8_192,
      headers: {
        host,
        'user-agent': 'Vastrox domain check',
        accept: 'text/plain',
        connection: 'close',
      },
      signal: limit,
    },
    (reply) => {
      const chunks: Buffer[] = []
      let size = 0
      const done = (): void =>
        resolve({
          kind: 'answered',
          status: reply.statusCode ?? 0,
          body: Buffer.concat(chunks).toString('latin1').slice(0, MAX_BYTES),
          location: reply.headers.location ?? null,
          server: reply.headersDistinct['server']?.[0] ?? null,
        })
      reply.on('data', (chunk: Buffer) => {
        size += chunk.length
        chunks.push(chunk)
        // What is longer is no answer of ours, and the rest of it is of no use.
        if (size > MAX_BYTES) reply.destroy()
      })
      reply.on('close', done)
      reply.on('error', done)
    },
  )
  sent.on('error', (error) => resolve({ kind: limit.aborted ? 'timeout' : kindOf(error) }))
  sent.end()
  return promise
}

function kindOf(error: Error): 'refused' | 'timeout' | 'unreachable' | 'broken' {
  const code = 'code' in error ? error.code : ''
  if (code === 'ECONNREFUSED') return 'refused'
  if (code === 'ETIMEDOUT') return 'timeout'
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'EADDRNOTAVAIL')
    return 'unreachable'
  return 'broken'
}
