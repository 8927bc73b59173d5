import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import {
  type ControlReply,
  type ControlRequest,
  parseRequest,
} from '#agent/supervisor/control-protocol.ts'

const MAX_REQUEST_BYTES = 4_096
const IDLE_MS = 5_000

/** Serves supervisor.sock, which only root may open. */
export async function serveControl(
  path: string,
  answer: (request: ControlRequest) => Promise<unknown>,
): Promise<Server> {
  rmSync(path, { force: true })
  const server = createServer((socket) => void converse(socket, answer))
  server.maxConnections = 16
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  // Readable by nobody else from the first moment on: its directory is 0700.
  server.listen(path, resolve)
  await promise
  chmodSync(path, 0o600)
  return server
}

async function converse(
  socket: Socket,
  answer: (request: ControlRequest) => Promise<unknown>,
): Promise<void> {
  socket.on('error', () => socket.destroy())
  const line = await firstLine(socket)
  if (line === undefined) return
  const reply = await replyTo(line, answer)
  socket.end(`${JSON.stringify(reply)}\n`)
}

async function replyTo(
  line: string,
  answer: (request: ControlRequest) => Promise<unknown>,
): Promise<ControlReply> {
  try {
    return { ok: true, result: (await answer(parseRequest(line))) ?? null }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  }
}

function firstLine(socket: Socket): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  let text = ''
  socket.setTimeout(IDLE_MS, () => {
    if (text.includes('\n')) return
    socket.destroy()
  })
  socket.on('data', (chunk) => {
    text += chunk.toString()
    const end = text.indexOf('\n')
    if (end !== -1) resolve(text.slice(0, end))
    else if (text.length > MAX_REQUEST_BYTES) socket.destroy()
  })
  socket.once('close', () => resolve(undefined))
  return promise
}
