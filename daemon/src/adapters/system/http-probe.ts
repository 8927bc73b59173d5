import { request } from 'node:http'
import type { HttpProbe, ProbeResult } from '#ports/http-probe.ts'

/** Codes of a connection that was not made: nobody listens, or the instance is not there. */
const NOT_LISTENING = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND']

/** A connection of its own for each question: what is asked is whether new visitors get an answer. */
export const httpProbe: HttpProbe = {
  get({ host, port, path, hostHeader }, timeoutMs, signal) {
    const { promise, resolve } = Promise.withResolvers<ProbeResult>()
    const asked = request({
      host,
      port,
      path,
      agent: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      headers: {
        host: hostHeader,
        'x-forwarded-proto': 'http',
        'user-agent': 'vastrox-health-check',
        connection: 'close',
      },
    })
    asked.on('response', (response) => {
      resolve({ kind: 'answered', status: response.statusCode ?? 0 })
      response.destroy()
    })
    asked.on('error', (error) => resolve(resultOf(error, timeoutMs)))
    asked.end()
    return promise
  },
}

function resultOf(error: Error, timeoutMs: number): ProbeResult {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (NOT_LISTENING.includes(code)) return { kind: 'refused' }
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return { kind: 'silent', detail: `within ${timeoutMs} ms` }
  if (code.startsWith('HPE_')) return { kind: 'silent', detail: 'what came is not HTTP' }
  return { kind: 'silent', detail: 'the connection broke' }
}
