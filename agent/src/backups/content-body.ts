import type { BackupContent } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { type Made, type Making, snapshotOfStream } from '#agent/backups/make-snapshot.ts'

type Body = Extract<BackupContent, { type: 'body' }>

/** What the caller sends, as one file. */
export const backUpBody = (content: Body, making: Making): Promise<Made> =>
  snapshotOfStream(making, content.fileName, making.body, ({ sizeBytes }) => {
    if (sizeBytes >= content.minBytes) return
    throw new CodedError('BACKUP_FAILED', {
      reason: `${content.fileName} has ${sizeBytes} bytes, and at least ${content.minBytes} were expected.`,
    })
  })
