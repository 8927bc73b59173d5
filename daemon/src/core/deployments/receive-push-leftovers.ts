import type { SourceArchive } from '#ports/source-archive.ts'
import type { SourceControl } from '#ports/source-control.ts'
import { PIN_PREFIX } from './receive-push.ts'

interface Deps {
  sourceControl: Pick<SourceControl, 'listRefs' | 'moveRef' | 'removeStaleLocks'>
  sourceArchive: Pick<SourceArchive, 'list' | 'remove'>
  appIds: () => readonly string[]
  /** True while the deployment of this source has not ended: its pin stays. */
  isUnderWay: (sourceId: string) => boolean
  /** True while a row names the source: its tar stays. */
  isNamed: (sourceId: string) => boolean
  onProblem: (what: string, error: unknown) => void
}

/**
 * Removes the pins and tars of pushes that a crash cut off before their row was written, and pins of
 * deployments that have ended. Call it at the start, before the first push is taken.
 */
export function createRemovePushLeftovers(deps: Deps) {
  const { sourceControl, sourceArchive, appIds, isUnderWay, isNamed, onProblem } = deps

  return async (): Promise<{ pins: number; sources: number }> => {
    let pins = 0
    let sources = 0
    for (const appId of appIds())
      try {
        await sourceControl.removeStaleLocks(appId)
        for (const { ref, sha } of await sourceControl.listRefs(appId, PIN_PREFIX)) {
          if (isUnderWay(ref.slice(PIN_PREFIX.length))) continue
          await sourceControl.moveRef(appId, ref, undefined, sha)
          pins += 1
        }
      } catch (error) {
        // One damaged repository must not keep the daemon, and every other app, from starting.
        onProblem(`the repository of app ${appId} could not be tidied`, error)
      }
    for (const id of await sourceArchive.list()) {
      if (isNamed(id)) continue
      await sourceArchive.remove(id)
      sources += 1
    }
    return { pins, sources }
  }
}
