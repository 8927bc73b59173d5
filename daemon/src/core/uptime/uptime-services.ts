import type { UptimeService } from '#core/uptime/uptime-service.ts'

/** Loaded when it is first asked for: looking goes on without it. */
export type LoadUptime = () => Promise<UptimeService>
