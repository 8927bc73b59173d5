import { CodedError } from '@vastrox/shared/errors.ts'
import type { AddonSubjects } from '#core/backups/subjects.ts'

/** Where there are no databases. */
export const noAddons: AddonSubjects = {
  list: () => [],
  findForPlatform: () => undefined,
  attachedTo: () => [],
  contentOf: () => Promise.reject(new CodedError('BACKUP_SUBJECT_NOT_FOUND')),
  countsOf: () => Promise.reject(new CodedError('BACKUP_SUBJECT_NOT_FOUND')),
}
