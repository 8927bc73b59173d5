import type { Actor } from '@vastrox/shared/actor.ts'

interface OwnedRow {
  team_id: string
  app_id: string
}

/** True when the row belongs to the actor's team and to an app that it is not kept from (decision 11). */
export const isVisible = (actor: Actor, row: OwnedRow): boolean =>
  row.team_id === actor.teamId && (actor.appIds === null || actor.appIds.has(row.app_id))
