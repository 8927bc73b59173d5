import type { BuildImage, BuildImageEvent } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { type BuildOutcome, buildInEngine } from '#agent/builds/engine-build.ts'
import type { Queue } from '#agent/builds/queue.ts'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { appImageTag } from '#agent/images/app-images.ts'
import type { StreamCall } from '#agent/server/bind.ts'

interface Deps {
  engine: Engine
  instance: string
  buildQueue: Queue
}

const Image = z.object({ Size: z.int() })

/** Builds an app's image inside the fence, one build at a time. See BuildImage in agent-api.ts. */
export async function buildImage(
  deps: Deps,
  spec: z.output<typeof BuildImage>,
  call: StreamCall<BuildImageEvent>,
): Promise<void> {
  const started = AbortSignal.timeout(spec.timeoutMs)
  const signal = AbortSignal.any([call.signal, started])
  const sayWaiting = (ahead: number): void => {
    call.emit({ type: 'output', text: waitingText(ahead) }).catch(() => {
      // The caller has gone, and the signal ends the wait.
    })
  }
  try {
    await deps.buildQueue(signal, sayWaiting, () => buildNow(deps, spec, call, signal))
  } catch (error) {
    if (started.aborted)
      throw new CodedError('BUILD_TIMED_OUT', {
        reason: `The build took longer than ${Math.round(spec.timeoutMs / 1000)} s and was ended.`,
      })
    throw error
  }
}

async function buildNow(
  { engine, instance }: Deps,
  spec: z.output<typeof BuildImage>,
  { emit, body }: StreamCall<BuildImageEvent>,
  signal: AbortSignal,
): Promise<void> {
  const outcome = await buildInEngine(
    engine,
    {
      buildId: spec.buildId,
      context: body,
      dockerfile: spec.dockerfile,
      tag: appImageTag(instance, spec.appName, spec.buildId),
      labels: {
        [LABEL.instance]: instance,
        [LABEL.kind]: 'build',
        [LABEL.app]: spec.appId,
        [LABEL.appName]: spec.appName,
        [LABEL.build]: spec.buildId,
      },
      secrets: spec.secrets,
      cacheNamespace: `vastrox-${instance}-${spec.appId}`,
      noCache: spec.noCache,
    },
    emit,
    signal,
  )
  if ('failure' in outcome) throw asBuildFailure(outcome.failure)
  const { Size } = await engine.get(`/images/${outcome.imageId}/json`, Image)
  await emit({ type: 'done', imageId: outcome.imageId, sizeBytes: Size })
}

const waitingText = (ahead: number): string =>
  `Waiting: ${ahead} other build${ahead === 1 ? ' is' : 's are'} before this one.\n`

function asBuildFailure(
  failure: Extract<BuildOutcome, { failure: unknown }>['failure'],
): CodedError {
  const { step, error } = failure
  const exitCode = /exit code: (\d+)/.exec(error)?.[1]
  const details = { ...(step ? { step } : {}), ...(exitCode ? { exitCode: Number(exitCode) } : {}) }
  return new CodedError('BUILD_FAILED', { reason: sayFailure(step, exitCode, error), ...details })
}

function sayFailure(step: string | undefined, exitCode: string | undefined, error: string): string {
  if (step && exitCode) return `The step "${step}" failed with exit code ${exitCode}.`
  const [line = ''] = error.replace(/^failed to solve( with frontend [\w.]+)?: /, '').split('\n')
  return step ? `The step "${step}" failed: ${line}` : `The build failed: ${line}`
}
