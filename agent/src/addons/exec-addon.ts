import type { ExecAddon } from '@vastrox/shared/agent-api-addons.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { z } from 'zod'
import { runningOf } from '#agent/addons/addon-containers.ts'
import { createFrameDecoder } from '#agent/containers/log-frames.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { endSession } from '#agent/sessions/kernel-session.ts'
import { createExec, exitCodeOf, lookAtExec, startExec } from '#agent/sessions/exec.ts'

const MOST_BYTES = 4 * 2 ** 20
const NOTHING = { ExitCode: null, Running: false, Pid: 0 }

interface Deps {
  engine: Engine
  instance: string
}

/** Runs a command in the add-on to its end. What takes longer than its time is ended, with all it started. */
export async function execAddon(
  { engine, instance }: Deps,
  spec: z.output<typeof ExecAddon>,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const { name } = await runningOf(engine, instance, spec.addonId)
  const limit = AbortSignal.timeout(spec.timeoutMs)
  const hasInput = spec.stdin !== ''
  const id = await createExec(engine, instance, {
    name,
    argv: spec.argv,
    env: spec.env,
    isTerminal: false,
    stdin: hasInput,
    ifNot: 'ADDON_NOT_RUNNING',
  })
  const socket = await startExec(engine, id, false)
  const cancel = (): void => void socket.destroy(new Error('over'))
  limit.addEventListener('abort', cancel, { once: true })
  try {
    limit.throwIfAborted()
    if (hasInput) socket.end(spec.stdin)
    const output = { stdout: taker(), stderr: taker() }
    const decode = createFrameDecoder()
    for await (const chunk of socket)
      for (const { stream, payload } of decode(chunk)) output[stream].take(payload)
    limit.throwIfAborted()
    const exitCode = await exitCodeOf(() => lookAtExec(engine, id))
    return { exitCode, stdout: output.stdout.text(), stderr: output.stderr.text() }
  } catch (error) {
    if (!limit.aborted) throw error
    throw new CodedError('RUN_TIMED_OUT', {
      reason: `The command took longer than ${spec.timeoutMs / 1_000} s and was ended.`,
    })
  } finally {
    limit.removeEventListener('abort', cancel)
    socket.destroy()
    const { Running, Pid } = await lookAtExec(engine, id).catch(() => NOTHING)
    if (Running) await endSession(Pid)
  }
}

/** Reads on beyond what it keeps, so that the command does not wait for a reader. */
function taker() {
  const chunks: Buffer[] = []
  let bytes = 0
  return {
    take(chunk: Buffer): void {
      const rest = MOST_BYTES - bytes
      if (rest <= 0) return
      chunks.push(chunk.subarray(0, rest))
      bytes += Math.min(chunk.length, rest)
    },
    text: (): string => Buffer.concat(chunks).toString(),
  }
}
