import type { Readable, Writable } from 'node:stream'
import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError, hintOf, sayError } from '@vastrox/shared/errors.ts'
import { collectBuffers } from '@vastrox/shared/node/trim-memory.ts'
import type { UploadSession, UploadSessions } from '#core/sources/upload-sessions.ts'
import { FileError, type FileErrorCode } from '#lib/file-error.ts'
import {
  type Attributes,
  attributesPacket,
  createFields,
  createPacketReader,
  dataHead,
  entriesPacket,
  type Fields,
  handlePacket,
  MAX_DATA,
  MAX_PACKET,
  numbersPacket,
  pathPacket,
  REQUEST,
  SftpProtocolError,
  STATUS,
  statusPacket,
  versionPacket,
  type WantedAttributes,
} from '#ssh/sftp-packets.ts'
import type { Session } from '#ssh/session.ts'

export interface Uploads extends Pick<UploadSessions, 'open' | 'verifyUploadPassword'> {}

interface RunDeps {
  uploads: Pick<Uploads, 'open'>
  now: () => Date
  onError: (error: unknown) => void
}

const EXIT_FAILED = 1

/** An app's files for one SFTP client, to the end of its channel. Gives the exit code; never throws. */
export async function runSftp(
  { uploads, now, onError }: RunDeps,
  actor: Actor,
  app: string,
  session: Session,
): Promise<number> {
  let upload: UploadSession
  try {
    upload = await uploads.open(actor, app, { protocol: 'sftp', address: actor.address ?? '' })
  } catch (error) {
    if (!(error instanceof CodedError)) onError(error)
    const hint = error instanceof CodedError ? hintOf(error.code) : undefined
    await session.printError(`${sayError(error)}${hint === undefined ? '' : `\n${hint}`}\n`)
    return EXIT_FAILED
  }
  const gone = AbortSignal.any([session.gone, upload.closed])
  const { input, output } = session
  const say = (text: string): Promise<void> => session.printError(text)
  try {
    await serveSftp({ tree: upload.tree, input, output, gone, say, now, onError })
    return 0
  } catch (error) {
    if (!(error instanceof SftpProtocolError)) onError(error)
    await session.printError('That is not SFTP as Vastrox knows it.\n')
    return EXIT_FAILED
  } finally {
    await upload.end().catch(onError)
  }
}

type Tree = UploadSession['tree']
type OpenFile = Awaited<ReturnType<Tree['open']>>
type OpenDirectory = Awaited<ReturnType<Tree['openDirectory']>>
type Handle =
  | { kind: 'file'; file: OpenFile; append: boolean }
  | { kind: 'directory'; directory: OpenDirectory }

interface Deps {
  tree: Tree
  input: Readable
  output: Writable
  /** Aborts when nothing is to be done any more. */
  gone: AbortSignal
  /** What a client does not show by itself. */
  say: (text: string) => Promise<void>
  now: () => Date
  onError: (error: unknown) => void
}

const MAX_HANDLES = 64
/** Reads or writes under way, and their bytes: a client that sends faster than the disk takes must wait. */
const MAX_UNDER_WAY = 64
const MAX_UNDER_WAY_BYTES = 2 * 2 ** 20
const ENTRIES_AT_ONCE = 100
/** Every buffer of ssh2 is a new one. */
const COLLECT_EVERY_BYTES = 8 * 2 ** 20
const IDLE_MS = 1_800_000
const NAME_MAX = 255

const FLAG = { read: 0x1, write: 0x2, append: 0x4, create: 0x8, truncate: 0x10, exclusive: 0x20 }

const EXTENSIONS = {
  'posix-rename@openssh.com': '1',
  'statvfs@openssh.com': '2',
  'fstatvfs@openssh.com': '2',
  'fsync@openssh.com': '1',
  'limits@openssh.com': '1',
}

/** What version 3 of the protocol has no word of its own for is a failure, with the reason beside it. */
const STATUS_OF: Record<FileErrorCode, number> = {
  'not-found': STATUS.noSuchFile,
  denied: STATUS.permissionDenied,
  'bad-name': STATUS.failure,
  exists: STATUS.failure,
  'not-empty': STATUS.failure,
  'not-a-directory': STATUS.failure,
  'is-a-directory': STATUS.failure,
  quota: STATUS.failure,
  'disk-full': STATUS.failure,
  'too-many-open': STATUS.failure,
  unsupported: STATUS.unsupported,
  gone: STATUS.failure,
}
/** OpenSSH's client says no more than "Failure" of these. */
const SAID: readonly FileErrorCode[] = [
  'quota',
  'disk-full',
  'bad-name',
  'too-many-open',
  'gone',
  'denied',
]
const SAY_AGAIN_MS = 5_000

/**
 * SFTP version 3 over one channel, as OpenSSH's server speaks it. Reads run beside each other, and so
 * do writes; everything else waits for what came before it, as clients expect. The input is read no
 * faster than the tree takes it. Resolves at its end: files that are open for writing then are left
 * open for whoever ends the upload session. Rejects with SftpProtocolError.
 */
export async function serveSftp(deps: Deps): Promise<void> {
  const { tree, input, output, gone, now } = deps
  const handles = new Map<number, Handle>()
  const underWay = new Set<Promise<void>>()
  let underWayBytes = 0
  let underWayKind: 'read' | 'write' = 'read'
  let lastHandle = 0
  let full: Promise<void> | undefined
  let idle: NodeJS.Timeout | undefined
  let uncollectedBytes = 0
  let saidAt = Number.NEGATIVE_INFINITY
  let isGreeted = false

  const send = (...parts: readonly Buffer[]): Promise<void> | undefined => {
    if (gone.aborted || !output.writable) return undefined
    const hasRoom = parts.map((part) => output.write(part)).at(-1)
    if (hasRoom !== true) full ??= untilDrained(output, gone).finally(() => (full = undefined))
    return full
  }
  const ok = (id: number) => send(statusPacket(id, STATUS.ok, 'Success'))

  async function fail(id: number, error: unknown): Promise<void> {
    if (!(error instanceof FileError)) {
      if (error instanceof SftpProtocolError) throw error
      deps.onError(error)
      await send(statusPacket(id, STATUS.failure, 'Something went wrong inside Vastrox.'))
      return
    }
    await send(statusPacket(id, STATUS_OF[error.code], error.message))
    const at = now().getTime()
    if (!SAID.includes(error.code) || at - saidAt < SAY_AGAIN_MS) return
    saidAt = at
    await deps.say(`${error.message}\n`)
  }

  const handleOf = (fields: Fields): Handle => {
    const bytes = fields.bytes()
    const found = bytes.length === 4 ? handles.get(bytes.readUInt32BE(0)) : undefined
    if (!found) throw new FileError('not-found', 'That handle is not open.')
    return found
  }
  const fileOf = (fields: Fields): Extract<Handle, { kind: 'file' }> => {
    const found = handleOf(fields)
    if (found.kind !== 'file') throw new FileError('is-a-directory', 'That is a folder.')
    return found
  }
  function keep(handle: Handle): number {
    lastHandle = (lastHandle + 1) % 0xffffffff
    handles.set(lastHandle, handle)
    return lastHandle
  }
  function mustHaveRoom(): void {
    if (handles.size >= MAX_HANDLES)
      throw new FileError('too-many-open', `At most ${MAX_HANDLES} files can be open at once.`)
  }

  const untilNothingIsUnderWay = async (): Promise<void> => {
    while (underWay.size > 0) await Promise.all(underWay)
  }

  /** What is larger than all that may be under way goes alone. */
  const hasRoomFor = (bytes: number): boolean =>
    underWay.size === 0 ||
    (underWay.size < MAX_UNDER_WAY && underWayBytes + bytes <= MAX_UNDER_WAY_BYTES)

  /** Starts a read or a write as soon as there is room for it. */
  async function startData(
    kind: 'read' | 'write',
    bytes: number,
    alone: boolean,
    work: () => Promise<void>,
  ): Promise<void> {
    if (kind !== underWayKind || alone) await untilNothingIsUnderWay()
    underWayKind = kind
    while (!hasRoomFor(bytes)) await Promise.race(underWay)
    underWayBytes += bytes
    uncollectedBytes += bytes
    if (uncollectedBytes >= COLLECT_EVERY_BYTES) {
      uncollectedBytes = 0
      collectBuffers()
    }
    const running: Promise<void> = work().finally(() => {
      underWayBytes -= bytes
      underWay.delete(running)
    })
    underWay.add(running)
    if (alone) await running
  }

  async function read(id: number, fields: Fields): Promise<void> {
    const { file } = fileOf(fields)
    const offset = fields.u64()
    const length = Math.min(fields.u32(), MAX_DATA)
    await startData('read', length, false, async () => {
      try {
        const bytes = await file.read(offset, length)
        if (bytes.length > 0 || length === 0) await send(dataHead(id, bytes.length), bytes)
        else await send(statusPacket(id, STATUS.eof, 'End of file'))
      } catch (error) {
        await fail(id, error)
      }
    })
  }

  async function write(id: number, fields: Fields, done: () => void): Promise<void> {
    const { file, append } = fileOf(fields)
    const offset = fields.u64()
    const bytes = fields.bytes()
    await startData('write', bytes.length, append, async () => {
      try {
        await file.write(offset, bytes).finally(done)
        await ok(id)
      } catch (error) {
        await fail(id, error)
      }
    })
  }

  async function open(id: number, fields: Fields): Promise<void> {
    mustHaveRoom()
    const path = fields.text()
    const flags = fields.u32()
    const { mode } = fields.attributes()
    const has = (flag: number): boolean => (flags & flag) !== 0
    const append = has(FLAG.append)
    const file = await tree.open(
      path,
      {
        read: has(FLAG.read),
        write: has(FLAG.write) || append,
        append,
        create: has(FLAG.create),
        truncate: has(FLAG.truncate),
        exclusive: has(FLAG.exclusive),
      },
      mode,
    )
    await send(handlePacket(id, keep({ kind: 'file', file, append })))
  }

  async function close(id: number, fields: Fields): Promise<void> {
    const bytes = fields.bytes()
    const number = bytes.length === 4 ? bytes.readUInt32BE(0) : 0
    const found = handles.get(number)
    if (!found) throw new FileError('not-found', 'That handle is not open.')
    handles.delete(number)
    await (found.kind === 'file' ? found.file.close() : found.directory.close())
    await ok(id)
  }

  async function readDirectory(id: number, fields: Fields): Promise<void> {
    const found = handleOf(fields)
    if (found.kind !== 'directory') throw new FileError('not-a-directory', 'That is a file.')
    const entries = await found.directory.next(ENTRIES_AT_ONCE)
    if (entries.length > 0) await send(entriesPacket(id, entries, now()))
    else await send(statusPacket(id, STATUS.eof, 'End of the folder'))
  }

  async function statOf(handle: Handle): Promise<Attributes> {
    if (handle.kind === 'file') return handle.file.stat()
    return { kind: 'directory', sizeBytes: 0, mode: 0o755, modifiedAtS: now().getTime() / 1_000 }
  }

  async function setStat(
    target: { setStat(change: WantedAttributes): Promise<void> },
    wanted: WantedAttributes,
  ): Promise<void> {
    // Owner and group alone: they are as they are, and clients expect to hear that it is well.
    if (Object.keys(wanted).length > 0) await target.setStat(wanted)
  }

  async function space(id: number): Promise<void> {
    const { blockBytes, totalBlocks, freeBlocks, totalEntries, freeEntries } = await tree.space()
    const blocks = [blockBytes, blockBytes, totalBlocks, freeBlocks, freeBlocks]
    const entries = [totalEntries, freeEntries, freeEntries]
    await send(numbersPacket(id, ...blocks, ...entries, 0, 0, NAME_MAX))
  }

  async function extended(id: number, fields: Fields): Promise<void> {
    const name = fields.text()
    switch (name) {
      case 'posix-rename@openssh.com':
        await tree.rename(fields.text(), fields.text(), { replace: true })
        await ok(id)
        return
      case 'statvfs@openssh.com':
        await tree.stat(fields.text())
        return space(id)
      case 'fstatvfs@openssh.com':
        handleOf(fields)
        return space(id)
      case 'fsync@openssh.com':
        await fileOf(fields).file.sync()
        await ok(id)
        return
      case 'limits@openssh.com':
        await send(numbersPacket(id, MAX_PACKET, MAX_DATA, MAX_DATA, MAX_HANDLES))
        return
      default:
        throw new FileError('unsupported', `${name.slice(0, 60)} is not to be had here.`)
    }
  }

  async function answer(type: number, id: number, fields: Fields): Promise<void> {
    switch (type) {
      case REQUEST.open:
        return open(id, fields)
      case REQUEST.close:
        return close(id, fields)
      case REQUEST.lstat:
        await send(attributesPacket(id, await tree.lstat(fields.text())))
        return
      case REQUEST.stat:
        await send(attributesPacket(id, await tree.stat(fields.text())))
        return
      case REQUEST.fstat:
        await send(attributesPacket(id, await statOf(handleOf(fields))))
        return
      case REQUEST.setstat: {
        const path = fields.text()
        await setStat({ setStat: (change) => tree.setStat(path, change) }, fields.attributes())
        await ok(id)
        return
      }
      case REQUEST.fsetstat: {
        const { file } = fileOf(fields)
        await setStat(file, fields.attributes())
        await ok(id)
        return
      }
      case REQUEST.opendir: {
        mustHaveRoom()
        const directory = await tree.openDirectory(fields.text())
        await send(handlePacket(id, keep({ kind: 'directory', directory })))
        return
      }
      case REQUEST.readdir:
        return readDirectory(id, fields)
      case REQUEST.remove:
        await tree.removeFile(fields.text())
        await ok(id)
        return
      case REQUEST.mkdir:
        await tree.makeDirectory(fields.text())
        await ok(id)
        return
      case REQUEST.rmdir:
        await tree.removeDirectory(fields.text())
        await ok(id)
        return
      case REQUEST.realpath:
        await send(pathPacket(id, tree.realPath(fields.text())))
        return
      case REQUEST.rename:
        await tree.rename(fields.text(), fields.text(), { replace: false })
        await ok(id)
        return
      case REQUEST.readlink:
        await send(pathPacket(id, await tree.readLink(fields.text())))
        return
      case REQUEST.symlink: {
        // Not as the draft has it: OpenSSH sends the target first, and every client has followed it.
        const target = fields.text()
        await tree.makeLink(fields.text(), target)
        await ok(id)
        return
      }
      case REQUEST.extended:
        return extended(id, fields)
      default:
        await send(statusPacket(id, STATUS.unsupported, 'That is not to be had here.'))
    }
  }

  async function take(packet: Buffer, done: () => void): Promise<void> {
    const type = packet[0] ?? 0
    if (!isGreeted) {
      if (type !== REQUEST.init) throw new SftpProtocolError('it does not begin with INIT')
      isGreeted = true
      await send(versionPacket(EXTENSIONS))
      return
    }
    const fields = createFields(packet, 1)
    const id = fields.u32()
    try {
      if (type === REQUEST.read) return await read(id, fields)
      if (type === REQUEST.write) return await write(id, fields, done)
      await untilNothingIsUnderWay()
      await answer(type, id, fields)
      done()
    } catch (error) {
      await fail(id, error)
    }
  }

  const stop = (): void => void input.destroy()
  const waitForMore = (): void => {
    clearTimeout(idle)
    idle = setTimeout(stop, IDLE_MS)
  }
  gone.addEventListener('abort', stop, { once: true })
  try {
    if (gone.aborted) return
    const { packetsOf, release } = createPacketReader()
    waitForMore()
    for await (const chunk of input.iterator({ destroyOnReturn: false })) {
      const bytes: Buffer = chunk
      for (const packet of packetsOf(bytes)) await take(packet, () => release(packet))
      waitForMore()
    }
  } catch (error) {
    if (!gone.aborted && !isPremature(error)) throw error
  } finally {
    clearTimeout(idle)
    gone.removeEventListener('abort', stop)
    await untilNothingIsUnderWay().catch(() => {
      // Each has told its client.
    })
  }
}

/** The channel ended without saying so: that is an end as well. */
const isPremature = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'

function untilDrained(output: Writable, gone: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const finish = (): void => {
    output.off('drain', finish)
    output.off('close', finish)
    gone.removeEventListener('abort', finish)
    resolve()
  }
  output.on('drain', finish)
  output.on('close', finish)
  gone.addEventListener('abort', finish, { once: true })
  return promise
}
