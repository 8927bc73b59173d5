import type { AppSettings } from '@vastrox/shared/app.ts'
import type { BuildRecord } from '#store/build-store.ts'

const DEFAULT_TIMEOUT_MS = 60_000

/** What makes `web` healthy: the user's settings, then what the source says. */
export const healthOf = (
  { healthPath, healthTimeoutMs }: AppSettings,
  { config }: Pick<BuildRecord, 'config'>,
): { healthPath: string | null; healthTimeoutMs: number } => ({
  healthPath: healthPath ?? config.healthPath,
  healthTimeoutMs: healthTimeoutMs ?? config.healthTimeoutMs ?? DEFAULT_TIMEOUT_MS,
})
