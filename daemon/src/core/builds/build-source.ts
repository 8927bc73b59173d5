import type { AddonWish } from '@vastrox/shared/app-config.ts'
import type { BuildPlanRecord } from '@vastrox/shared/build-plan.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { buildSecrets, secretsDigest } from '#core/builds/build-env.ts'
import type { BuildNeeds } from '#core/builds/build-needs.ts'
import { planSource, type SourcePlan } from '#core/builds/plan-source.ts'
import { summaryOf, tellDeclared, tellPlan } from '#core/builds/tell-plan.ts'
import type { DeploymentLog } from '#core/deployments/deployment-log.ts'
import type { DeclaredEnv, DeclaredEnvService } from '#core/env/declared-env.ts'
import type { FirstScale } from '#core/processes/first-scale.ts'
import type { BuildContext } from '#ports/build-context.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { BuildPlan, Stack } from '#ports/stack.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { BuildRecord } from '#store/build-store.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'

interface Deps {
  agent: NodeAgent
  sourceArchive: SourceArchive
  buildContext: BuildContext
  stacks: readonly Stack[]
  clock: Clock
  newId: NewId
  plainEnv: (appId: string) => Record<string, string>
  /** Of its own purpose. */
  buildDigestKey: Buffer
  declaredEnv: DeclaredEnvService
  /** Makes the add-ons that the source asks for and the app was never given. */
  ensureAddons: EnsureAddons
  firstScale: FirstScale
  buildNeeds: BuildNeeds
}

export type EnsureAddons = (
  app: AppRecord,
  wishes: readonly AddonWish[],
  say: (line: string) => void,
  signal: AbortSignal,
) => Promise<void>

interface Order {
  app: AppRecord
  deployment: DeploymentRecord
  sourceId: string
  log: DeploymentLog
  signal: AbortSignal
}

const DOCKERFILE = '.vastrox.Dockerfile'
const BUILD_TIMEOUT_MS = 15 * 60_000

export type BuildSource = ReturnType<typeof createBuildSource>

/**
 * Turns a source tar into an image. Of the user's env only what the plan names as build secrets has
 * a part in it, and never in the image: what an image holds can be read by whoever gets it (promise
 * 8). Aborting kills the build.
 */
export function createBuildSource(deps: Deps) {
  const { agent, sourceArchive, buildContext, stacks, clock, newId, plainEnv } = deps
  const { declaredEnv, firstScale, buildNeeds } = deps

  return async ({ app, deployment, sourceId, log, signal }: Order): Promise<BuildRecord> => {
    const startedAt = clock.now().getTime()
    let stored: DeclaredEnv | undefined
    const planned = await planSource({
      readTree: async (reads) => buildContext.readTree(await sourceArchive.open(sourceId), reads),
      stacks,
      settings: app.settings.build,
      buildKeys: () => declaredEnv.buildKeys(app.id),
      declare: async ({ env, addons }) => {
        if (addons.length > 0)
          await deps.ensureAddons(app, addons, (line) => log.line(line), signal)
        stored = declaredEnv.store(app, env)
        return stored.keys
      },
    })
    tell(planned, log)
    for (const line of stored ? tellDeclared(stored) : []) log.line(line)
    firstScale.mustFit(app, planned.plan.processes, planned.said.config)
    const { plan } = planned

    const { imageId, sizeBytes, buildId, dockerfile } = await again(() =>
      build(planned, { app, deployment, sourceId, log, signal }),
    ).catch((error: unknown) => {
      throw withTheWayOut(error, planned)
    })
    const durationMs = clock.now().getTime() - startedAt
    log.line(`Built in ${(durationMs / 1_000).toFixed(1)} s, ${Math.ceil(sizeBytes / 1e6)} MB`)

    return {
      id: buildId,
      teamId: app.teamId,
      appId: app.id,
      stack: plan.stack,
      imageId,
      imageSizeBytes: sizeBytes,
      dockerfile,
      processes: plan.processes,
      releaseCommand: plan.releaseCommand,
      imageEnv: plan.env,
      config: planned.said.config,
      plan: recordOf(planned),
      commit: deployment.commit,
      sourceId,
      image: null,
      durationMs,
      createdAt: clock.now().toISOString(),
      imageRemovedAt: null,
    }
  }

  async function build(
    { plan, rootDirectory }: SourcePlan,
    { app, deployment, sourceId, log, signal }: Order,
  ) {
    const dockerfile = await withImages(plan, log, signal)
    log.step('Building')
    const source = await sourceArchive.open(sourceId)
    const buildId = newId()
    const secrets = buildSecrets(plan, plainEnv(app.id))
    const digest = secretsDigest(secrets, { appId: app.id, key: deps.buildDigestKey })
    const spec = {
      appId: app.id,
      appName: app.name,
      buildId,
      dockerfile: DOCKERFILE,
      noCache: deployment.noCache,
      secrets,
      target: plan.target ?? null,
      buildArguments: { ...plan.buildArguments, ...digest },
      neededBytes: buildNeeds.of(app.id),
      timeoutMs: BUILD_TIMEOUT_MS,
    }
    const context = buildContext.withFiles(
      source,
      { ...plan.files, [DOCKERFILE]: dockerfile },
      { ignore: plan.ignore, root: plan.context === 'repository' ? null : rootDirectory },
    )
    const { imageId, sizeBytes } = await buildNeeds.remember(app.id, () =>
      agent.buildImage(
        spec,
        context,
        (event) =>
          event.type === 'output'
            ? log.output(event.text)
            : log.line(event.cached ? `${event.name} (cached)` : event.name),
        signal,
      ),
    )
    return { imageId, sizeBytes, buildId, dockerfile }
  }

  /** An agent that is being restarted has killed the build; what it had done is in its cache. */
  async function again<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'AGENT_UNREACHABLE') throw error
      await agent.describe()
      return work()
    }
  }

  async function withImages(
    plan: BuildPlan,
    log: DeploymentLog,
    signal: AbortSignal,
  ): Promise<string> {
    let { dockerfile } = plan
    for (const [at, image] of plan.images.entries()) {
      const prepared = await agent.prepareImage(image, (text) => log.output(text), signal)
      const name = `${image.stack}:${image.version}`
      // The user's own is no template: it names its images itself.
      if (plan.stack === 'dockerfile') continue
      const names = [`:${name}`, ...(at === 0 ? [''] : [])]
      for (const suffix of names)
        dockerfile = dockerfile
          .replaceAll(`@RUNTIME${suffix}@`, prepared.runtimeImage)
          .replaceAll(`@BUILD${suffix}@`, prepared.buildImage)
    }
    return dockerfile
  }
}

const NOT_TO_BE_HAD: readonly string[] = ['BASE_IMAGE_UNAVAILABLE', 'IMAGE_REFERENCE_REFUSED']

/** An image that cannot be fetched may not be needed at all. */
function withTheWayOut(error: unknown, { without }: SourcePlan): unknown {
  if (!(error instanceof CodedError) || !NOT_TO_BE_HAD.includes(error.code)) return error
  const reason = error.details['reason']
  if (without === null || typeof reason !== 'string') return error
  const way = `remove the Dockerfile: this is a ${without} app that Vastrox builds itself.`
  const use = reason.endsWith('`.')
  return new CodedError(
    error.code,
    {
      ...error.details,
      reason: use ? `${reason.slice(0, -1)}, or ${way}` : `${reason} R${way.slice(1)}`,
    },
    { cause: error },
  )
}

function tell(planned: SourcePlan, log: DeploymentLog): void {
  log.step(`${planned.stack.title} app detected (${planned.detection.because})`)
  for (const line of tellPlan(planned)) log.line(line)
}

/** What is kept of a plan with the build. */
export const recordOf = (planned: SourcePlan): BuildPlanRecord => {
  const { detection, plan, said, rootDirectory } = planned
  return {
    because: detection.because,
    summary: summaryOf(planned),
    notes: said.lines,
    alternatives: [...(plan.alternatives ?? [])],
    rootDirectory,
    context: plan.context ?? 'root-directory',
    documentRoot: plan.documentRoot ?? null,
    template: plan.dockerfile,
    images: [...plan.images],
    files: { ...plan.files },
    ignore: plan.ignore,
    target: plan.target ?? null,
    buildArguments: { ...plan.buildArguments },
    buildEnvKeys: [...(plan.buildEnvKeys ?? [])],
    env: plan.env,
    port: plan.port ?? null,
  }
}
