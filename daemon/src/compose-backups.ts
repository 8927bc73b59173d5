import type { BackupPartsDeps } from './compose-backup-parts.ts'
import { createDestinationStore } from '#store/destination-store.ts'

/** The door to backups: what lies behind it is loaded when there is a destination, or somebody asks. */
export function composeBackups(given: BackupPartsDeps) {
  const destinations = createDestinationStore(given.db)
  let loading: ReturnType<typeof loadParts> | undefined

  async function loadParts() {
    const { composeBackupParts } = await import('./compose-backup-parts.ts')
    const parts = composeBackupParts(given)
    parts.start()
    return parts
  }
  const load = () => (loading ??= loadParts())

  return {
    load,

    /** Takes up what the daemon before left. */
    async start(): Promise<void> {
      if (destinations.isAnyForPlatform()) await load()
    },

    /** Cheap: nothing of backups is loaded where there is no destination. */
    isAny: (): boolean => destinations.isAnyForPlatform(),

    /** Weekly checks, as they come due, and what could not be ended before. */
    async hourly(): Promise<void> {
      if (!destinations.isAnyForPlatform()) return
      const { checks, takeUp } = await load()
      takeUp()
      checks.runDue()
    },

    async stop(): Promise<void> {
      await (await loading)?.stop()
    },
  }
}
export type BackupsDoor = ReturnType<typeof composeBackups>
