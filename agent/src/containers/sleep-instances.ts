import type { AppNetworks } from '#agent/networks/app-networks.ts'
import { startContainer } from '#agent/containers/start-instances.ts'
import { ownerOf, stopContainer } from '#agent/containers/stop-instances.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { isNotFound } from '#agent/engine/engine-error.ts'

interface Deps {
  engine: Engine
  instance: string
  networks: AppNetworks
}

/** The policy first: an engine that is killed in between must not start them again when it is back. */
export async function sleepInstances(
  { engine, instance }: Deps,
  { names, graceMs }: { names: string[]; graceMs: number },
): Promise<Record<string, never>> {
  await Promise.all(
    names.map(async (name) => {
      if ((await ownerOf(engine, instance, name)) === undefined) return
      await unlessGone(
        engine.act('POST', `/containers/${encodeURIComponent(name)}/update`, {
          json: { RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } },
        }),
      )
      await stopContainer(engine, name, graceMs)
    }),
  )
  return {}
}

/** Visitors wait for it: it only starts. keep-instances gives the policy back. */
export async function wakeInstances(
  { engine, instance, networks }: Deps,
  { names }: { names: string[] },
): Promise<{ missing: string[] }> {
  const missing = await Promise.all(
    names.map(async (name) => {
      const appId = await ownerOf(engine, instance, name)
      if (appId === undefined) return name
      const isThere = await unlessGone(startContainer(engine, networks, appId, name))
      return isThere ? [] : name
    }),
  )
  return { missing: missing.flat() }
}

/** False where the container has gone meanwhile. */
async function unlessGone(work: Promise<void>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}
