import type { OpenExec, SessionEvent } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { z } from 'zod'
import { wrapCommand } from '#agent/containers/command.ts'
import { ownerOf } from '#agent/containers/stop-instances.ts'
import type { Engine } from '#agent/engine/engine.ts'
import type { StreamCall } from '#agent/server/bind.ts'
import { type Attached, carry } from '#agent/sessions/attached.ts'
import { createExec, exitCodeOf, lookAtExec, startExec } from '#agent/sessions/exec.ts'
import { endSession, signalSession } from '#agent/sessions/kernel-session.ts'

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
  const { name, command, env, terminal, stdin } = spec
  const id = await createExec(engine, instance, {
    name,
    argv: wrapCommand(command),
    env,
    isTerminal: terminal !== null,
    stdin,
    ifNot: 'INSTANCE_NOT_FOUND',
  })
  await carryExec(engine, id, spec, call)
}

type Worked = Pick<z.output<typeof OpenExec>, 'terminal' | 'timeoutMs' | 'idleMs'>

/** Starts it and stays until it has ended. */
export async function carryExec(
  engine: Engine,
  id: string,
  spec: Worked,
  call: StreamCall<SessionEvent>,
): Promise<void> {
  const look = () => lookAtExec(engine, id)
  const attached: Attached = {
    socket: await startExec(engine, id, spec.terminal !== null),
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
