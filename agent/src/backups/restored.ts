import type { RestoreSnapshotEvent } from '@vastrox/shared/agent-api-backups.ts'
import type { FoundSnapshot } from '#agent/backups/restic-output.ts'
import type { Access } from '#agent/backups/run-restic.ts'
import type { StreamCall } from '#agent/server/bind.ts'

export interface Restoring {
  access: Access
  snapshot: FoundSnapshot
  signal: AbortSignal
  emit: StreamCall<RestoreSnapshotEvent>['emit']
}

/** What was put back. */
export interface Restored {
  sizeBytes: number
  files: number
  sha256: string | null
  output: string
}
