import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import type { Engine } from '#agent/engine/engine.ts'
import { EngineError } from '#agent/engine/engine-error.ts'
import { markOf } from '#agent/sessions/kernel-session.ts'

const Created = z.object({ Id: z.string() })
const ExecState = z.object({
  ExitCode: z.int().nullable(),
  Running: z.boolean(),
  Pid: z.int(),
})
export type ExecState = z.infer<typeof ExecState>

/** The engine tells the end when it has waited for the process itself, which takes its time on a busy machine. */
const ENDS_WITHIN_MS = 10_000
const LOOK_EVERY_MS = 25

interface Exec {
  /** Of the container. */
  name: string
  argv: readonly string[]
  env: Readonly<Record<string, string>>
  isTerminal: boolean
  stdin: boolean
  /** What is said where the container does not run. */
  ifNot: 'INSTANCE_NOT_FOUND' | 'ADDON_NOT_RUNNING'
}

/** A command that a running container is to be given, marked as ours. */
export async function createExec(
  engine: Engine,
  instance: string,
  { name, argv, env, isTerminal, stdin, ifNot }: Exec,
): Promise<string> {
  const path = `/containers/${encodeURIComponent(name)}/exec`
  const mark = markOf(instance, randomBytes(4).toString('hex'))
  try {
    const { Id } = await engine.post(path, Created, {
      json: {
        AttachStdin: stdin,
        AttachStdout: true,
        AttachStderr: true,
        Tty: isTerminal,
        Cmd: argv,
        Env: [...Object.entries(env).map(([key, value]) => `${key}=${value}`), mark],
      },
    })
    return Id
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    throw new CodedError(
      ifNot,
      { reason: `${NOT_RUNNING[ifNot]} does not run: ${error.message}` },
      { cause: error },
    )
  }
}

const NOT_RUNNING = { INSTANCE_NOT_FOUND: 'The instance', ADDON_NOT_RUNNING: 'The add-on' }

/** Its ends, both in one. `Tty` here too: without it the engine frames what a terminal prints. */
export async function startExec(engine: Engine, id: string, isTerminal: boolean): Promise<Socket> {
  const { socket, head } = await engine.hijack(
    `/exec/${id}/start`,
    { Upgrade: 'tcp' },
    { json: { Detach: false, Tty: isTerminal } },
  )
  if (head.length > 0) socket.unshift(head)
  return socket
}

export const lookAtExec = (engine: Engine, id: string): Promise<ExecState> =>
  engine.get(`/exec/${id}/json`, ExecState)

/** The output ends a moment before the engine has the code. */
export async function exitCodeOf(look: () => Promise<ExecState>): Promise<number> {
  for (let waited = 0; waited < ENDS_WITHIN_MS; waited += LOOK_EVERY_MS) {
    const { Running, ExitCode } = await look()
    if (!Running && ExitCode !== null) return ExitCode
    await sleep(LOOK_EVERY_MS)
  }
  throw new CodedError('INTERNAL', { reason: 'The engine did not say how the command ended.' })
}
