import { buildContext } from '#adapters/system/build-context.ts'
import type { OpenAddons } from '#core/addons/addon-parts.ts'
import { createAddonSubjects } from '#core/backups/addon-subjects.ts'
import { cronTimes } from '#jobs/cron-times.ts'
import { createAddonAttachmentStore } from '#store/addon-attachment-store.ts'
import { createAddonStore } from '#store/addon-store.ts'
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

/** Backups over repositories in memory. */
export const idleBackups = ({ openAddons, ...given }: Given & { openAddons: OpenAddons }) =>
  composeBackups({
    ...given,
    node: createFakeNodeBackups(() => given.clock.now()).node,
    nodeName: 'local',
    host: 'abc123',
    addons: createAddonSubjects({
      addons: createAddonStore(given.db),
      attachments: createAddonAttachmentStore(given.db),
      open: openAddons,
    }),
    platform: undefined,
    buildContext,
    hold: async () => {},
    release: async () => {},
    times: cronTimes,
    noteNews: () => {},
    onGood: () => {},
    crashPoint: () => {},
  })
