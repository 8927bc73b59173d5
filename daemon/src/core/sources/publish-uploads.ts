import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Publish, TreeDifference } from '@vastrox/shared/upload.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import type { UploadChanges } from '#core/sources/upload-changes.ts'
import type { UploadTrees } from '#core/sources/upload-trees.ts'
import type { NewId } from '#ports/ids.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { AppRecord } from '#store/app-store.ts'

interface Deps {
  finder: AppFinder
  trees: UploadTrees
  changes: UploadChanges
  sourceArchive: SourceArchive
  deployments: Pick<DeploymentService, 'requestUpload' | 'get'>
  newId: NewId
  crashPoint: (name: string) => void
}

interface Publishing extends Publish {
  /** What the release is called in lists. */
  description?: string
  /** Only where nothing was changed meanwhile: nobody has looked at what is in it. */
  settled?: boolean
}

const MAX_NAMED = 5

/** What has been uploaded becomes a release, by the same way as a push: its tar is durable, then the row. */
export function createPublishUploads(deps: Deps) {
  const { finder, trees, sourceArchive, deployments, crashPoint } = deps
  const busy = new Set<string>()

  async function publish(actor: Actor, app: AppRecord, wish: Publishing): Promise<Deployment> {
    const tree = await trees.open(app)
    const changesBefore = deps.changes.count(app.id)
    const difference = await trees.difference(app)
    if (difference.release !== null && sizeOf(difference) === 0) {
      deps.changes.published(app, changesBefore)
      throw new CodedError('UPLOAD_UNCHANGED', { app: app.name })
    }
    const incomplete = tree.incomplete()
    if (incomplete.length > 0 && !wish.incomplete) throw halfWritten(incomplete)

    const sourceId = deps.newId()
    const packed = await tree.pack(sourceId)
    try {
      await sourceArchive.put(sourceId, packed.tar)
      await packed.keep()
      crashPoint('publish.afterSource')
      if (wish.settled === true && deps.changes.count(app.id) !== changesBefore)
        throw new CodedError('UPLOAD_CHANGED')
      const { number } = deployments.requestUpload({
        actor,
        app,
        sourceId,
        description: wish.description ?? `upload: ${sayDifference(difference)}`,
      })
      if (wish.incomplete) tree.acceptIncomplete()
      deps.changes.published(app, changesBefore)
      return deployments.get(actor, app.name, number)
    } catch (error) {
      packed.tar.destroy()
      await packed.drop()
      await sourceArchive.remove(sourceId)
      throw error
    }
  }

  return {
    /**
     * Throws UPLOAD_UNCHANGED where nothing is different from what is live, UPLOAD_INCOMPLETE where a
     * client vanished in the middle of a file, UPLOAD_BUSY while it is being done already, and
     * UPLOAD_CHANGED where a file was being written.
     */
    async publish(actor: Actor, appName: string, wish: Publishing): Promise<Deployment> {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.deploy', app.id)
      if (busy.has(app.id)) throw new CodedError('UPLOAD_BUSY')
      busy.add(app.id)
      try {
        return await publish(actor, app, wish)
      } finally {
        busy.delete(app.id)
      }
    },

    async difference(actor: Actor, appName: string): Promise<TreeDifference> {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.read', app.id)
      return trees.difference(app)
    },

    /** The files are those of the live release again. */
    async discard(actor: Actor, appName: string): Promise<void> {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.deploy', app.id)
      const changesBefore = deps.changes.count(app.id)
      await trees.discard(app)
      deps.changes.published(app, changesBefore)
    },
  }
}
export type PublishUploads = ReturnType<typeof createPublishUploads>

const sizeOf = ({ added, changed, removed }: TreeDifference): number => added + changed + removed

/** "3 files added, 1 changed". */
export function sayDifference({ added, changed, removed }: TreeDifference): string {
  const counts = [
    [added, 'added'],
    [changed, 'changed'],
    [removed, 'removed'],
  ] as const
  const said = counts.filter(([count]) => count > 0)
  if (said.length === 0) return 'nothing changed'
  return said
    .map(([count, what], at) => `${count}${at > 0 ? '' : count === 1 ? ' file' : ' files'} ${what}`)
    .join(', ')
}

function halfWritten(paths: readonly string[]): CodedError {
  const named = paths.slice(0, MAX_NAMED).map((path) => path.replaceAll(/\p{C}/gu, '?'))
  const others = paths.length > MAX_NAMED ? ` and ${paths.length - MAX_NAMED} more` : ''
  return new CodedError('UPLOAD_INCOMPLETE', {
    reason: `The client went away in the middle of ${named.join(', ')}${others}.`,
    paths: paths.slice(0, 100),
  })
}
