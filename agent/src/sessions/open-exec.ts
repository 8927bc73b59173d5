import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenExec, SessionEvent } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { wrapCommand } from '#agent/containers/command.ts'
import { ownerOf } from '#agent/containers/stop-instances.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { EngineError } from '#agent/engine/engine-error.ts'
import type { StreamCall } from '#agent/server/bind.ts'
import { type Attached, carry } from '#agent/sessions/attached.ts'
import { endSession, markOf, signalSession } from '#agent/sessions/kernel-session.ts'

const Created = z.object({ Id: z.string() })
const State = z.object({
  ExitCode: z.int().nullable(),
  Running: z.boolean(),
  Pid: z.int(),
})

const ENDS_WITHIN_MS = 2_000
const LOOK_EVERY_MS = 25

interface Deps {
  engine: Engine
  instance: string
}

/** A command inside a running instance that somebody works with. What it started ends with it. */
export async function openExec(
  { engine, instance }: Deps,
  spec: z.output<typeof OpenExec>,
  call: StreamCall<SessionEvent>,
): Promise<void> {
  if ((await ownerOf(engine, instance, spec.name)) === undefined)
    throw new CodedError('INSTANCE_NOT_FOUND', { name: spec.name })
  const id = await create(engine, instance, spec)
  const look = () => engine.get(`/exec/${id}/json`, State)
  const attached: Attached = {
    socket: await start(engine, id, spec.terminal !== null),
    isTerminal: spec.terminal !== null,
    resize: ({ columns, rows }) =>
      engine.act('POST', `/exec/${id}/resize`, { query: { h: rows, w: columns } }),
    async signal(signal) {
      const { Running, Pid } = await look()
      if (Running) await signalSession(Pid, signal)
    },
  }
  try {
    if (spec.terminal) await attached.resize(spec.terminal).catch(() => undefined)
    await call.emit({ type: 'started' })
    await carry(attached, spec, call)
    await call.emit({ type: 'done', exitCode: await exitCodeOf(look), oomKilled: false })
  } finally {
    // The engine leaves it running when its reader has gone.
    const { Running, Pid } = await look().catch(() => NOTHING)
    if (Running) await endSession(Pid)
  }
}

const NOTHING = { ExitCode: null, Running: false, Pid: 0 }

async function create(
  engine: Engine,
  instance: string,
  { name, command, env, terminal, stdin }: z.output<typeof OpenExec>,
): Promise<string> {
  const path = `/containers/${encodeURIComponent(name)}/exec`
  const mark = markOf(instance, randomBytes(4).toString('hex'))
  try {
    const { Id } = await engine.post(path, Created, {
      json: {
        AttachStdin: stdin,
        AttachStdout: true,
        AttachStderr: true,
        Tty: terminal !== null,
        Cmd: wrapCommand(command),
        Env: [...Object.entries(env).map(([key, value]) => `${key}=${value}`), mark],
      },
    })
    return Id
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    throw new CodedError(
      'INSTANCE_NOT_FOUND',
      { reason: `The instance does not run: ${error.message}` },
      { cause: error },
    )
  }
}

/** `Tty` here too: without it the engine frames what a terminal prints. */
async function start(engine: Engine, id: string, isTerminal: boolean): Promise<Attached['socket']> {
  const { socket, head } = await engine.hijack(
    `/exec/${id}/start`,
    { Upgrade: 'tcp' },
    { json: { Detach: false, Tty: isTerminal } },
  )
  if (head.length > 0) socket.unshift(head)
  return socket
}

/** The output ends a moment before the engine has the code. */
async function exitCodeOf(look: () => Promise<z.output<typeof State>>): Promise<number> {
  for (let waited = 0; waited < ENDS_WITHIN_MS; waited += LOOK_EVERY_MS) {
    const { Running, ExitCode } = await look()
    if (!Running && ExitCode !== null) return ExitCode
    await sleep(LOOK_EVERY_MS)
  }
  throw new CodedError('INTERNAL', { reason: 'The engine did not say how the command ended.' })
}
