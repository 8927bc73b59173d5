import type { Role } from '@vastrox/shared/permissions.ts'
import { t } from '#lib/words.ts'

/** What somebody is, within a sentence or as a badge. */
export const ROLE_NAME: Record<Role, string> = {
  owner: t('owner'),
  admin: t('admin'),
  developer: t('developer'),
  viewer: t('viewer'),
  guest: t('guest'),
}
