import { type Actor, NO_GRANTS } from '@vastrox/shared/actor.ts'
import { Permission } from '@vastrox/shared/permissions.ts'

/** The platform itself, at work for a team: it may do everything, and the audit log says so. */
export const systemActor = (teamId: string): Actor => ({
  kind: 'system',
  id: 'system',
  name: 'vastrox',
  userId: null,
  teamId,
  permissions: new Set(Permission.options),
  appIds: null,
  grants: NO_GRANTS,
  address: null,
})
