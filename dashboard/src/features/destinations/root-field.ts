import type { BackupRoot } from '@vastrox/shared/backup.ts'
import { sayBytes } from '#lib/bytes.ts'
import type { JsonField } from '#lib/json-form.ts'
import { t } from '#lib/words.ts'

/** The setting that names a place on this server's own disks. */
export const ROOT_FIELD = 'rootId'

/** The places that root registered are chosen by their paths, not typed by their ids. */
export const withRoots = (
  fields: readonly JsonField[],
  roots: readonly BackupRoot[],
): JsonField[] =>
  fields.map((field) =>
    field.name === ROOT_FIELD
      ? {
          ...field,
          label: t('Place'),
          // The first one is chosen by itself; without one there is nothing to send.
          isRequired: roots.length === 0,
          options: roots.map(({ rootId }) => rootId),
          optionLabels: roots.map(({ path, freeBytes }) =>
            freeBytes === null
              ? path
              : t('{path}, {freeBytes} free', { path, freeBytes: sayBytes(freeBytes) }),
          ),
          default: roots[0]?.rootId ?? '',
        }
      : field,
  )
