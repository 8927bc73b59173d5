import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PlatformStatus } from '@vastrox/shared/platform-status.ts'
import { z } from 'zod'
import type { Installation } from '#agent/cli/installation.ts'
import type { Platform } from '#agent/cli/platform/platform-port.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

const Refusal = z.object({
  code: z.string(),
  message: z.string(),
  /** What it is this time. */
  reason: z.string().optional(),
  hint: z.string().optional(),
})
const TIMEOUT_MS = 45_000

/**
 * Resolves when every process runs and the sockets of agent and daemon are served. Rejects with what
 * the process that does not come up said last.
 */
export async function untilHealthy(
  platform: Pick<Platform, 'status'>,
  { paths }: Pick<Installation, 'paths'>,
): Promise<void> {
  let status: PlatformStatus | undefined
  for (const endsAt = Date.now() + TIMEOUT_MS; Date.now() < endsAt; await sleep(100)) {
    status = await platform.status()
    const refused = status?.processes.find(({ state }) => state === 'refused')
    if (refused !== undefined) throw await notComingUp(refused.name, paths.processLogs)
    const allRun = status?.processes.every(({ pid }) => pid !== null) ?? false
    if (allRun && (await answers(paths.agentSocket)) && (await answers(paths.consoleSocket))) return
  }
  const failing = status?.processes.find(({ state }) => state !== 'running')
  throw await notComingUp(failing?.name ?? 'daemon', paths.processLogs)
}

async function notComingUp(name: string, logs: string): Promise<SetupError> {
  const path = `${logs}/${name}.log`
  const lines = existsSync(path) ? (await readFile(path, 'utf8')).trim().split('\n') : []
  const refusal = refusalOf(lines.at(-1) ?? '')
  if (refusal !== undefined)
    return new SetupError(
      `The ${name} refuses to run (${refusal.code}): ${refusal.reason ?? refusal.message}`,
      refusal.hint ?? `More of it: ${path}`,
    )
  return new SetupError(
    `The ${name} does not come up. It said:\n    ${lines.slice(-5).join('\n    ')}`,
    `More of it: ${path}`,
  )
}

/** What a process says when it knows what is wrong: a coded error with its hint. */
function refusalOf(line: string): z.infer<typeof Refusal> | undefined {
  try {
    return Refusal.safeParse(JSON.parse(line)).data
  } catch {
    // Not JSON: whatever it is, it is shown as it stands.
    return undefined
  }
}

function answers(socketPath: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(socketPath, () => {
    socket.destroy()
    resolve(true)
  })
  socket.on('error', () => resolve(false))
  return promise
}
