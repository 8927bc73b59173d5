import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { certificateIn } from '#test/certificate.ts'
import { listen } from '#test/proxy/rig.ts'

/** What happens to a call on its way; undefined: it reaches the CA. */
export type Fault =
  | { status: number; headers?: Record<string, string>; type?: string; detail?: string }
  | 'hang'
  | 'reset'

/**
 * Stands between us and a real CA and makes trouble. The CA builds its addresses of the Host field, so
 * that everything it names leads through here, and signatures over addresses stay right.
 */
export async function startFaultProxy(target: { directoryUrl: string; caPem: string }) {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-faults-'))
  const { key, cert, caFile } = certificateIn(folder)
  const { hostname, port, pathname } = new URL(target.directoryUrl)
  const calls: { at: number; line: string; fault: boolean }[] = []
  const faults = {
    /** Asked for each call. */
    of: (_line: string): Fault | undefined => undefined,
  }

  const server = createServer({ key, cert }, (req, res) => {
    const line = `${req.method} ${req.url}`
    const fault = faults.of(line)
    calls.push({ at: Date.now(), line, fault: fault !== undefined })
    if (fault === undefined) pass(req, res)
    else if (fault === 'reset') req.socket.destroy()
    else if (fault !== 'hang') {
      res.writeHead(fault.status, {
        'content-type': 'application/problem+json',
        ...fault.headers,
      })
      res.end(
        JSON.stringify({
          type: `urn:ietf:params:acme:error:${fault.type ?? 'serverInternal'}`,
          detail: fault.detail ?? 'out of order',
          status: fault.status,
        }),
      )
    }
  })

  function pass(req: IncomingMessage, res: ServerResponse): void {
    const onward = request(
      {
        hostname,
        port,
        method: req.method,
        path: req.url,
        headers: req.headers,
        ca: target.caPem,
        servername: 'localhost',
      },
      (reply) => {
        res.writeHead(reply.statusCode ?? 502, reply.headers)
        reply.pipe(res)
      },
    )
    onward.on('error', () => req.socket.destroy())
    req.pipe(onward)
  }

  const ownPort = await listen(server)
  return {
    directoryUrl: `https://127.0.0.1:${ownPort}${pathname}`,
    caFile,
    caPem: readFileSync(caFile, 'utf8'),
    faults,
    calls,
    async stop(): Promise<void> {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type FaultProxy = Awaited<ReturnType<typeof startFaultProxy>>
