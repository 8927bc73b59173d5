import type { DrainService } from '#core/drains/drain-service.ts'

/** Loaded when it is first asked for: a server that sends no logs on does without all of it. */
export type LoadDrains = () => Promise<DrainService>
