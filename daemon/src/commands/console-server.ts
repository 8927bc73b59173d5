import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Actor } from '@vastrox/shared/actor.ts'
import { z } from 'zod'
import type { Command, CommandServices } from '#commands/command.ts'
import { runCommand } from '#commands/run-command.ts'
import { commands } from '#commands/table.ts'

interface Deps {
  /** In a directory that only root and the daemon's user may enter. */
  socketPath: string
  services: CommandServices
  /** Commands that only root has, at this socket. */
  only: readonly Command[]
  /** Who works at the console of this server. */
  rootActor: () => Actor
  onBug: (error: unknown) => void
}

const MAX_BODY_BYTES = 8 * 2 ** 20
const Request = z.object({
  args: z.array(z.string().max(1_000_000)).max(2_000),
  actor: z.literal('root'),
  /** What was piped into the command. */
  stdin: z.string().optional(),
})

/**
 * The command table for `vastrox` on this server: POST /command, answered by NDJSON
 * `{type:'stdout'|'stderr', text}` and one `{type:'exit', code}` at the end. Whoever hangs up ends
 * the command, but nothing that it has set going.
 */
export function createConsoleServer({ socketPath, services, only, rootActor, onBug }: Deps) {
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      onBug(error)
      response.destroy()
    })
  })
  server.requestTimeout = 30_000
  server.maxConnections = 100

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST' || request.url !== '/command') return refuse(response, 404)
    const asked = await bodyOf(request)
    if (!asked) return refuse(response, 400)

    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    response.flushHeaders()
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const send = async (line: unknown): Promise<void> => {
      if (gone.signal.aborted) return
      if (response.write(`${JSON.stringify(line)}\n`)) return
      await once(response, 'drain', { signal: gone.signal }).catch(() => {
        // Gone meanwhile: there is nobody to wait for.
      })
    }
    const context = {
      ...services,
      actor: rootActor(),
      stdin: asked.stdin,
      signal: gone.signal,
      print: (said: string) => send({ type: 'stdout', text: said }),
      printError: (said: string) => send({ type: 'stderr', text: said }),
    }
    const code = await runCommand([...commands, ...only], context, asked.args, onBug)
    await send({ type: 'exit', code })
    response.end()
  }

  return {
    async listen(): Promise<void> {
      // Left by a daemon that was killed; the instance lock says that no other one runs.
      await rm(socketPath, { force: true })
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      server.once('error', reject)
      server.listen(socketPath, resolve)
      await promise
      await chmod(socketPath, 0o600)
    },

    async close(): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      server.closeAllConnections()
      await promise
    },
  }
}
export type ConsoleServer = ReturnType<typeof createConsoleServer>

async function bodyOf(request: IncomingMessage): Promise<z.infer<typeof Request> | undefined> {
  const size = Number(request.headers['content-length'] ?? 0)
  if (size > MAX_BODY_BYTES) return undefined
  try {
    return Request.parse(JSON.parse(await text(request)))
  } catch {
    return undefined
  }
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify({ error: { code: 'REQUEST_INVALID' } })}\n`)
}
