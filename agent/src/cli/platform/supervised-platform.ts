import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readlink } from 'node:fs/promises'
import { env } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { PROCESS_ENV } from '@vastrox/shared/installation.ts'
import { isAlive } from '@vastrox/shared/node/is-alive.ts'
import { PlatformStatus } from '@vastrox/shared/platform-status.ts'
import type { Installation } from '#agent/cli/installation.ts'
import type { Platform } from '#agent/cli/platform/platform-port.ts'
import { SetupError } from '#agent/cli/setup-error.ts'
import { askSupervisor } from '#agent/supervisor/control-client.ts'
import { SMALL_HEAP } from '#agent/supervisor/process-table.ts'
import type { ControlRequest } from '#agent/supervisor/control-protocol.ts'

const UP_TIMEOUT_MS = 45_000
const DOWN_TIMEOUT_MS = 60_000

/** The processes under our own supervisor, where PID 1 is not systemd. */
export function createSupervisedPlatform({ dataDir, paths, links }: Installation): Platform {
  const ask = (request: ControlRequest): Promise<unknown> =>
    askSupervisor(paths.supervisorSocket, request)

  async function status(): Promise<PlatformStatus | undefined> {
    try {
      return PlatformStatus.parse(await ask({ verb: 'status' }))
    } catch (error) {
      if (isNobodyThere(error)) return undefined
      throw error
    }
  }

  function start(): void {
    const log = openSync(`${paths.processLogs}/supervisor.log`, 'a', 0o600)
    const supervisor = spawn(
      `${links.current}/node`,
      [...SMALL_HEAP, `${links.current}/supervisor.mjs`],
      {
        shell: false,
        detached: true,
        cwd: '/',
        env: {
          PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          LANG: 'C.UTF-8',
          [PROCESS_ENV.dataDir]: dataDir,
        },
        stdio: ['ignore', log, log],
      },
    )
    closeSync(log)
    supervisor.unref()
  }

  async function up(): Promise<void> {
    const running = await status()
    if (running === undefined) start()
    else
      for (const { name, state } of running.processes)
        if (state === 'stopped' || state === 'refused')
          await ask({ verb: 'restart', process: name })
    await until(
      async () => (await status()) !== undefined,
      UP_TIMEOUT_MS,
      () =>
        new SetupError(
          'The supervisor does not come up.',
          `Its log says why: ${paths.processLogs}/supervisor.log`,
        ),
    )
  }

  async function down(): Promise<void> {
    const before = await status()
    if (before === undefined) return
    await ask({ verb: 'stop' })
    const supervisor = before.processes.find(({ name }) => name === 'supervisor')?.pid ?? 0
    await until(
      async () => !isAlive(supervisor),
      DOWN_TIMEOUT_MS,
      () =>
        new SetupError(
          `The supervisor (pid ${supervisor}) does not stop.`,
          `kill -9 ${supervisor}`,
        ),
    )
  }

  return {
    kind: 'vastrox',
    status,
    up,
    down,
    async restart(process) {
      if ((await status()) === undefined) return up()
      await ask({ verb: 'restart', process, crashAt: env[PROCESS_ENV.crashAt] })
    },
    async stopProcess(process) {
      if ((await status()) !== undefined) await ask({ verb: 'stop-process', process })
    },
    async change() {
      if ((await status()) === undefined) return up()
      await ask({ verb: 'hand-over', bundleDir: await readlink(links.current) })
      await up()
    },
    remove: down,
  }
}

async function until(
  test: () => Promise<boolean>,
  timeoutMs: number,
  failure: () => Error,
): Promise<void> {
  for (const endsAt = Date.now() + timeoutMs; !(await test()); await sleep(50))
    if (Date.now() > endsAt) throw failure()
}

const isNobodyThere = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTDIR')
