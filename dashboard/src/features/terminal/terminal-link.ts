import { Terminal, TerminalEvent, type TerminalInput } from '@vastrox/shared/terminal.ts'
import { api } from '#lib/api.ts'
import { ignored } from '#lib/list-of.ts'
import { follow, type StreamState } from '#lib/stream.ts'

interface Size {
  columns: number
  rows: number
}

interface Options {
  /** `/apps/shop/terminals` */
  path: string
  /** What is opened, besides the size of its window. */
  wish: Readonly<Record<string, unknown>>
  size: Size
  onOutput: (bytes: Uint8Array) => void
  onState: (state: StreamState) => void
  onExit: (exit: Extract<TerminalEvent, { type: 'exit' }>) => void
  onProblem: (error: unknown) => void
}

/** What one request takes; a larger paste goes in several, one after the other. */
const PIECE_BYTES = 48 * 1_024

/** A terminal at the server: opened, typed into in order, followed over breaks, closed. */
export async function openTerminalLink(options: Options) {
  const { path, wish, size, onOutput, onState, onExit, onProblem } = options
  const { id } = await api.post(path, Terminal, { ...wish, size })
  const waiting: Uint8Array[] = []
  let newSize: Size | undefined
  let isSending = false
  let isOver = false
  let last = '0'

  const stop = follow({
    url: () => `/api/v1${path}/${id}/output?after=${last}`,
    schema: TerminalEvent,
    onState,
    onItem(event, at) {
      // The browser says itself where to go on; after a longer break we do.
      if (at !== '' && Number(at) <= Number(last)) return
      last = at
      if (event.type === 'output') onOutput(bytesOf(event.base64))
      else end(() => onExit(event))
    },
  })

  function end(tell: () => void): void {
    isOver = true
    stop()
    tell()
  }

  const hasMore = (): boolean => !isOver && (waiting.length > 0 || newSize !== undefined)

  async function send(): Promise<void> {
    if (isSending) return
    isSending = true
    try {
      while (hasMore()) {
        const input: TerminalInput = {
          ...(waiting.length > 0 && { base64: base64Of(nextPiece(waiting)) }),
          ...(newSize && { size: newSize }),
        }
        newSize = undefined
        await api.post(`${path}/${id}/input`, ignored, input)
      }
    } catch (error) {
      waiting.length = 0
      if (!isOver) onProblem(error)
    } finally {
      isSending = false
    }
  }

  return {
    type(text: string): void {
      waiting.push(new TextEncoder().encode(text))
      void send()
    },
    typeBytes(text: string): void {
      waiting.push(Uint8Array.from(text, (char) => char.charCodeAt(0)))
      void send()
    },
    resize(to: Size): void {
      newSize = to
      void send()
    },
    /** Its command is ended. */
    close(): void {
      if (isOver) return
      end(() => undefined)
      api.delete(`${path}/${id}`, ignored).catch(() => {
        // It ends by itself a minute after nobody looks.
      })
    },
  }
}
export type TerminalLink = Awaited<ReturnType<typeof openTerminalLink>>

/** As much as goes into one request, taken from the front. */
export function nextPiece(waiting: Uint8Array[]): Uint8Array {
  const pieces: Uint8Array[] = []
  let room = PIECE_BYTES
  while (room > 0) {
    const first = waiting.shift()
    if (!first) break
    pieces.push(first.subarray(0, room))
    if (first.length > room) waiting.unshift(first.subarray(room))
    room -= first.length
  }
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))

/** In steps, as a call takes only so many arguments. */
function base64Of(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
