import { spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'

const BACKEND = '/usr/lib/git-core/git-http-backend'

/** Answers with git's own server of repositories beneath `root`. */
export function serveGit(root: string, request: IncomingMessage, reply: ServerResponse): void {
  const url = new URL(request.url ?? '', 'https://localhost')
  const backend = spawn(BACKEND, {
    env: {
      PATH: '/usr/bin:/bin',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    },
  })
  backend.stdin.on('error', () => {})
  request.pipe(backend.stdin)
  reply.on('close', () => backend.kill())
  let head = Buffer.alloc(0)
  backend.stdout.on('data', (chunk: Buffer) => {
    if (reply.headersSent) {
      reply.write(chunk)
      return
    }
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end === -1) return
    reply.writeHead(...headOf(head.toString('latin1', 0, end)))
    reply.write(head.subarray(end + 4))
  })
  backend.on('close', () => reply.end())
}

function headOf(text: string): [status: number, headers: Record<string, string>] {
  const fields = text.split('\r\n').map((line) => line.split(/: (.*)/s))
  const headers = Object.fromEntries(
    fields.map(([name = '', value = '']) => [name.toLowerCase(), value]),
  )
  const { status = '200', ...rest } = headers
  return [Number.parseInt(status, 10), rest]
}
