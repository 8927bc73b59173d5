import { createReadStream, existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { IMAGES_FILE, SAVED_IMAGES } from '#agent/backups/platform-content.ts'
import { askDaemon } from '#agent/cli/console-client.ts'
import { noteDone, type Restored } from '#agent/cli/install/restore/restore.ts'
import { endRestore } from '#agent/cli/install/restore/restore-state.ts'
import type { Steps } from '#agent/cli/install/steps.ts'
import type { Installation } from '#agent/cli/installation.ts'
import { SetupError } from '#agent/cli/setup-error.ts'
import { createEngine, type Engine } from '#agent/engine/engine.ts'

const LOAD_TIMEOUT_MS = 1_800_000
const ENGINE_WITHIN_MS = 60_000
const ENGINE_SOCKET = '/var/run/docker.sock'

/** What the daemon says about the end of a restore. */
export const RestoreEnd = z.object({
  apps: z.array(z.object({ name: z.string(), hasImage: z.boolean() })),
  /** Content of databases: `reason` says why it could not be put back. */
  addons: z.array(z.object({ name: z.string(), reason: z.string().nullable() })),
  sessionsEnded: z.int(),
  firewall: z.enum(['observe', 'isolate', 'enforce']).nullable(),
})
export type RestoreEnd = z.infer<typeof RestoreEnd>

/**
 * The second half, with the platform running and the apps held back: images into the engine, then the
 * daemon puts what only it can put, and lets the apps start.
 */
export async function finishRestore(
  { dataDir, paths }: Pick<Installation, 'dataDir' | 'paths'>,
  { state }: Restored,
  steps: Steps,
): Promise<RestoreEnd> {
  if (!state.done.includes('images')) {
    const file = join(dataDir, SAVED_IMAGES, IMAGES_FILE)
    if (existsSync(file)) await steps.run('Images of the apps', () => loadImages(file))
    await noteDone(dataDir, state, 'images')
  }
  const end = await steps.run('Databases and apps', () =>
    askDaemon(paths.consoleSocket, ['restore:finish', '--json'], RestoreEnd),
  )
  await rm(join(dataDir, SAVED_IMAGES), { recursive: true, force: true })
  await endRestore(dataDir)
  return end
}

async function loadImages(file: string): Promise<void> {
  const engine = createEngine(ENGINE_SOCKET)
  try {
    await untilEngineAnswers(engine)
    const reply = await engine.stream('POST', '/images/load', {
      query: { quiet: true },
      body: createReadStream(file),
      headers: { 'Content-Type': 'application/x-tar' },
      timeoutMs: LOAD_TIMEOUT_MS,
    })
    let said = ''
    for await (const chunk of reply) said = (said + String(chunk)).slice(-4_000)
    const failed = /"error":"((?:[^"\\]|\\.)*)"/.exec(said)?.[1]
    if (failed !== undefined)
      throw new SetupError(
        `The engine does not take the saved images: ${failed}`,
        'Look at the disk of the engine, then run the same restore again.',
      )
  } finally {
    engine.close()
  }
}

async function untilEngineAnswers(engine: Engine): Promise<void> {
  for (const endsAt = Date.now() + ENGINE_WITHIN_MS; ; await sleep(500))
    try {
      await engine.apiVersion()
      return
    } catch (error) {
      if (Date.now() > endsAt) throw error
    }
}
