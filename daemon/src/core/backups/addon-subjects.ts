import type { OpenAddons } from '#core/addons/addon-parts.ts'
import type { AddonSubject, AddonSubjects } from '#core/backups/subjects.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AddonAttachmentStore } from '#store/addon-attachment-store.ts'
import type { AddonRecord, AddonStore } from '#store/addon-store.ts'

interface Deps {
  addons: Pick<AddonStore, 'list' | 'findForPlatform'>
  attachments: Pick<AddonAttachmentStore, 'listOfAppForPlatform'>
  open: OpenAddons
}

/** Databases as backups see them: those that keep something, by their own tools. */
export function createAddonSubjects({ addons, attachments, open }: Deps): AddonSubjects {
  const isKept = ({ volumeId, destroyedAt, isThrowAway }: AddonRecord): boolean =>
    volumeId !== null && destroyedAt === null && !isThrowAway

  async function openedFor(id: string) {
    const { kinds, secrets, servers } = await open()
    const addon = servers.mustFind(id)
    servers.mustRun(addon)
    const { backup } = kinds.get(addon.kind)
    if (backup === null) throw new CodedError('BACKUP_SUBJECT_NOT_FOUND', { addon: addon.name })
    return { addon, backup, servers, root: secrets.rootOf(addon) }
  }

  return {
    list: (actor) => addons.list(actor).filter(isKept).map(toSubject),

    findForPlatform(id) {
      const addon = addons.findForPlatform(id)
      return addon && isKept(addon) ? toSubject(addon) : undefined
    },

    attachedTo: (appId) =>
      attachments.listOfAppForPlatform(appId).flatMap(({ addonId }) => {
        const addon = addons.findForPlatform(addonId)
        return addon && isKept(addon) ? [toSubject(addon)] : []
      }),

    async contentOf(id) {
      const { addon, backup, root } = await openedFor(id)
      const { argv, env = {} } = backup.dump(root)
      const { fileName, minBytes, trailer } = backup
      return {
        content: { type: 'addon', addonId: addon.serverId, argv, env, fileName, minBytes, trailer },
        fileName,
        origin: {
          kind: addon.kind,
          version: addon.version,
          memoryBytes: String(addon.memoryBytes),
        },
      }
    },

    async countsOf(id, signal) {
      signal.throwIfAborted()
      const { addon, backup, servers, root } = await openedFor(id)
      return backup.readCounts(await servers.run(addon, [backup.count(root)]))
    },
  }
}

const toSubject = ({ id, name, teamId, node }: AddonRecord): AddonSubject => ({
  id,
  name,
  teamId,
  node,
})
