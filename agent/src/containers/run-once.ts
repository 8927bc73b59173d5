import type { Socket } from 'node:net'
import type { RunOnce, RunOnceEvent } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { z } from 'zod'
import { createFrameDecoder } from '#agent/containers/log-frames.ts'
import { type OneOffDeps, runOneOff } from '#agent/containers/one-off.ts'
import type { StreamCall } from '#agent/server/bind.ts'

const NOTHING_TO_READ = { stdin: false, isTerminal: false }

/** Runs a command in a container of its own to its end, or to the end of its time. */
export async function runOnce(
  deps: OneOffDeps,
  spec: z.output<typeof RunOnce>,
  { emit, signal }: StreamCall<RunOnceEvent>,
): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(spec.timeoutMs)])
  try {
    const ending = await runOneOff(deps, spec, NOTHING_TO_READ, limit, async (oneOff) => {
      await oneOff.start()
      await forward(oneOff.socket, emit, limit)
    })
    await emit(ending)
  } catch (error) {
    if (!limit.aborted || signal.aborted) throw error
    throw new CodedError('RUN_TIMED_OUT', {
      reason: `The command took longer than ${spec.timeoutMs / 1000} s and was ended.`,
    })
  }
}

/** To the end of the output, which is the end of the container. */
async function forward(
  socket: Socket,
  emit: StreamCall<RunOnceEvent>['emit'],
  limit: AbortSignal,
): Promise<void> {
  const decode = createFrameDecoder()
  const cancel = (): void => void socket.destroy(new Error('cancelled'))
  limit.addEventListener('abort', cancel, { once: true })
  const text = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  try {
    limit.throwIfAborted()
    for await (const chunk of socket) {
      for (const { stream, payload } of decode(chunk))
        await emit({
          type: 'output',
          stream,
          text: text[stream].decode(payload, { stream: true }),
        })
    }
  } finally {
    limit.removeEventListener('abort', cancel)
    socket.destroy()
  }
}
