import { CodedError } from '@vastrox/shared/errors.ts'
import type { OpenAddons } from '#core/addons/addon-parts.ts'
import type { RestorableAddons } from '#core/platform/platform-addons.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeBackups } from '#ports/node-backups.ts'
import type { AddonAttachmentStore } from '#store/addon-attachment-store.ts'
import type { AddonRecord, AddonStore } from '#store/addon-store.ts'

interface Deps {
  addons: Pick<AddonStore, 'listForPlatform' | 'saveForPlatform'>
  attachments: Pick<AddonAttachmentStore, 'listUsersForPlatform' | 'saveUserForPlatform'>
  open: OpenAddons
  node: Pick<NodeBackups, 'importContent'>
  clock: Clock
}

const WAITS = 'Its content is put back before anybody may use it.'
const LOAD_MS = 12 * 3_600_000

const isKept = ({ isThrowAway, destroyedAt }: AddonRecord): boolean =>
  !isThrowAway && destroyedAt === null

/**
 * Add-ons on a machine that has nothing of them: each gets an empty volume in place of its own, the users
 * and passwords that apps know, and then its dump.
 */
export function createRestorableAddons(deps: Deps): RestorableAddons {
  const { addons, attachments, clock } = deps

  const usersOf = (id: string) =>
    attachments.listUsersForPlatform(id).filter(({ droppedAt }) => droppedAt === null)

  return {
    holdBack(): void {
      for (const addon of addons.listForPlatform().filter(isKept)) {
        for (const user of usersOf(addon.id))
          attachments.saveUserForPlatform({ ...user, madeAt: null })
        if (addon.volumeId === null) continue
        addons.saveForPlatform({ ...addon, volumeMadeAt: null, state: 'restoring', reason: WAITS })
      }
    },

    listHeld: () =>
      addons
        .listForPlatform()
        .filter((addon) => isKept(addon) && addon.state === 'restoring')
        .map(({ id, name }) => ({ id, name })),

    async fill(id, dump, signal): Promise<void> {
      const { kinds, secrets, servers } = await deps.open()
      await servers.inTurn(id, async () => {
        const { wanted } = servers.mustFind(id)
        servers.note(id, { wanted: true })
        if (!(await servers.bringUp(id, signal)))
          throw new CodedError('ADDON_START_FAILED', {
            reason: servers.mustFind(id).reason ?? 'It did not start.',
          })
        const addon = servers.say(id, 'restoring', WAITS)
        const kind = kinds.get(addon.kind)
        const root = secrets.rootOf(addon)
        if (kind.backup === null)
          throw new CodedError('RESTORE_FAILED', { reason: `${kind.title} keeps nothing.` })
        // An attempt that was cut off has left some of it.
        await servers.run(addon, kind.backup.clear(root))
        for (const user of usersOf(id)) {
          await servers.run(addon, kind.createUser(root, secrets.userOf(user)))
          attachments.saveUserForPlatform({ ...user, madeAt: clock.now().toISOString() })
        }
        const { argv, env = {} } = kind.backup.restore(root)
        const { fileName } = kind.backup
        await deps.node.importContent(
          {
            target: { type: 'addon', addonId: addon.serverId, argv, env, fileName },
            packed: 'none',
            timeoutMs: LOAD_MS,
          },
          dump,
          () => {},
          signal,
        )
        servers.say(id, 'running')
        if (wanted) return
        servers.note(id, { wanted: false })
        await servers.takeDown(id)
      })
    },

    async keepStopped(id, reason): Promise<void> {
      const { servers } = await deps.open()
      await servers.inTurn(id, async () => {
        servers.note(id, { wanted: false })
        await servers.takeDown(id)
        servers.note(id, { reason })
      })
    },
  }
}
