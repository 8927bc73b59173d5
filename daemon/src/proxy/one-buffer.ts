import { Socket } from 'node:net'

/** All reads of a worker go through it, each until its callback returns. */
export const READS = Buffer.allocUnsafeSlow(65_536)

/** Where Node keeps what `onread` gives a socket that connects. */
const KEYS = keysOf(new Socket())

function keysOf(socket: Socket): { buffer: symbol; callback: symbol } | undefined {
  const own = Object.getOwnPropertySymbols(socket)
  const buffer = own.find(({ description }) => description === 'kBuffer')
  const callback = own.find(({ description }) => description === 'kBufferCb')
  return buffer && callback && { buffer, callback }
}

/** Whether this Node lets sockets that were accepted read into the one buffer. */
export const hasOneBuffer = KEYS !== undefined

/** As `readIntoOneBuffer`, for a socket whose handle reads into it already. */
export function goOnWithOneBuffer(socket: Socket, take: (chunk: Buffer) => boolean): void {
  if (!KEYS) return
  Reflect.set(socket, KEYS.buffer, READS)
  Reflect.set(socket, KEYS.callback, (length: number) => take(READS.subarray(0, length)))
}

/** Gives each piece of what comes, to be kept; read through the one buffer where that can be. */
export function readEach(socket: Socket, take: (chunk: Buffer) => void): void {
  readIntoOneBuffer(socket, (chunk) => {
    take(Buffer.from(chunk))
    return true
  })
  socket.on('data', take)
}

/**
 * Lets a socket that was accepted read into the one buffer, as `onread` does for those that connect:
 * Node gives servers no such choice, and 64 KB anew for each read are what a request costs most after
 * its two writes. `take` has the bytes until it returns, and says whether more may come. False: this
 * Node does not do it so, or bytes wait in the socket already; then they come as 'data'.
 */
export function readIntoOneBuffer(socket: Socket, take: (chunk: Buffer) => boolean): boolean {
  const handle: unknown = Reflect.get(socket, '_handle')
  if (!KEYS || !hasUserBuffer(handle) || socket.readableLength > 0) return false
  // Once: whoever takes the bytes from here on may be another.
  if (Reflect.get(socket, KEYS.buffer) !== READS) handle.useUserBuffer(READS)
  goOnWithOneBuffer(socket, take)
  return true
}

const hasUserBuffer = (handle: unknown): handle is { useUserBuffer(buffer: Buffer): void } =>
  typeof handle === 'object' &&
  handle !== null &&
  'useUserBuffer' in handle &&
  typeof handle.useUserBuffer === 'function'
