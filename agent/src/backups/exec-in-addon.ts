import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { runningOf } from '#agent/addons/addon-containers.ts'
import { createFrameSplitter } from '#agent/containers/log-frames.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { endSession, markOf } from '#agent/sessions/kernel-session.ts'

export interface ToolCall {
  addonId: string
  argv: readonly string[]
  env: Readonly<Record<string, string>>
  /** Whether something is fed to it. */
  hasInput: boolean
}

/** A tool inside of an add-on's container, with its ends in our hands. */
export interface Tool {
  /** Its standard input; to be ended where it has one. */
  stdin: Socket
  /** To be read to its end; it is over when the tool is. */
  stdout: AsyncIterable<Buffer>
  /** The end of what it complained about. */
  complaints(): string
  /** Once its output has ended. */
  exitCode(): Promise<number>
  /** Ends it where it still runs. */
  stop(): Promise<void>
}

const Created = z.object({ Id: z.string() })
const State = z.object({ ExitCode: z.int().nullable(), Running: z.boolean(), Pid: z.int() })

const ENDS_WITHIN_MS = 5_000
const LOOK_EVERY_MS = 25
const KEPT_OF_STDERR = 4_000

/** Throws ADDON_NOT_RUNNING. */
export async function execInAddon(
  { engine, instance }: { engine: Engine; instance: string },
  { addonId, argv, env, hasInput }: ToolCall,
): Promise<Tool> {
  const { name } = await runningOf(engine, instance, addonId)
  const mark = markOf(instance, randomBytes(4).toString('hex'))
  const { Id } = await engine.post(`/containers/${name}/exec`, Created, {
    json: {
      AttachStdin: hasInput,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
      Cmd: argv,
      Env: [...Object.entries(env).map(([key, value]) => `${key}=${value}`), mark],
    },
  })
  const { socket, head } = await engine.hijack(
    `/exec/${Id}/start`,
    { Upgrade: 'tcp' },
    { json: { Detach: false, Tty: false } },
  )
  if (head.length > 0) socket.unshift(head)
  let complaints = ''
  const look = () => engine.get(`/exec/${Id}/json`, State)

  async function* stdout(): AsyncGenerator<Buffer, void, undefined> {
    const split = createFrameSplitter()
    for await (const chunk of socket)
      for (const { stream, payload } of split(chunk)) {
        if (stream === 'stdout') yield payload
        else complaints = `${complaints}${payload.toString('utf8')}`.slice(-KEPT_OF_STDERR)
      }
  }

  return {
    stdin: socket,
    stdout: stdout(),
    complaints: () => complaints.trim(),
    async exitCode() {
      // The output ends a moment before the engine has the code.
      for (let waited = 0; waited < ENDS_WITHIN_MS; waited += LOOK_EVERY_MS) {
        const { Running, ExitCode } = await look()
        if (!Running && ExitCode !== null) return ExitCode
        await sleep(LOOK_EVERY_MS)
      }
      throw new CodedError('BACKUP_FAILED', { reason: 'Docker did not say how the tool ended.' })
    },
    async stop() {
      socket.destroy()
      // The engine leaves it running when its reader has gone.
      const { Running, Pid } = await look().catch(() => ({ Running: false, Pid: 0 }))
      if (Running) await endSession(Pid)
    },
  }
}
