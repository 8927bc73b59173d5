import { type AppRole, permissionsIn, type Permission, Role } from '@vastrox/shared/permissions.ts'
import { t } from '#lib/words.ts'

/** What a role is for, in a few words. */
export const ROLE_WORDS: Record<Role, string> = {
  owner: t('Owner: everything, the team itself too'),
  admin: t('Admin: everything but owners and the team itself'),
  developer: t('Developer: makes, deploys and changes apps'),
  viewer: t('Viewer: looks at everything, changes nothing'),
  guest: t('Guest: sees only the apps below'),
}

export const APP_ROLE_WORDS: Record<AppRole, string> = {
  admin: t('Admin'),
  developer: t('Developer'),
  viewer: t('Viewer'),
}

/**
 * The roles that somebody may give: those of which they have everything. Whether the team is that of
 * the operators is seen by what they may do; the server decides.
 */
export function rolesToGive(permissions: readonly Permission[]): Role[] {
  if (!permissions.includes('user.manage')) return []
  const isOperators = permissions.includes('node.read')
  return Role.options.filter((role) =>
    permissionsIn(role, { isOperators }).every((each) => permissions.includes(each)),
  )
}
