import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { BuildImageEvent } from '@vastrox/shared/agent-api.ts'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'
import { z } from 'zod'
import { createProgress } from '#agent/builds/progress.ts'
import { openSession } from '#agent/builds/session.ts'
import { decodeTrace } from '#agent/builds/trace.ts'
import type { Engine } from '#agent/engine/engine.ts'

/** The host's certificate authorities, given to build steps that ask for them by this id. */
const CA_SECRET = 'vastrox-ca'
const CA_BUNDLE = '/etc/ssl/certs/ca-certificates.crt'

const BuildMessage = z.union([
  z.object({ id: z.literal('moby.buildkit.trace'), aux: z.string() }),
  z.object({ id: z.literal('moby.image.id'), aux: z.object({ ID: z.string() }) }),
  z.object({ error: z.string() }),
])

export interface EngineBuild {
  /** Names the build to the engine, for cancelling it. */
  buildId: string
  context: Readable
  dockerfile: string
  tag: string
  labels: Record<string, string>
  secrets: Record<string, string>
  /**
   * Cache mounts and the results of steps are shared within this name only, which is the app's: a step
   * of somebody else's with the same words may have had other secrets and another cache mount.
   */
  cacheNamespace: string
  noCache: boolean
  /** Its steps reach others by these. */
  proxies: Record<string, string>
  target?: string | undefined
  buildArguments?: Record<string, string>
  /** Told the name of everything that BuildKit does, what it does for itself included. */
  onVertex?: (name: string) => void
}

export type BuildOutcome =
  | { imageId: string }
  | { failure: { step: string | undefined; error: string; tail: string } }

/**
 * Runs a build in the engine's own BuildKit. An abort ends the build there, its processes included.
 * Resolves with how it ended; rejects only where the engine or the connection failed.
 */
export async function buildInEngine(
  engine: Engine,
  build: EngineBuild,
  emit: (event: Extract<BuildImageEvent, { type: 'step' | 'output' }>) => Promise<void>,
  signal: AbortSignal,
): Promise<BuildOutcome> {
  const secrets = new Map(
    Object.entries(build.secrets).map(([id, value]) => [id, Buffer.from(value)]),
  )
  secrets.set(CA_SECRET, await readFile(CA_BUNDLE).catch(() => Buffer.alloc(0)))
  const session = await openSession(engine, secrets)
  try {
    return await follow(engine, build, session.id, emit, signal)
  } catch (error) {
    if (signal.aborted) await cancel(engine, build.buildId)
    throw error
  } finally {
    session.close()
  }
}

async function follow(
  engine: Engine,
  build: EngineBuild,
  sessionId: string,
  emit: (event: Extract<BuildImageEvent, { type: 'step' | 'output' }>) => Promise<void>,
  signal: AbortSignal,
): Promise<BuildOutcome> {
  const reply = await engine.stream('POST', '/build', {
    query: queryOf(build, sessionId),
    headers: { 'Content-Type': 'application/x-tar' },
    body: build.context,
    signal,
    timeoutMs: 600_000,
  })
  const progress = createProgress()
  let imageId: string | undefined
  let error: string | undefined
  for await (const raw of readNdjson(reply)) {
    const message = BuildMessage.safeParse(raw).data
    if (!message) continue
    if ('error' in message) error = message.error
    else if (message.id === 'moby.image.id') imageId = message.aux.ID
    else {
      const trace = decodeTrace(message.aux)
      for (const { name } of trace.vertexes) build.onVertex?.(name)
      for (const event of progress.take(trace)) await emit(event)
    }
  }
  signal.throwIfAborted()
  if (imageId !== undefined && error === undefined) return { imageId }
  const failure = progress.failure()
  return {
    failure: {
      step: failure?.step,
      error: error ?? failure?.error ?? 'the build ended without an image',
      tail: failure?.tail ?? '',
    },
  }
}

/**
 * The name of an extra host is part of what the engine knows the result of a step by, in every version
 * from 20.10 on; the values of secrets are in none, the id of a cache mount not in all (decision 0102).
 */
const queryOf = (build: EngineBuild, sessionId: string) => ({
  version: 2,
  session: sessionId,
  buildid: build.buildId,
  dockerfile: build.dockerfile,
  t: build.tag,
  labels: JSON.stringify(build.labels),
  buildargs: JSON.stringify({
    ...build.buildArguments,
    ...build.proxies,
    BUILDKIT_CACHE_MOUNT_NS: build.cacheNamespace,
  }),
  nocache: build.noCache,
  extrahosts: [`${build.cacheNamespace}.invalid:127.0.0.1`],
  target: build.target,
})

/** Closing the connection ends the build as a rule; asking for it makes sure. */
async function cancel(engine: Engine, buildId: string): Promise<void> {
  await engine.act('POST', '/build/cancel', { query: { id: buildId } }).catch(() => {
    // It had ended already.
  })
}
