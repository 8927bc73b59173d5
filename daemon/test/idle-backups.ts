import { buildContext } from '#adapters/system/build-context.ts'
import { noAddons } from '#core/backups/no-addons.ts'
import { cronTimes } from '#jobs/cron-times.ts'
import { createFakeNodeBackups } from '#test/fakes/node-backups.ts'
import type { BackupPartsDeps } from '../src/compose-backup-parts.ts'
import { composeBackups } from '../src/compose-backups.ts'

type Given = Pick<
  BackupPartsDeps,
  | 'db'
  | 'finder'
  | 'sourceArchive'
  | 'values'
  | 'secretBox'
  | 'audit'
  | 'events'
  | 'clock'
  | 'newId'
  | 'onProblem'
>

/** Backups over repositories in memory, where there is nothing but apps and volumes to back up. */
export const idleBackups = (given: Given) =>
  composeBackups({
    ...given,
    node: createFakeNodeBackups(() => given.clock.now()).node,
    nodeName: 'local',
    host: 'abc123',
    addons: noAddons,
    platform: undefined,
    buildContext,
    hold: async () => {},
    release: async () => {},
    times: cronTimes,
    noteNews: () => {},
    crashPoint: () => {},
  })
