import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { DataChannelError } from '#ftp/data-channel.ts'
import { FileError } from '#lib/file-error.ts'
import { type FtpState, type OpenFile, pathFrom } from '#ftp/ftp-session.ts'
import { factLine, listLine } from '#ftp/listing.ts'

interface Deps {
  state: FtpState
  reply: (code: number, text: string) => void
  /** Of the control connection, so that its TLS session is resumed. */
  context: () => SecureContext | undefined
  now: () => Date
}

const CHUNK_BYTES = 131_072
const IDLE_MS = 120_000
/** What has arrived and is not on the disk yet. */
const BATCH = 500
const RESUME = {
  read: false,
  write: true,
  append: false,
  create: true,
  truncate: false,
  exclusive: false,
}
const READ = { ...RESUME, read: true, write: false, create: false }

/** What goes over a data connection: files in both directions, and listings. */
export function createTransfers({ state, reply, context, now }: Deps) {
  /** Opens the data connection and does the work; says how it ended. */
  async function during(
    work: (socket: Socket, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { channel } = state
    state.channel = undefined
    if (!channel) return reply(425, 'Use PASV or EPSV first.')
    const transfer = new AbortController()
    state.transfer = transfer
    let socket: Socket | undefined
    try {
      reply(150, 'Here it comes.')
      const connected = await channel.connect({
        context: state.protectsData ? context() : undefined,
        resumes: state.resumes,
      })
      socket = connected.socket
      if (state.protectsData) state.resumes = connected.isResumed || state.resumes === true
      const { signal } = transfer
      const opened = socket
      signal.addEventListener('abort', () => opened.destroy())
      signal.throwIfAborted()
      socket.setTimeout(IDLE_MS, () => opened.destroy(new Error('nothing came for two minutes')))
      await work(socket, signal)
      reply(226, 'Done.')
    } catch (error) {
      if (error instanceof FileError) reply(codeOf(error), error.message)
      else if (transfer.signal.aborted) reply(426, 'The transfer was ended.')
      else reply(425, `The data connection failed${whyOf(error)}.`)
    } finally {
      socket?.destroy()
      channel.close()
      state.transfer = undefined
    }
  }

  async function send(socket: Socket, chunks: AsyncIterable<Uint8Array | string>): Promise<void> {
    for await (const chunk of chunks) if (!socket.write(chunk)) await drained(socket)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    socket.once('close', resolve)
    socket.once('error', reject)
    socket.end(resolve)
    await promise
  }

  async function receive(socket: Socket, file: OpenFile, offset: number): Promise<void> {
    let at = offset
    for await (const chunk of socket) {
      const bytes: Buffer = chunk
      await file.write(at, bytes)
      at += bytes.length
    }
  }

  async function* linesOf(
    path: string,
    line: (name: string, stat: Awaited<ReturnType<Tree['lstat']>>) => string,
  ): AsyncGenerator<string> {
    const { tree } = mustBeIn(state)
    const stat = await tree.stat(path)
    if (stat.kind !== 'directory') {
      yield `${line(path.slice(path.lastIndexOf('/') + 1), stat)}\r\n`
      return
    }
    const directory = await tree.openDirectory(path)
    try {
      for (;;) {
        const entries = await directory.next(BATCH)
        if (entries.length === 0) return
        yield entries.map((entry) => `${line(entry.name, entry.stat)}\r\n`).join('')
      }
    } finally {
      await directory.close()
    }
  }

  return {
    /** The file is complete once the client says another word, or stays for a moment. */
    store: (path: string, how: 'replace' | 'append'): Promise<void> => {
      const { restartAt } = state
      state.restartAt = 0
      return during(async (socket, signal) => {
        const { tree } = mustBeIn(state)
        const from = pathFrom(state.directory, path)
        const isNew = how === 'replace' && restartAt === 0
        const file = await tree.open(from, { ...RESUME, truncate: isNew })
        try {
          const offset = how === 'append' ? (await file.stat()).sizeBytes : restartAt
          if (how === 'replace' && !isNew) await file.truncate(restartAt)
          await receive(socket, file, offset)
          signal.throwIfAborted()
        } catch (error) {
          // The same client may send it again, or go on where it broke off.
          await file.abandon()
          throw error
        }
        state.unconfirmed = file
      })
    },

    retrieve: (path: string): Promise<void> => {
      const { restartAt } = state
      state.restartAt = 0
      return during(async (socket) => {
        const { tree } = mustBeIn(state)
        const file = await tree.open(pathFrom(state.directory, path), READ)
        async function* chunks(): AsyncGenerator<Buffer> {
          for (let at = restartAt; ; ) {
            const bytes = await file.read(at, CHUNK_BYTES)
            if (bytes.length === 0) return
            at += bytes.length
            yield bytes
          }
        }
        try {
          await send(socket, chunks())
        } finally {
          await file.close()
        }
      })
    },

    list: (path: string, as: 'list' | 'names' | 'facts'): Promise<void> =>
      during(async (socket) => {
        const at = pathFrom(state.directory, path)
        const line = {
          list: (name: string, stat: Stat) => listLine(name, stat, now()),
          names: (name: string) => name,
          facts: (name: string, stat: Stat) => factLine(name, stat),
        }[as]
        await send(socket, linesOf(at, line))
      }),
  }
}
export type Transfers = ReturnType<typeof createTransfers>

type Tree = NonNullable<FtpState['session']>['tree']
type Stat = Awaited<ReturnType<Tree['lstat']>>

export function mustBeIn({ session }: FtpState): { tree: Tree } {
  if (!session) throw new FileError('gone', 'Sign in first.')
  return session
}

/** Short, and only what we say ourselves. */
const whyOf = (error: unknown): string =>
  error instanceof DataChannelError ? `: ${error.message}` : ''

/** 553 for names, 452 for space, 550 for what is not there or not allowed. */
export function codeOf({ code }: FileError): number {
  if (code === 'bad-name') return 553
  return code === 'quota' || code === 'disk-full' ? 452 : 550
}

function drained(socket: Socket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onClose = (): void => reject(new Error('the data connection ended'))
  socket.once('drain', resolve)
  socket.once('close', onClose)
  return promise.finally(() => {
    socket.off('drain', resolve)
    socket.off('close', onClose)
  })
}
