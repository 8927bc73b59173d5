import { randomBytes } from 'node:crypto'
import { chmod, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { PassThrough, type Readable } from 'node:stream'
import { say as report } from '#lib/say.ts'
import type { DecidePush } from '#ports/git-transport.ts'
import { encodeVerdicts, readPush } from './proc-receive.ts'
import { frame } from './push-frames.ts'

interface Deps {
  /** The path of push.sock. */
  path: string
}

/** A push whose receive-pack has been started and whose hook may call. */
export interface ExpectedPush {
  id: string
  /** True once the objects are in the repository and `decide` has been asked. */
  handedOver(): boolean
  forget(): void
}

const ID_TIMEOUT_MS = 10_000
const ID_BYTES = 33

/** The daemon's end of push.sock: each connection is the proc-receive hook of one push. */
export function createPushSocket({ path }: Deps) {
  const expected = new Map<string, { decide: DecidePush; handedOver: boolean }>()
  const open = new Set<Socket>()

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => {
      // The hook was ended; a decision under way runs to its end without it.
    })
    serve(socket).catch((error: unknown) => {
      report('push.failed', { error: String(error) })
      socket.end(frame(0, Buffer.of(1)))
    })
  })

  async function serve(socket: Socket): Promise<void> {
    const { id, input } = await readId(socket)
    const push = expected.get(id)
    if (!push || push.handedOver) {
      socket.destroy()
      return
    }
    const send = (bytes: Buffer): void => {
      if (socket.writable) socket.write(bytes)
    }
    const received = await readPush(input, (bytes) => send(frame(1, bytes)))
    push.handedOver = true
    const verdicts = await push.decide(received, (text) => send(frame(2, Buffer.from(text))))
    send(frame(1, encodeVerdicts(received.commands, verdicts)))
    send(frame(0, Buffer.of(0)))
    socket.end()
  }

  return {
    path,

    /** Only the user of the daemon can connect. */
    async listen(): Promise<void> {
      await rm(path, { force: true })
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      server.once('error', reject)
      server.listen(path, resolve)
      await promise
      await chmod(path, 0o600)
    },

    expect(decide: DecidePush): ExpectedPush {
      const id = randomBytes(16).toString('hex')
      const push = { decide, handedOver: false }
      expected.set(id, push)
      return {
        id,
        handedOver: () => push.handedOver,
        forget: () => expected.delete(id),
      }
    },

    async close(): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      for (const socket of open) socket.destroy()
      await promise
    },
  }
}
export type PushSocket = ReturnType<typeof createPushSocket>

/** The id up to the newline; what came with it is the beginning of git's bytes. */
function readId(socket: Socket): Promise<{ id: string; input: Readable }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ id: string; input: Readable }>()
  const timer = setTimeout(() => fail('did not say which push it belongs to'), ID_TIMEOUT_MS)
  let start: Buffer = Buffer.alloc(0)

  function fail(reason: string): void {
    clearTimeout(timer)
    socket.destroy()
    reject(new Error(`a hook ${reason}`))
  }
  const onClose = (): void => fail('went away at once')
  const onData = (chunk: Buffer): void => {
    start = Buffer.concat([start, chunk])
    const at = start.indexOf(10)
    if (at === -1 && start.length > ID_BYTES) fail('said something else than its push')
    if (at === -1) return
    clearTimeout(timer)
    socket.off('data', onData)
    socket.off('close', onClose)
    const input = new PassThrough()
    input.write(start.subarray(at + 1))
    socket.pipe(input)
    resolve({ id: start.toString('latin1', 0, at), input })
  }
  socket.on('data', onData)
  socket.on('close', onClose)
  return promise
}
