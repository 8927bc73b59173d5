import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from '@vastrox/shared/image-reference.ts'
import type {
  AppImage,
  AppSources,
  ChangeAppImage,
  DeployImage,
} from '@vastrox/shared/image-source.ts'
import { redact, type Redactor } from '@vastrox/shared/node/redactor.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import type { RegistryService } from '#core/sources/registry-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { ImageSourceRecord, ImageSourceStore } from '#store/image-source-store.ts'

interface Deps {
  /** Hides what the app's source is reached with, should the other side say it. */
  redactorFor: (appId: string) => Redactor
  finder: AppFinder
  apps: Pick<AppStore, 'findByIdForPlatform'>
  imageSources: ImageSourceStore
  deployments: Pick<DeploymentService, 'requestImage' | 'get' | 'isUnderWay'>
  registries: Pick<RegistryService, 'credentialsFor'>
  agent: Pick<NodeAgent, 'describeImageTag'>
  audit: Pick<AuditLog, 'append'>
  events: EventStream
  clock: Clock
  transact: Transact
  /** From 0 to 1, so that not all apps ask at the same time. */
  random: () => number
}

const CHECK_EVERY_MS = 10 * 60_000
const CHECK_AT_MOST_MS = 6 * 3_600_000
/** A tenth earlier or later. */
const JITTER = 0.1
const CHECKED_AT_A_TIME = 20

/** Apps that are made of an image: deployed as it is, its digest pinned, its tag followed where that is asked for. */
export function createImageService(deps: Deps) {
  const { finder, imageSources, deployments, audit, clock, transact } = deps

  function changed(app: AppRecord): void {
    const { teamId, name } = app
    deps.events.emit({ teamId, type: 'app.changed', app: name, subject: null })
  }

  function nextCheck(failures: number): string {
    const pause = Math.min(CHECK_EVERY_MS * 2 ** Math.min(failures, 10), CHECK_AT_MOST_MS)
    const jitter = 1 + JITTER * (2 * deps.random() - 1)
    return new Date(clock.now().getTime() + pause * jitter).toISOString()
  }

  /** One tag: what it means now, and a deployment where that is something else. Never rejects. */
  async function check(source: ImageSourceRecord): Promise<void> {
    const app = deps.apps.findByIdForPlatform(source.appId)
    const reference = parseImageReference(source.reference)
    if (!app || !reference || deployments.isUnderWay(app.id)) return
    try {
      const credentials = deps.registries.credentialsFor(app.teamId, reference)
      const { digest } = await deps.agent.describeImageTag(source.reference, credentials)
      take(app, source, digest)
    } catch (error) {
      saveIfSame(source, () => {
        const failures = source.failures + 1
        const problem = redact(deps.redactorFor(app.id), sayError(error))
        return { failures, nextCheckAt: nextCheck(failures), problem }
      })
    }
  }

  function take(app: AppRecord, source: ImageSourceRecord, digest: string): void {
    const checkedAt = clock.now().toISOString()
    transact(() => {
      const isMoved = digest !== source.digest
      // One that could not be fetched is tried again, less and less often.
      const failures = source.digest === null ? source.failures : 0
      const isSaved = saveIfSame(source, () => ({
        digest,
        checkedAt,
        nextCheckAt: nextCheck(failures),
        failures,
        problem: null,
      }))
      if (!isMoved || !isSaved) return
      deployments.requestImage({
        actor: systemActor(app.teamId),
        app,
        image: { reference: source.reference, digest },
        description:
          source.digest === null
            ? `image ${source.reference}`
            : `${source.reference} points to another image`,
      })
    })
  }

  /** Somebody may have chosen another image, or none, while the registry was asked. */
  function saveIfSame(
    { appId, reference }: ImageSourceRecord,
    change: () => Partial<ImageSourceRecord>,
  ): boolean {
    const now = imageSources.findForPlatform(appId)
    if (now?.reference !== reference || !now.follows) return false
    imageSources.saveForPlatform({ ...now, ...change() })
    return true
  }

  return {
    /** Throws IMAGE_REFERENCE_INVALID. What the registry says of it is in the deployment's log. */
    deploy(actor: Actor, appName: string, { reference: text, follows }: DeployImage): Deployment {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.deploy', app.id)
      const parsed = mustParse(text)
      const reference = formatImageReference(parsed)
      return transact(() => {
        const before = imageSources.find(actor, app.id)
        const follow = follows ?? (before?.reference === reference && before.follows)
        if (follow && before?.follows !== true) mustBeAble(actor, 'app.change', app.id)
        if (follow) mustHaveTag(parsed)
        imageSources.saveForPlatform({
          appId: app.id,
          teamId: app.teamId,
          reference,
          digest: null,
          follows: follow,
          checkedAt: null,
          nextCheckAt: follow ? nextCheck(0) : null,
          failures: 0,
          problem: null,
        })
        const { number } = deployments.requestImage({
          actor,
          app,
          image: { reference, digest: parsed.digest },
          description: `image ${reference}`,
        })
        return deployments.get(actor, appName, number)
      })
    },

    get(actor: Actor, appName: string): AppSources {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.read', app.id)
      const source = imageSources.find(actor, app.id)
      return { image: source ? show(source) : null }
    },

    /** Throws IMAGE_SOURCE_NOT_FOUND for an app that is made of something else. */
    change(actor: Actor, appName: string, { follows }: ChangeAppImage): AppSources {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.change', app.id)
      const source = imageSources.find(actor, app.id)
      if (!source) throw new CodedError('IMAGE_SOURCE_NOT_FOUND', { app: appName })
      if (follows) mustHaveTag(mustParse(source.reference))
      const saved = { ...source, follows, nextCheckAt: follows ? nextCheck(0) : null }
      transact(() => {
        imageSources.saveForPlatform(saved)
        const details = { reference: source.reference, follows }
        audit.append({ actor, action: 'image.change', target: appName, details })
      })
      changed(app)
      return { image: show(saved) }
    },

    /** Asks the registries of tags that are due; to be called every minute. */
    async checkTags(): Promise<void> {
      const due = imageSources.listDueForPlatform(clock.now().toISOString(), CHECKED_AT_A_TIME)
      await Promise.all(due.map(check))
    },
  }
}
export type ImageService = ReturnType<typeof createImageService>

const show = (source: ImageSourceRecord): AppImage => ({
  reference: source.reference,
  digest: source.digest,
  follows: source.follows,
  checkedAt: source.checkedAt,
  nextCheckAt: source.nextCheckAt,
  problem: source.problem,
})

function mustParse(text: string): ImageReference {
  const reference = parseImageReference(text.trim())
  if (!reference)
    throw new CodedError('IMAGE_REFERENCE_INVALID', {
      reason: `"${text.slice(0, 100).replaceAll(/\p{C}/gu, '?')}" is not the name of an image.`,
    })
  return reference
}

function mustHaveTag({ digest }: ImageReference): void {
  if (digest === null) return
  throw new CodedError('IMAGE_REFERENCE_INVALID', {
    reason: 'An image that is named by its digest never changes: name a tag to follow it.',
  })
}
