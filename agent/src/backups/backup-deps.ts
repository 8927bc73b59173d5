import type { FenceEngine } from '#agent/builds/fence-places.ts'
import type { Resolve } from '#agent/backups/locations/judged-address.ts'
import type { RepositoryTurns } from '#agent/backups/repository-turns.ts'
import type { Engine } from '#agent/engine/engine.ts'
import type { DiskFloor } from '#agent/node/disk-floor.ts'
import type { VolumeLocks } from '#agent/volumes/volume-locks.ts'

export interface BackupDeps {
  engine: Engine
  instance: string
  dataDir: string
  volumesDir: string
  volumeLocks: VolumeLocks
  diskFloor: Pick<DiskFloor, 'reader'>
  cgroups: () => Promise<FenceEngine>
  /** `<data>/agent/backups` */
  backupsDir: string
  /** What root has said: `<data>/agent/backups.json`. */
  backupSettingsFile: string
  repositoryTurns: RepositoryTurns
  /** Ids of backups that are made at this moment. */
  underWay: Set<string>
  /** Whether what makes backups has a control group of little weight. */
  isBehindOthers: boolean
  /** How names are looked up, other than as everybody does in tests alone. */
  resolve?: Resolve
  /** Another restic than the distribution's; in tests. */
  restic: string | undefined
}
