import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Actor } from '@vastrox/shared/actor.ts'
import { WindowSize } from '@vastrox/shared/agent-api.ts'
import { CommandOrigin } from '@vastrox/shared/command-origin.ts'
import { readFrame } from '@vastrox/shared/node/frame.ts'
import { createSessionDecoder, type SessionInput } from '@vastrox/shared/node/session-frames.ts'
import { z } from 'zod'
import type { Command, CommandServices } from '#commands/command.ts'
import { runCommand } from '#commands/run-command.ts'
import type { Terminal } from '#commands/terminal-port.ts'

interface Deps {
  /** In a directory that only root and the daemon's user may enter. */
  socketPath: string
  services: CommandServices
  /** Commands that only root has, at this socket; loaded with the table when a first one is typed. */
  only: () => Promise<readonly Command[]>
  /** Who works at the console of this server. */
  rootActor: () => Actor
  /** The same in another team. */
  rootIn: (teamId: string) => Actor | undefined
  onBug: (error: unknown) => void
}

const MAX_BODY_BYTES = 8 * 2 ** 20
const Request = z.object({
  args: z.array(z.string().max(1_000_000)).max(2_000),
  actor: z.literal('root'),
  /** Of the session that it was typed in. */
  origin: CommandOrigin.optional(),
  /** What was piped into the command. */
  stdin: z.string().optional(),
})

/** What is in front of the frames of somebody who works with a command. */
const TerminalRequest = z.object({
  args: Request.shape.args,
  actor: Request.shape.actor,
  /** False: nothing will be typed or piped. */
  stdin: z.boolean(),
  terminal: WindowSize.extend({ term: z.string().max(100).optional() }).nullable(),
})
const BODY_WITHIN_MS = 30_000

/**
 * The command table for `vastrox` on this server: POST /command, answered by NDJSON
 * `{type:'stdout'|'stderr', text}` and one `{type:'exit', code}` at the end. Whoever hangs up ends
 * the command, but nothing that it has set going.
 *
 * POST /terminal is the same for commands that somebody works with: its body is a frame of JSON and
 * then, for as long as the command runs, the frames of shared/src/node/session-frames.ts; the reply
 * has besides `{type:'started'}` and `{type:'data', stream, base64}`.
 */
export function createConsoleServer({
  socketPath,
  services,
  only,
  rootActor,
  rootIn,
  onBug,
}: Deps) {
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      onBug(error)
      response.destroy()
    })
  })
  // Somebody may work for hours; the bodies of the others have a time-out of their own.
  server.requestTimeout = 0
  server.maxConnections = 100

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return refuse(response, 404)
    const late = setTimeout(() => request.destroy(), BODY_WITHIN_MS)
    const asked = await askedBy(request).finally(() => clearTimeout(late))
    if (!asked) return refuse(response, request.url === '/command' ? 400 : 404)

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
      inTeam: rootIn,
      origin: asked.origin,
      stdin: asked.stdin,
      terminal: asked.terminal && terminalOf(asked.terminal, request, send),
      signal: gone.signal,
      print: (said: string) => send({ type: 'stdout', text: said }),
      printError: (said: string) => send({ type: 'stderr', text: said }),
    }
    const { commands } = await import('#commands/table.ts')
    const code = await runCommand([...commands, ...(await only())], context, asked.args, onBug)
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

interface Asked {
  args: string[]
  /** What was piped into the command as a whole. */
  stdin: string | undefined
  origin: CommandOrigin | undefined
  terminal: z.infer<typeof TerminalRequest> | undefined
}

async function askedBy(request: IncomingMessage): Promise<Asked | undefined> {
  const size = Number(request.headers['content-length'] ?? 0)
  if (size > MAX_BODY_BYTES) return undefined
  try {
    if (request.url === '/terminal') {
      const head = JSON.parse(await readFrame(request, MAX_BODY_BYTES))
      const terminal = TerminalRequest.parse(head)
      return { args: terminal.args, stdin: undefined, origin: undefined, terminal }
    }
    if (request.url !== '/command') return undefined
    const { args, stdin, origin } = Request.parse(JSON.parse(await text(request)))
    return { args, stdin, origin, terminal: undefined }
  } catch {
    return undefined
  }
}

const terminalOf = (
  { stdin, terminal }: z.infer<typeof TerminalRequest>,
  request: IncomingMessage,
  send: (line: unknown) => Promise<void>,
): Terminal => ({
  size: terminal && { columns: terminal.columns, rows: terminal.rows },
  term: terminal?.term,
  hasInput: stdin,
  input: inputOf(request),
  started: () => void send({ type: 'started' }),
  write: (stream, bytes) =>
    send({ type: 'data', stream, base64: Buffer.from(bytes).toString('base64') }),
})

async function* inputOf(request: IncomingMessage): AsyncGenerator<SessionInput> {
  const decode = createSessionDecoder()
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes: Buffer = chunk
    yield* decode(bytes)
  }
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify({ error: { code: 'REQUEST_INVALID' } })}\n`)
}
