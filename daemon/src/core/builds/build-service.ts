import { Readable } from 'node:stream'
import type { Actor } from '@vastrox/shared/actor.ts'
import { mustBeAble } from '@vastrox/shared/actor.ts'
import type { BuildPlan, Ejected, ReleaseBuild, StackChoice } from '@vastrox/shared/build-plan.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { eject, type SourceFiles } from '#core/builds/eject.ts'
import { planSource } from '#core/builds/plan-source.ts'
import { summaryOf } from '#core/builds/tell-plan.ts'
import type { DeclaredEnvService } from '#core/env/declared-env.ts'
import type { BuildContext } from '#ports/build-context.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { Stack } from '#ports/stack.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { BuildRecord, BuildStore } from '#store/build-store.ts'
import type { DeploymentStore } from '#store/deployment-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  apps: AppStore
  builds: BuildStore
  deployments: DeploymentStore
  releases: ReleaseStore
  sourceArchive: SourceArchive
  buildContext: BuildContext
  stacks: readonly Stack[]
  declaredEnv: Pick<DeclaredEnvService, 'wish' | 'buildKeys'>
}

/** Newer deployments than this one with a source that is kept are not looked for. */
const LOOKED_AT = 20
/** It builds nothing: it says why nothing else did. */
const LAST_RESORT = 'unknown'
const EMPTY_TAR = Buffer.alloc(1_024)

/** What people ask about builds: how one came to be, how the next one would, and its Dockerfile. */
export function createBuildService(deps: Deps) {
  const { apps, builds, deployments, releases, sourceArchive, buildContext, stacks } = deps

  function find(actor: Actor, name: string): AppRecord {
    const app = apps.findByName(actor, name)
    if (!app) throw new CodedError('APP_NOT_FOUND', { name })
    mustBeAble(actor, 'app.read', app.id)
    return app
  }

  function findBuild(actor: Actor, app: AppRecord, number: number | undefined): BuildRecord {
    const release =
      number === undefined
        ? app.liveReleaseId !== null && releases.findForPlatform(app.liveReleaseId)
        : releases.findByNumber(actor, app.id, number)
    if (!release)
      throw number === undefined
        ? new CodedError('APP_NOT_DEPLOYED', { app: app.name })
        : new CodedError('RELEASE_NOT_FOUND', { release: number })
    const build = builds.findForPlatform(release.buildId)
    if (!build) throw new Error(`release ${release.id} has no build`)
    return build
  }

  /** The newest source that is still kept, one whose deployment has failed included. */
  async function lastSource(actor: Actor, app: AppRecord) {
    const page = deployments.listPage(actor, app.id, Number.MAX_SAFE_INTEGER, LOOKED_AT)
    for (const deployment of page) {
      const { sourceId, number, commit } = deployment
      if (sourceId !== null && (await sourceArchive.has(sourceId)))
        return { sourceId, number, commit }
    }
    throw new CodedError('APP_NOT_DEPLOYED', {
      app: app.name,
      reason: `${app.name} has no source that could be looked at.`,
    })
  }

  const readTree = async (sourceId: string, reads: readonly string[]) =>
    buildContext.readTree(await sourceArchive.open(sourceId), reads)

  async function filesOf({ sourceId, plan }: BuildRecord): Promise<SourceFiles> {
    if (sourceId === null || !(await sourceArchive.has(sourceId)))
      return { has: () => false, read: () => undefined }
    const folders = ['/', ...(plan?.rootDirectory ? [`/${plan.rootDirectory}/`] : [])]
    const tree = await readTree(
      sourceId,
      folders.flatMap((folder) => [`${folder}vastrox.json`, `${folder}Procfile`]),
    )
    return { has: (path) => tree.paths.has(path), read: (path) => tree.read(path) }
  }

  return {
    /** What can be chosen, in the order of precedence. */
    stacks: (): StackChoice[] =>
      stacks.filter(({ name }) => name !== LAST_RESORT).map(({ name, title }) => ({ name, title })),

    /**
     * A dry run of the last source with the settings of now. Throws what a deployment would, and
     * APP_NOT_DEPLOYED where there is no source to look at.
     */
    async plan(actor: Actor, appName: string): Promise<BuildPlan> {
      const app = find(actor, appName)
      const { sourceId, number, commit } = await lastSource(actor, app)
      let missingEnv: string[] = []
      const planned = await planSource({
        readTree: (reads) => readTree(sourceId, reads),
        stacks,
        settings: app.settings.build,
        buildKeys: () => deps.declaredEnv.buildKeys(app.id),
        declare: ({ env }) => {
          const { keys, missing } = deps.declaredEnv.wish(app, env)
          missingEnv = missing.map(([key]) => key)
          return keys
        },
      })
      const { stack, detection, plan, said, rootDirectory } = planned
      return {
        stack: plan.stack,
        title: stack.title,
        because: detection.because,
        summary: summaryOf(planned),
        notes: said.lines,
        alternatives: [...(plan.alternatives ?? [])],
        rootDirectory,
        documentRoot: plan.documentRoot ?? null,
        settings: said.build,
        said: { ...said.where },
        dockerfile: plan.dockerfile,
        files: { ...plan.files },
        processes: plan.processes,
        releaseCommand: plan.releaseCommand,
        missingEnv,
        deployment: number,
        commit,
      }
    },

    /** How the image of a release came to be; that of the live one without a number. */
    ofRelease(actor: Actor, appName: string, number?: number): ReleaseBuild {
      const build = findBuild(actor, find(actor, appName), number)
      return {
        stack: build.stack,
        because: build.plan?.because ?? '',
        summary: build.plan?.summary ?? [],
        notes: build.plan?.notes ?? [],
        alternatives: build.plan?.alternatives ?? [],
        rootDirectory: build.plan?.rootDirectory ?? null,
        documentRoot: build.plan?.documentRoot ?? null,
        processes: build.processes,
        releaseCommand: build.releaseCommand,
        dockerfile: build.dockerfile,
        image: build.image,
        canEject: isGenerated(build),
        durationMs: build.durationMs,
        createdAt: build.createdAt,
      }
    },

    /** The generated Dockerfile and its files, to be committed. Throws BUILD_NOT_GENERATED. */
    async eject(actor: Actor, appName: string, number?: number): Promise<Ejected> {
      const app = find(actor, appName)
      const build = findBuild(actor, app, number)
      const { plan, processes, releaseCommand } = build
      if (plan === null || !isGenerated(build)) throw new CodedError('BUILD_NOT_GENERATED')
      return eject({ plan, processes, releaseCommand }, await filesOf(build), app.settings.build)
    },

    /** The same as a tar. */
    tarOf: ({ files }: Ejected): Readable =>
      buildContext.withFiles(Readable.from([EMPTY_TAR]), files, { ignore: [], root: null }),
  }
}
export type BuildService = ReturnType<typeof createBuildService>

/** Builds of the version before kept no plan, and what users bring is theirs already. */
const isGenerated = ({ plan, image, stack }: BuildRecord): boolean =>
  plan !== null && image === null && stack !== 'dockerfile'
