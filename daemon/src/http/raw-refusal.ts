import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ErrorCode } from '@vastrox/shared/errors.ts'
import { replyOf } from '#http/plugins/errors.ts'
import { HEADERS_OF_DATA } from '#http/plugins/security-headers.ts'

interface Refusal {
  status: string
  body: string
  headers: Readonly<Record<string, string>>
}

const refusal = (
  status: string,
  code: ErrorCode,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): Refusal => ({
  status,
  body: JSON.stringify(replyOf(code, { reason })),
  headers: { ...HEADERS_OF_DATA, 'content-type': 'application/json; charset=utf-8', ...headers },
})

const UNREADABLE = refusal('400 Bad Request', 'REQUEST_INVALID', 'The request cannot be read.')
const LATE = refusal(
  '408 Request Timeout',
  'REQUEST_TIMEOUT',
  'The request took too long to arrive.',
)
/**
 * Pages of apps beneath our name can give a browser more cookies than fit into a request, and would
 * keep its owner out for as long as these last: so they go, ours among them.
 */
const TOO_LONG = refusal(
  '431 Request Header Fields Too Large',
  'REQUEST_TOO_LARGE',
  'The head of the request is longer than 16 KB, cookies included. They have been cleared: load the page again and sign in.',
  { 'clear-site-data': '"cookies"' },
)

const BY_CODE: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: TOO_LONG,
  ERR_HTTP_REQUEST_TIMEOUT: LATE,
}

/** For what is no HTTP, or none that we take: no request, no hooks, only the socket. */
export function refuseConnection(error: { code?: string }, socket: Socket): void {
  // Without a handshake nothing can be said, and what is to be said would wait for it for ever.
  const isBeforeHttp = error.code?.startsWith('ERR_TLS') || error.code?.startsWith('ERR_SSL')
  if (isBeforeHttp || error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, body, headers } = BY_CODE[error.code ?? ''] ?? UNREADABLE
  const fields = { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' }
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status}\r\n${head.join('')}\r\n${body}`)
}

/** For a path that cannot be decoded: the router gives up before any hook. */
export function refusePath(raw: ServerResponse): void {
  raw.writeHead(400, UNREADABLE.headers).end(UNREADABLE.body)
}
