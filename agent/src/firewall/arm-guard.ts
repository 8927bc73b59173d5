import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CodedError } from '@vastrox/shared/errors.ts'
import { isAlive } from '@vastrox/shared/node/is-alive.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { z } from 'zod'
import { type KeptFiles, networkNamespace } from '#agent/firewall/kept-files.ts'
import { processStart } from '#agent/node/process-start.ts'
import { SMALL_HEAP } from '#agent/supervisor/process-table.ts'

/** How the guard is told what to guard: by its environment only. */
export const GUARD_ENV = {
  directory: 'VASTROX_FIREWALL_DIR',
  generation: 'VASTROX_FIREWALL_GENERATION',
} as const

const SYSTEMD_RUN = '/usr/bin/systemd-run'
const ARMED_WITHIN_MS = 10_000
const LOOK_EVERY_MS = 25

export const GuardRecord = z.object({ generation: z.int(), pid: z.int(), start: z.string() })

/**
 * Starts the guard of a waiting change and resolves once it stands watch. Throws FIREWALL_REFUSED when
 * it does not come up: without a guard nothing is closed.
 */
export async function armGuard(
  files: KeptFiles,
  instance: string,
  generation: number,
): Promise<void> {
  const env = {
    [GUARD_ENV.directory]: files.directory,
    [GUARD_ENV.generation]: String(generation),
  }
  if (await belongsToSystemd()) await startUnit(`vastrox-${instance}-guard-${generation}`, env)
  else
    spawn(process.execPath, [...SMALL_HEAP, guardProgram()], {
      shell: false,
      detached: true,
      stdio: 'ignore',
      cwd: '/',
      env,
    }).unref()
  for (let waited = 0; waited < ARMED_WITHIN_MS; waited += LOOK_EVERY_MS) {
    if (await isGuarded(files, generation)) return
    await sleep(LOOK_EVERY_MS)
  }
  throw new CodedError('FIREWALL_REFUSED', {
    reason: 'The guard that would take the change back does not start; nothing was changed.',
  })
}

/** Whether a living guard watches over this generation. */
export async function isGuarded(files: KeptFiles, generation: number): Promise<boolean> {
  const text = await readFile(files.path('guard.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return false
  const record = GuardRecord.parse(JSON.parse(text))
  return (
    record.generation === generation &&
    isAlive(record.pid) &&
    (await processStart(record.pid)) === record.start
  )
}

/** Beside us: bundled when installed, a source file in development. */
function guardProgram(): string {
  const bundled = join(import.meta.dirname, 'firewall-guard.mjs')
  return existsSync(bundled) ? bundled : join(import.meta.dirname, 'guard.ts')
}

/** systemd starts units in its own network namespace: in another one its unit would guard the wrong rules. */
const belongsToSystemd = async (): Promise<boolean> =>
  existsSync('/run/systemd/system') &&
  existsSync(SYSTEMD_RUN) &&
  networkNamespace() === networkNamespace(1)

async function startUnit(unit: string, env: Record<string, string>): Promise<void> {
  const result = await run(
    SYSTEMD_RUN,
    [
      '--quiet',
      '--collect',
      `--unit=${unit}`,
      ...Object.entries(env).map(([key, value]) => `--setenv=${key}=${value}`),
      '--',
      process.execPath,
      ...SMALL_HEAP,
      guardProgram(),
    ],
    { timeoutMs: ARMED_WITHIN_MS },
  )
  if (result.exitCode !== 0)
    throw new CodedError('FIREWALL_REFUSED', {
      reason: `The guard does not start: ${result.stderr.split('\n')[0] ?? ''}`,
    })
}
