import { type Actor, NO_GRANTS } from '@vastrox/shared/actor.ts'
import { DEPLOY_TOKEN_PERMISSIONS, Permission } from '@vastrox/shared/permissions.ts'

/** Somebody who may do everything in team 1. */
export const owner = (change: Partial<Actor> = {}): Actor => ({
  kind: 'user',
  id: 'user1',
  name: 'anna',
  userId: change.id ?? 'user1',
  teamId: 'team1',
  permissions: new Set(Permission.options),
  appIds: null,
  grants: NO_GRANTS,
  address: null,
  ...change,
})

export const deployToken = (appIds: string[] | null): Actor => ({
  ...owner(),
  kind: 'token',
  id: 'token1',
  name: 'token ci',
  permissions: new Set(DEPLOY_TOKEN_PERMISSIONS),
  appIds: appIds && new Set(appIds),
})
