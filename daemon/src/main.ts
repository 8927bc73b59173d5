import { existsSync } from 'node:fs'
import { CodedError, hintOf } from '@vastrox/shared/errors.ts'
import { announceReady } from '@vastrox/shared/node/announce-ready.ts'
import { armCrashPoint } from '@vastrox/shared/node/crash-point.ts'
import { trimMemoryWhenIdle } from '@vastrox/shared/node/trim-memory.ts'
import { say } from '#lib/say.ts'
import { compose } from './compose.ts'
import { type DaemonConfig, readConfig } from './config.ts'

/** sysexits EX_CONFIG: starting again would not help; the supervisor and `vastrox upgrade` know it. */
const EXIT_STATE_UNUSABLE = 78

process.on('unhandledRejection', (error) =>
  say('daemon.unhandled', { error: String(error), stack: stackOf(error) }),
)

// Whatever is made here is the daemon's alone, but for sockets, which say so themselves.
process.umask(0o077)

try {
  const config = readConfig()
  armCrashPoint(config.crashAt)
  const daemon = await compose(config, { create: isNew(config) })
  await daemon.start()
  announceReady(config.readyFd)
  trimMemoryWhenIdle()
  say('daemon.started', { version: config.version })
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      daemon.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          say('daemon.stop-failed', { error: String(error), stack: stackOf(error) })
          process.exit(1)
        },
      )
    })
} catch (error) {
  fail(error)
}

/** A new installation has nothing of ours yet; anything less than everything missing is damage (rule S4). */
function isNew({ paths }: DaemonConfig): boolean {
  return ![paths.controlDatabase, paths.masterKey, paths.repositories, paths.sources].some((path) =>
    existsSync(path),
  )
}

function fail(error: unknown): never {
  if (error instanceof CodedError) {
    say('daemon.refused', {
      code: error.code,
      message: error.message,
      hint: hintOf(error.code),
      ...error.details,
    })
    process.exit(/^(DATABASE|MASTER_KEY|SECRET)_/.test(error.code) ? EXIT_STATE_UNUSABLE : 1)
  }
  say('daemon.failed', { error: String(error), stack: stackOf(error) })
  process.exit(1)
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined
}
