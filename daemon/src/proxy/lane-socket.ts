import type { Socket } from 'node:net'
import type { RequestSocket } from './client-sides.ts'
import { readIntoOneBuffer } from './one-buffer.ts'

/** What the fast lane does with a connection, be it one of Node's streams or a bare one. */
export interface LaneSocket extends RequestSocket {
  readonly destroyed: boolean
  /** Bytes that were written and have not gone to the kernel. */
  readonly writableLength: number
  /** False: wait for `onDrain`. `done` is called later, never within. */
  write(bytes: Buffer, done?: Written): boolean
  write(text: string, encoding: 'latin1', done?: Written): boolean
  /** What is written until `uncork` leaves together. */
  cork(): void
  uncork(): void
  pause(): unknown
  resume(): unknown
  isPaused(): boolean
  destroySoon(): void
}

/** The bytes went to the kernel; with an error it is not known which of them. */
export type Written = (error?: Error | null) => void

/** What a connection tells whoever has it. */
export interface LaneListener {
  /** Bytes that are the listener's only until this returns. */
  onShared(chunk: Buffer): void
  onData(chunk: Buffer): void
  onDrain(): void
  onEnd(): void
  /** Once, and the last. */
  onClose(): void
}

/** Lets a stream of Node's tell the listener. Gives back what ends that: the stream is another's then. */
export function listenTo(socket: Socket, listener: LaneListener): () => void {
  let isAnothers = false
  const onShared = (chunk: Buffer): boolean => {
    if (isAnothers) return socket.push(Buffer.from(chunk))
    listener.onShared(chunk)
    return true
  }
  const onData = (chunk: Buffer): void => listener.onData(chunk)
  const onDrain = (): void => listener.onDrain()
  const onEnd = (): void => listener.onEnd()
  const onError = (): void => {
    socket.destroy()
  }
  const onClose = (): void => listener.onClose()
  readIntoOneBuffer(socket, onShared)
  socket.on('data', onData)
  socket.on('drain', onDrain)
  socket.on('end', onEnd)
  socket.on('error', onError)
  socket.on('close', onClose)
  return () => {
    isAnothers = true
    socket.off('data', onData)
    socket.off('drain', onDrain)
    socket.off('end', onEnd)
    socket.off('error', onError)
    socket.off('close', onClose)
  }
}
