import { type Server, Socket } from 'node:net'
import type { LaneListener, LaneSocket, Written } from './lane-socket.ts'
import { goOnWithOneBuffer, hasOneBuffer, READS } from './one-buffer.ts'

/** What Node's binding gives for a connection, below `net.Socket`: calls give 0 or an error of libuv's. */
interface Handle {
  onread: ((this: Handle) => void) | undefined
  readStart(): number
  readStop(): number
  useUserBuffer(buffer: Buffer): void
  writeLatin1String(req: WriteReq, text: string): number
  writeBuffer(req: WriteReq, bytes: Buffer): number
  /** Chunks and their encodings in turn. */
  writev(req: WriteReq, chunks: readonly (string | Buffer)[], allBuffers: false): number
  shutdown(req: object): number
  reset(): number
  close(): void
  getpeername(into: typeof PEER): number
  [OWNER]?: BareSocket
}
const OWNER = Symbol('owner')

/** Filled anew for each who asks: an object that has its shape already is filled in half the time. */
const PEER = { address: '', family: '', port: 0 }

/** A write that the kernel did not take at once. */
interface WriteReq {
  oncomplete?: (this: WriteReq, status: number) => void
  owner?: BareSocket
  /** Kept from the collector until they are written. */
  data?: unknown
  length?: number
  done?: Written | undefined
}

interface Binding {
  WriteWrap: new () => WriteReq
  ShutdownWrap: new () => object
  streamBaseState: ArrayLike<number>
  kReadBytesOrError: number
  kLastWriteWasAsync: number
}

const UV_EOF = -4_095
/** As many bytes may wait for the kernel before a writer is told to wait. */
const HIGH_WATER_BYTES = 65_536

const BINDING = bindingOf()

/** Undefined where this Node has it not, or has it otherwise. */
function bindingOf(): Binding | undefined {
  const binding: unknown = Reflect.get(process, 'binding')
  if (typeof binding !== 'function' || !hasOneBuffer) return undefined
  try {
    const found: unknown = Reflect.apply(binding, process, ['stream_wrap'])
    return isBinding(found) ? found : undefined
  } catch {
    return undefined
  }
}

function isBinding(found: unknown): found is Binding {
  const wanted = ['WriteWrap', 'ShutdownWrap', 'streamBaseState', 'kReadBytesOrError']
  return (
    typeof found === 'object' &&
    found !== null &&
    [...wanted, 'kLastWriteWasAsync'].every((name) => name in found)
  )
}

const CALLS = [
  'readStart',
  'readStop',
  'useUserBuffer',
  'writeLatin1String',
  'writeBuffer',
  'writev',
  'shutdown',
  'reset',
  'close',
  'getpeername',
]

let isAsExpected: boolean | undefined

/** Looked at once: all handles of a server are alike. */
function isHandle(value: unknown): value is Handle {
  if (typeof value !== 'object' || value === null) return false
  isAsExpected ??= CALLS.every((name) => typeof Reflect.get(value, name) === 'function')
  return isAsExpected
}

/** Visitors that vanish without a FIN would hold an event stream for ever: the kernel asks after them. */
export const PROBE_AFTER_MS = 60_000

const INHERITED = [
  ['setNoDelay', [true]],
  ['setKeepAlive', [true, PROBE_AFTER_MS / 1_000]],
] as const

/**
 * Lets a server that listens give its connections without the stream that Node puts around each, which
 * costs as much as the request of one that asks once (decision 281). `take` has each before anything was
 * read from it. False: this Node does not do it so, and the server goes on with 'connection'.
 */
export function acceptBare(
  server: Server,
  mostOpen: number,
  take: (socket: BareSocket) => void,
): boolean {
  const listening: unknown = Reflect.get(server, '_handle')
  if (!BINDING || typeof listening !== 'object' || listening === null) return false
  const ofNode: unknown = Reflect.get(listening, 'onconnection')
  if (typeof ofNode !== 'function') return false
  // Linux: what was accepted has it from the one that listens.
  for (const [call, args] of INHERITED) {
    const set: unknown = Reflect.get(listening, call)
    if (typeof set === 'function') Reflect.apply(set, listening, args)
  }
  let open = 0
  const gone = (): void => {
    open -= 1
  }
  Reflect.set(listening, 'onconnection', (error: number, handle: unknown) => {
    if (error !== 0 || !isHandle(handle)) {
      Reflect.apply(ofNode, listening, [error, handle])
      return
    }
    if (open >= mostOpen) {
      handle.close()
      return
    }
    open += 1
    take(new BareSocket(handle, BINDING, gone))
  })
  return true
}

/**
 * A connection that was accepted, as Node's binding has it: bytes are read into the one buffer and
 * written at once, with no stream between. It becomes a stream where one is needed.
 */
export class BareSocket implements LaneSocket {
  destroyed = false
  writableLength = 0
  private listener: LaneListener | undefined
  private address: string | undefined
  private paused = false
  private needsDrain = false
  private corked: (string | Buffer)[] | undefined
  private corkedDone: Written[] = []
  private endsSoon = false
  private ended = false
  private lingerMs = 0
  private lingering: NodeJS.Timeout | undefined

  private readonly handle: Handle
  private readonly binding: Binding
  private readonly closing: (() => void)[]

  constructor(handle: Handle, binding: Binding, onClosed: () => void) {
    this.handle = handle
    this.binding = binding
    this.closing = [onClosed]
  }

  /** Also of the stream that it may have become. */
  onceClosed(act: () => void): void {
    this.closing.push(act)
  }

  /** Reads from here on, and tells it. */
  open(listener: LaneListener): void {
    const { handle } = this
    this.listener = listener
    handle[OWNER] = this
    handle.useUserBuffer(READS)
    handle.onread = onRead
    this.check(handle.readStart())
  }

  get remoteAddress(): string | undefined {
    if (this.address === undefined) {
      PEER.address = ''
      this.handle.getpeername(PEER)
      this.address = PEER.address
    }
    return this.address === '' ? undefined : this.address
  }

  /** From the binding: a length, or an error. */
  onRead(length: number): void {
    const { listener } = this
    if (length > 0) listener?.onShared(READS.subarray(0, length))
    else if (length === UV_EOF) {
      this.ended = true
      if (this.lingering) this.destroy()
      else listener?.onEnd()
    } else if (length < 0) this.destroy()
  }

  write(data: Buffer | string, second?: 'latin1' | Written, third?: Written): boolean {
    const done = typeof second === 'function' ? second : third
    if (this.destroyed || this.endsSoon) {
      if (done) process.nextTick(done, new Error('the connection has ended'))
      return false
    }
    if (this.corked) {
      this.corked.push(data, typeof data === 'string' ? 'latin1' : 'buffer')
      if (done) this.corkedDone.push(done)
      this.writableLength += data.length
    } else {
      const { handle, binding } = this
      const req = takeReq(binding)
      const error =
        typeof data === 'string'
          ? handle.writeLatin1String(req, data)
          : handle.writeBuffer(req, data)
      this.sent(error, req, data, data.length, done)
    }
    if (this.writableLength < HIGH_WATER_BYTES) return true
    this.needsDrain = true
    return false
  }

  cork(): void {
    this.corked ??= []
  }

  uncork(): void {
    const { corked, corkedDone, handle, binding } = this
    this.corked = undefined
    if (!corked || corked.length === 0) return
    this.corkedDone = []
    const done = corkedDone.length === 0 ? undefined : allOf(corkedDone)
    let length = 0
    for (let index = 0; index < corked.length; index += 2) length += corked[index]?.length ?? 0
    this.writableLength -= length
    if (this.destroyed) {
      if (done) process.nextTick(done, new Error('the connection has ended'))
      return
    }
    const req = takeReq(binding)
    this.sent(handle.writev(req, corked, false), req, corked, length, done)
  }

  private sent(
    error: number,
    req: WriteReq,
    data: unknown,
    length: number,
    done: Written | undefined,
  ): void {
    const { binding } = this
    if (error !== 0) {
      if (done) process.nextTick(done, new Error(`writing failed: ${error}`))
      this.destroy()
      return
    }
    if (binding.streamBaseState[binding.kLastWriteWasAsync] === 0) {
      spare = req
      if (done) process.nextTick(done)
      this.lookFurther()
      return
    }
    req.oncomplete = onWritten
    req.owner = this
    req.data = data
    req.length = length
    req.done = done
    this.writableLength += length
  }

  /** From the binding: the kernel has taken the bytes, or will not. */
  onWritten(length: number, status: number, done: Written | undefined): void {
    this.writableLength -= length
    if (status !== 0) {
      done?.(new Error(`writing failed: ${status}`))
      this.destroy()
      return
    }
    done?.()
    this.lookFurther()
  }

  private lookFurther(): void {
    if (this.writableLength > 0) return
    if (this.needsDrain) {
      this.needsDrain = false
      process.nextTick(tellDrained, this)
    }
    if (this.endsSoon) this.finish()
  }

  /** From a turn of its own. */
  onDrained(): void {
    if (!this.destroyed) this.listener?.onDrain()
  }

  pause(): void {
    if (this.paused || this.destroyed) return
    this.paused = true
    this.handle.readStop()
  }

  resume(): void {
    if (!this.paused || this.destroyed) return
    this.paused = false
    if (!this.ended) this.check(this.handle.readStart())
  }

  isPaused(): boolean {
    return this.paused
  }

  private check(error: number): void {
    if (error !== 0) this.destroy()
  }

  /** At the end what still comes after our last byte is to be read and dropped for as long. */
  lingerAtEnd(lingerMs: number): void {
    this.lingerMs = lingerMs
  }

  /** Closes once everything that was written has gone to the kernel. */
  destroySoon(): void {
    if (this.destroyed || this.endsSoon) return
    this.endsSoon = true
    if (this.writableLength === 0) this.finish()
  }

  private finish(): void {
    const { handle, binding, lingerMs } = this
    if (this.destroyed || this.lingering) return
    if (lingerMs === 0 || this.ended) {
      this.destroy()
      return
    }
    this.lingering = setTimeout(() => this.destroy(), lingerMs)
    this.check(handle.shutdown(new binding.ShutdownWrap()))
    this.resume()
  }

  destroy(): this {
    if (this.destroyed) return this
    this.end()
    this.handle.close()
    return this
  }

  resetAndDestroy(): this {
    if (this.destroyed) return this
    this.end()
    // Not to be had while our FIN is on its way.
    if (this.lingering) this.handle.close()
    else if (this.handle.reset() !== 0) this.handle.close()
    return this
  }

  private end(): void {
    this.destroyed = true
    if (this.lingering) clearTimeout(this.lingering)
    process.nextTick(tellClosed, this)
  }

  /** From a turn of its own. */
  onClosed(): void {
    const { listener } = this
    this.listener = undefined
    listener?.onClose()
    this.leave()
  }

  private leave(): void {
    for (const act of this.closing) act()
  }

  /**
   * From here on it is a stream, paused: its listener hears no more, and nobody may write here. Not
   * while something waits to be written.
   */
  toStream(): Socket {
    const { handle } = this
    if (this.destroyed) return new Socket().destroy()
    this.listener = undefined
    this.destroyed = true
    handle.readStop()
    const socket = new Socket(streamOptions(handle))
    goOnWithOneBuffer(socket, (chunk) => socket.push(Buffer.from(chunk)))
    socket.once('close', () => this.leave())
    return socket
  }
}

/**
 * Writes to a connected stream of Node's past its queue, which nothing may wait in. False: this is not
 * to be had now, and nothing was written.
 */
export function writeStraight(socket: Socket, text: string): boolean {
  const handle: unknown = Reflect.get(socket, '_handle')
  if (!BINDING || socket.connecting || socket.writableLength > 0 || !isHandle(handle)) return false
  const req = takeReq(BINDING)
  const error = handle.writeLatin1String(req, text)
  if (error !== 0) socket.destroy(new Error(`writing failed: ${error}`))
  else if (BINDING.streamBaseState[BINDING.kLastWriteWasAsync] === 0) spare = req
  else
    req.oncomplete = (status) => {
      if (status !== 0) socket.destroy(new Error(`writing failed: ${status}`))
    }
  return true
}

/** As Node's servers make them, but that nothing is read yet. `handle` is one of its own options. */
const streamOptions = (handle: Handle): object => ({
  handle,
  allowHalfOpen: true,
  pauseOnCreate: true,
})

/** One that was not needed, because the kernel took everything at once, serves again. */
let spare: WriteReq | undefined

function takeReq({ WriteWrap }: Binding): WriteReq {
  const req = spare ?? new WriteWrap()
  spare = undefined
  return req
}

const tellDrained = (socket: BareSocket): void => socket.onDrained()
const tellClosed = (socket: BareSocket): void => socket.onClosed()

function onRead(this: Handle): void {
  if (BINDING) this[OWNER]?.onRead(BINDING.streamBaseState[BINDING.kReadBytesOrError] ?? 0)
}

function onWritten(this: WriteReq, status: number): void {
  const { owner, length = 0, done } = this
  this.data = undefined
  owner?.onWritten(length, status, done)
}

const allOf =
  (each: readonly Written[]): Written =>
  (error) => {
    for (const done of each) done(error)
  }
