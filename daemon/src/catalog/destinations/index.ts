import type { BackupDestinationKind } from '#ports/backup-destination.ts'
import { local } from './local.ts'
import { s3 } from './s3.ts'
import { sftp } from './sftp.ts'

/** To add a destination: write its file beside this one, then name it here. */
export const destinations: readonly BackupDestinationKind[] = [local, sftp, s3]
