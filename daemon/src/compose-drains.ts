import { createLogDrainStore } from '#store/log-drain-store.ts'
import type { DrainPartsDeps } from './compose-drain-parts.ts'

export type DrainDeps = Omit<DrainPartsDeps, 'drains'>

/** The door to log drains: nothing listens to lines, and nothing is loaded, where there is none. */
export function composeDrains(given: DrainDeps) {
  const drains = createLogDrainStore(given.db)
  let loading: ReturnType<typeof loadParts> | undefined

  async function loadParts() {
    const { composeDrainParts } = await import('./compose-drain-parts.ts')
    return composeDrainParts({ ...given, drains })
  }
  const load = () => (loading ??= loadParts())

  return {
    load: async () => (await load()).service,
    /** Before the first line is read: drains miss none of them. */
    async start(): Promise<void> {
      if (drains.isAnyForPlatform()) await load()
    },
    async stop(): Promise<void> {
      await (await loading?.catch(() => undefined))?.stop()
    },
  }
}
export type DrainDoor = ReturnType<typeof composeDrains>
