import { CodedError } from '@vastrox/shared/errors.ts'
import type { DeploymentLog } from '#core/deployments/deployment-log.ts'
import type { BuildContext } from '#ports/build-context.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { BuildPlan, SourceTree, Stack } from '#ports/stack.ts'
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
}

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
 * Turns a source tar into an image. The user's env has no part in it: what an image holds can be
 * read by whoever gets it (promise 8). Aborting kills the build.
 */
export function createBuildSource(deps: Deps) {
  const { agent, sourceArchive, buildContext, stacks, clock, newId } = deps

  return async ({ app, deployment, sourceId, log, signal }: Order): Promise<BuildRecord> => {
    const startedAt = clock.now().getTime()
    const reads = [...new Set(stacks.flatMap((stack) => stack.reads))]
    const tree = await buildContext.readTree(await sourceArchive.open(sourceId), reads)
    const plan = planOf(tree, stacks, log)

    const { imageId, sizeBytes, buildId, dockerfile } = await again(() =>
      build(plan, { app, deployment, sourceId, log, signal }),
    )
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
      commit: deployment.commit,
      sourceId,
      durationMs,
      createdAt: clock.now().toISOString(),
      imageRemovedAt: null,
    }
  }

  async function build(plan: BuildPlan, { app, deployment, sourceId, log, signal }: Order) {
    const dockerfile = await withImages(plan, log, signal)
    log.step('Building')
    const source = await sourceArchive.open(sourceId)
    const buildId = newId()
    const { imageId, sizeBytes } = await agent.buildImage(
      {
        appId: app.id,
        appName: app.name,
        buildId,
        dockerfile: DOCKERFILE,
        noCache: deployment.noCache,
        secrets: {},
        timeoutMs: BUILD_TIMEOUT_MS,
      },
      buildContext.withFile(source, DOCKERFILE, dockerfile, plan.ignore),
      (event) =>
        event.type === 'output'
          ? log.output(event.text)
          : log.line(event.cached ? `${event.name} (cached)` : event.name),
      signal,
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
    if (!plan.runtime) return plan.dockerfile
    const { runtimeImage, buildImage } = await agent.prepareImage(
      plan.runtime,
      (text) => log.output(text),
      signal,
    )
    return plan.dockerfile.replaceAll('@RUNTIME@', runtimeImage).replaceAll('@BUILD@', buildImage)
  }
}

function planOf(tree: SourceTree, stacks: readonly Stack[], log: DeploymentLog): BuildPlan {
  for (const stack of stacks) {
    const detection = stack.detect(tree)
    if (!detection) continue
    log.step(`${stack.title} app detected (${detection.because})`)
    const plan = stack.plan(tree)
    for (const line of plan.summary) log.line(line)
    return plan
  }
  throw new CodedError('STACK_NOT_DETECTED')
}
