import { randomBytes } from 'node:crypto'
import { chmod, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { PassThrough, type Readable } from 'node:stream'
import { z } from 'zod'
import { GIT_SESSION_ENV, GIT_SOCKET_ENV } from './external-helper-env.ts'
import { frame } from './push-frames.ts'

interface Deps {
  /** The path of the socket that helpers call. */
  path: string
  /** The helper program. */
  helper: string
}

/** One call of git's, and what its helpers may ask. */
export interface HelperSession {
  /** undefined: nothing is said, and git goes without. */
  answer(prompt: string): string | undefined
  /** Runs a command of git's at the remote; gives its exit code. Rejects with what people are told. */
  run?: (command: string, streams: HelperStreams) => Promise<number>
}

export interface HelperStreams {
  input: Readable
  /** Resolves once more can be taken. */
  output(bytes: Buffer): Promise<void>
  error(bytes: Buffer): void
  /** Aborts when git has gone. */
  gone: AbortSignal
}

const Call = z.object({ session: z.string().max(100), args: z.array(z.string()).max(20) })
const HEAD_TIMEOUT_MS = 10_000
const MAX_HEAD_BYTES = 64 * 1_024

/** The daemon's end of what git starts to reach a remote. */
export function createExternalSocket({ path, helper }: Deps) {
  const sessions = new Map<string, HelperSession>()
  const open = new Set<Socket>()

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => {
      // git was ended: whoever started it knows why.
    })
    serve(socket).catch((error: unknown) => {
      const text = error instanceof Error ? error.message : 'it failed'
      if (!socket.writable) return
      socket.write(frame(2, Buffer.from(`${text}\n`)))
      socket.end(frame(0, Buffer.of(255)))
    })
  })

  async function serve(socket: Socket): Promise<void> {
    const { head, input } = await readHead(socket)
    const { session: id, args } = Call.parse(JSON.parse(head))
    const session = sessions.get(id)
    if (!session) throw new Error('that call has ended')
    const exitCode = args.length > 1 ? await connected() : answered()
    socket.write(frame(0, Buffer.of(exitCode)))
    socket.end()

    function answered(): number {
      const said = session?.answer(args[0] ?? '')
      if (said === undefined) return 1
      socket.write(frame(1, Buffer.from(`${said}\n`)))
      return 0
    }

    async function connected(): Promise<number> {
      if (!session?.run) throw new Error('SSH was not asked for')
      const gone = new AbortController()
      socket.on('close', () => gone.abort())
      return session.run(args.at(-1) ?? '', {
        input,
        output: (bytes) => written(socket, frame(1, bytes)),
        error: (bytes) => void socket.write(frame(2, bytes)),
        gone: gone.signal,
      })
    }
  }

  return {
    /** Only the user of the daemon can connect. */
    async listen(): Promise<void> {
      await rm(path, { force: true })
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      server.once('error', reject)
      server.listen(path, resolve)
      await promise
      await chmod(path, 0o600)
    },

    /** The environment of a git whose helpers speak to `session`, until `end` is called. */
    begin(session: HelperSession): { env: Record<string, string>; end: () => void } {
      const id = randomBytes(16).toString('hex')
      sessions.set(id, session)
      const env = {
        GIT_SSH: helper,
        GIT_SSH_VARIANT: 'ssh',
        GIT_ASKPASS: helper,
        [GIT_SOCKET_ENV]: path,
        [GIT_SESSION_ENV]: id,
      }
      return { env, end: () => void sessions.delete(id) }
    },

    async close(): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      for (const socket of open) socket.destroy()
      await promise
    },
  }
}
export type ExternalSocket = ReturnType<typeof createExternalSocket>

function written(socket: Socket, bytes: Buffer): Promise<void> {
  if (!socket.writable || socket.write(bytes)) return Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  const done = (): void => {
    socket.off('drain', done)
    socket.off('close', done)
    resolve()
  }
  socket.on('drain', done)
  socket.on('close', done)
  return promise
}

/** The first line; what came with it is the beginning of git's bytes. */
function readHead(socket: Socket): Promise<{ head: string; input: Readable }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ head: string; input: Readable }>()
  let start: Buffer = Buffer.alloc(0)
  const timer = setTimeout(() => fail(), HEAD_TIMEOUT_MS)
  function fail(): void {
    clearTimeout(timer)
    socket.destroy()
    reject(new Error('a helper did not say what it is for'))
  }
  const onData = (chunk: Buffer): void => {
    start = Buffer.concat([start, chunk])
    const at = start.indexOf(10)
    if (at === -1) {
      if (start.length > MAX_HEAD_BYTES) fail()
      return
    }
    clearTimeout(timer)
    socket.off('data', onData)
    socket.off('close', fail)
    const input = new PassThrough()
    input.write(start.subarray(at + 1))
    socket.pipe(input)
    resolve({ head: start.toString('utf8', 0, at), input })
  }
  socket.on('data', onData)
  socket.on('close', fail)
  return promise
}
