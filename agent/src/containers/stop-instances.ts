import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { isConflict, isNotFound } from '#agent/engine/engine-error.ts'
import type { AppNetworks } from '#agent/networks/app-networks.ts'

const Found = z.object({
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullable() }),
})

interface Deps {
  engine: Engine
  instance: string
  networks: AppNetworks
}

/** SIGTERM, grace, SIGKILL, remove, all at once. What is not there is done; what is not ours is refused (rule K7). */
export async function stopInstances(
  { engine, instance, networks }: Deps,
  { names, graceMs }: { names: string[]; graceMs: number },
): Promise<Record<string, never>> {
  await Promise.all(
    names.map(async (name) => {
      const appId = await ownerOf(engine, instance, name)
      if (appId === undefined) return
      await stopContainer(engine, name, graceMs)
      await removeContainer(engine, name)
      await networks.release(appId, [name])
    }),
  )
  return {}
}

/** The app whose container this is; undefined when there is none. Throws when it is not ours. */
export async function ownerOf(
  engine: Engine,
  instance: string,
  name: string,
): Promise<string | undefined> {
  try {
    const found = await engine.get(`/containers/${encodeURIComponent(name)}/json`, Found)
    const labels = found.Config.Labels ?? {}
    if (labels[LABEL.instance] === instance) return labels[LABEL.app] ?? ''
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
  throw new CodedError('INSTANCE_NOT_FOUND', { reason: `${name} is not an instance of ours.` })
}

export async function stopContainer(engine: Engine, name: string, graceMs: number): Promise<void> {
  await ignoreGone(
    engine.act('POST', `/containers/${encodeURIComponent(name)}/stop`, {
      query: { t: Math.ceil(graceMs / 1000) },
      timeoutMs: graceMs + 60_000,
    }),
  )
}

/** Kills it where it still runs. Anonymous volumes of the image go with it; named ones never do. */
export async function removeContainer(engine: Engine, name: string): Promise<void> {
  await ignoreGone(
    engine.act('DELETE', `/containers/${encodeURIComponent(name)}`, {
      query: { force: true, v: true },
    }),
  )
}

async function ignoreGone(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    // 409: another call is removing it at this moment.
    if (!isNotFound(error) && !isConflict(error)) throw error
  }
}
