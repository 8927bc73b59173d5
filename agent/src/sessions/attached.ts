import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { SessionEvent, WindowSize } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import {
  createSessionDecoder,
  type SessionInput,
  type SessionSignal,
} from '@vastrox/shared/node/session-frames.ts'
import { createFrameDecoder } from '#agent/containers/log-frames.ts'
import type { StreamCall } from '#agent/server/bind.ts'

/** A command whose ends are in our hands. */
export interface Attached {
  /** Both directions; its end is the end of the output. */
  socket: Socket
  /** True: what comes is the terminal's; false: the engine's frames. */
  isTerminal: boolean
  resize: (size: WindowSize) => Promise<void>
  signal: (signal: SessionSignal) => Promise<void>
}

interface Limits {
  timeoutMs: number
  idleMs: number
}

/**
 * Carries bytes both ways until the command has ended. Throws RUN_TIMED_OUT, RUN_IDLE, and whatever
 * the caller's signal says when he has gone.
 */
export async function carry(
  attached: Attached,
  { timeoutMs, idleMs }: Limits,
  { emit, signal, body }: StreamCall<SessionEvent>,
): Promise<void> {
  const { socket } = attached
  const over = new AbortController()
  const end = AbortSignal.any([signal, over.signal])
  const isOver = (code: 'RUN_TIMED_OUT' | 'RUN_IDLE', ms: number) =>
    setTimeout(() => over.abort(tooLong(code, ms)), ms)
  const timer = isOver('RUN_TIMED_OUT', timeoutMs)
  let idle = isOver('RUN_IDLE', idleMs)
  const busy = (): void => {
    clearTimeout(idle)
    idle = isOver('RUN_IDLE', idleMs)
  }
  const cancel = (): void => void socket.destroy(new Error('over'))
  end.addEventListener('abort', cancel, { once: true })
  try {
    end.throwIfAborted()
    // Not waited for: it ends when the caller hangs up, which is after our last word.
    void takeInput(attached, body, busy, end)
    await giveOutput(attached, emit, busy)
    over.signal.throwIfAborted()
  } catch (error) {
    over.signal.throwIfAborted()
    throw error
  } finally {
    clearTimeout(timer)
    clearTimeout(idle)
    end.removeEventListener('abort', cancel)
    socket.destroy()
  }
}

const tooLong = (code: 'RUN_TIMED_OUT' | 'RUN_IDLE', ms: number): CodedError =>
  new CodedError(code, {
    reason:
      code === 'RUN_IDLE'
        ? `Nothing was typed or printed for ${ms / 1_000} s, so the command was ended.`
        : `The command took longer than ${ms / 1_000} s and was ended.`,
  })

async function giveOutput(
  { socket, isTerminal }: Attached,
  emit: StreamCall<SessionEvent>['emit'],
  busy: () => void,
): Promise<void> {
  const decode = createFrameDecoder()
  for await (const chunk of socket) {
    busy()
    const bytes: Buffer = chunk
    const frames = isTerminal ? [{ stream: 'stdout' as const, payload: bytes }] : decode(bytes)
    for (const { stream, payload } of frames)
      await emit({ type: 'output', stream, base64: payload.toString('base64') })
  }
}

/** Never rejects: who is at the other end may go at any moment, and the command may have ended. */
async function takeInput(
  attached: Attached,
  body: StreamCall<SessionEvent>['body'],
  busy: () => void,
  end: AbortSignal,
): Promise<void> {
  const decode = createSessionDecoder()
  try {
    for await (const chunk of body)
      for (const input of decode(chunk)) {
        busy()
        await take(attached, input, end)
      }
  } catch {
    // Gone, or the command has ended: the output says so.
  } finally {
    attached.socket.end()
  }
}

async function take(attached: Attached, input: SessionInput, end: AbortSignal): Promise<void> {
  const { socket } = attached
  switch (input.type) {
    case 'input':
      if (socket.writable && !socket.write(input.bytes))
        await once(socket, 'drain', { signal: end })
      return
    case 'end':
      socket.end()
      return
    case 'window':
      // It may have ended at this moment.
      await attached.resize(input).catch(() => undefined)
      return
    case 'signal':
      await attached.signal(input.signal).catch(() => undefined)
  }
}
