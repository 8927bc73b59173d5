import type { Readable } from 'node:stream'
import type {
  BackUp,
  BackUpEvent,
  CheckRepositoryEvent,
  ImportContent,
  Repository,
  RestoreSnapshot,
  RestoreSnapshotEvent,
  BACKUP_VERBS,
} from '@vastrox/shared/agent-api-backups.ts'
import type { z } from 'zod'

type Done<Event extends { type: string }> = Extract<Event, { type: 'done' }>
type Progress = Extract<BackUpEvent, { type: 'progress' }>
type Reply<Verb extends keyof typeof BACKUP_VERBS> = z.output<(typeof BACKUP_VERBS)[Verb]['output']>

/**
 * Backups of what is on a node, by restic. The contracts stand at shared/src/agent-api-backups.ts.
 * Aborting cancels. Besides what they say there, all throw DESTINATION_UNREACHABLE,
 * DESTINATION_KEY_WRONG, DESTINATION_FULL.
 */
export interface NodeBackups {
  openRepository(repository: Repository): Promise<Reply<'open-repository'>>
  listSnapshots(
    repository: Repository,
    tag: string | null,
  ): Promise<Reply<'list-snapshots'>['snapshots']>
  listFiles(
    repository: Repository,
    snapshotId: string,
    path: string,
  ): Promise<Reply<'list-snapshot-files'>['files']>
  measure(repository: Repository): Promise<Reply<'measure-repository'>>
  listRoots(): Promise<Reply<'list-backup-roots'>['roots']>
  /** `body`: the content of type `body`; null for the others. */
  backUp(
    spec: BackUp,
    body: Readable | null,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Done<BackUpEvent>>
  restore(
    spec: RestoreSnapshot,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Done<RestoreSnapshotEvent>>
  /** A file, or a folder as a tar; an error comes as the stream's. */
  read(
    spec: Omit<RestoreSnapshot, 'target'> & { path: string; asTar: boolean },
    signal: AbortSignal,
  ): Readable
  /** The same, read to its end on the node and given to nobody. */
  digest(
    spec: Omit<RestoreSnapshot, 'target'> & { path: string; asTar: boolean },
    signal: AbortSignal,
  ): Promise<{ sizeBytes: number; sha256: string | null }>
  importContent(
    spec: ImportContent,
    body: Readable,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Done<RestoreSnapshotEvent>>
  check(
    repository: Repository,
    readPercent: number,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Done<z.infer<typeof CheckRepositoryEvent>>>
  /** By id, each of them. */
  forget(
    repository: Repository,
    snapshotIds: readonly string[],
    signal: AbortSignal,
  ): Promise<{ freedBytes: number | null }>
}
