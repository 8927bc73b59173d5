import type { LiveEvent } from '@vastrox/shared/live-event.ts'

/** What changed, for the dashboard: kept in memory for the last 1,000 events. */
export interface EventStream {
  emit(event: Omit<LiveEvent, 'id'> & { teamId: string }): void
  /**
   * Calls `listener` for each event of the team after `lastEventId` (null: from now on), the kept
   * ones first; begins with a `reset` event when they are no longer kept. Returns the way to stop.
   */
  subscribe(
    teamId: string,
    lastEventId: number | null,
    listener: (event: LiveEvent) => void,
  ): () => void
}
