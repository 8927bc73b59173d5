import type { Repository } from '@vastrox/shared/agent-api-backups.ts'
import type { z } from 'zod'

/** What a destination puts in the catalog: its settings are flat, so that a form can be drawn of them. */
export interface BackupDestinationKind {
  kind: string
  title: string
  settings: z.ZodObject
  /** Names of settings that nobody is shown again. */
  secrets: readonly string[]
  /** Names of settings that say who is told the secrets. */
  sentTo: readonly string[]
  /** Where the repository is. `folder`: of this destination alone, for places that several share. */
  location(settings: unknown, folder: string): Repository['location']
}

export const defineDestination = <Settings extends z.ZodObject>(
  kind: Omit<BackupDestinationKind, 'settings' | 'location'> & {
    settings: Settings
    location(settings: z.infer<Settings>, folder: string): Repository['location']
  },
): BackupDestinationKind => ({
  ...kind,
  location: (settings, folder) => kind.location(kind.settings.parse(settings), folder),
})
