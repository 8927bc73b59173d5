import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BuildImage, BuildImageEvent } from '@vastrox/shared/agent-api.ts'
import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import type { BuildTimes } from '#agent/builds/build-times.ts'
import type { CacheCap } from '#agent/builds/cache-cap.ts'
import { untilThereIsRoom } from '#agent/builds/admission.ts'
import { checkDockerfile, isKnownToBuilds, mustBeHad } from '#agent/builds/dockerfile-check.ts'
import {
  asBuildFailure,
  endedForApps,
  type Failure,
  outOfMemory,
} from '#agent/builds/build-failure.ts'
import { endedForDisk, watchDisks } from '#agent/builds/disk-watch.ts'
import { buildInEngine } from '#agent/builds/engine-build.ts'
import { BUILD_CPU_WEIGHT, BUILD_PIDS, defaultBuildSwap, raiseFence } from '#agent/builds/fence.ts'
import type { FenceEngine } from '#agent/builds/fence-places.ts'
import { createFreezer } from '#agent/builds/freezer.ts'
import { guardMemory } from '#agent/builds/pressure-guard.ts'
import { watchPressure } from '#agent/builds/fence-pressure.ts'
import { checkFrontend } from '#agent/builds/frontend-line.ts'
import { bootClockUsec } from '#agent/builds/oom-log.ts'
import { hostProxies, withoutPasswords } from '#agent/builds/host-proxies.ts'
import type { Queue } from '#agent/builds/queue.ts'
import { createOurSteps, withMarker } from '#agent/builds/whose-step.ts'
import { editFileInTar } from '#agent/builds/tar-edit.ts'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import type { Firewall } from '#agent/firewall/firewall.ts'
import { appImageTag } from '#agent/images/app-images.ts'
import type { DiskFloor } from '#agent/node/disk-floor.ts'
import type { MachineMemory } from '#agent/node/memory.ts'
import type { Network } from '#agent/images/registry/pinned-request.ts'
import type { StreamCall } from '#agent/server/bind.ts'

interface Deps {
  engine: Engine
  instance: string
  buildQueue: Queue
  buildMemoryBytes: number
  cgroups: () => Promise<FenceEngine>
  buildTimes: Pick<BuildTimes, 'during'>
  cacheCap: CacheCap
  diskFloor: Pick<DiskFloor, 'read' | 'reader' | 'mustBeKept'>
  readMemory: () => Promise<MachineMemory>
  /** Root's own settings. */
  registryFile: string
  firewall: Pick<Firewall, 'whileBuilding'>
  network?: Network
}

type Spec = z.output<typeof BuildImage>

const Image = z.object({ Size: z.int() })

/** What BuildKit says when it looks up an image; none was to be left that we had not looked at before. */
const LOOKS_UP = /^\[internal\] load metadata for (\S+)/
const FOREIGN = 'It builds on an image that could not be looked at beforehand: name images in FROM.'

/** Builds an app's image inside the fence, one build at a time. See BuildImage in agent-api.ts. */
export async function buildImage(
  deps: Deps,
  spec: Spec,
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
    await deps.buildQueue(signal, sayWaiting, () =>
      deps.firewall.whileBuilding(spec.appId, async () => {
        deps.cacheCap.buildBegins()
        try {
          await deps.buildTimes.during(() => buildNow(deps, spec, call, signal))
        } finally {
          deps.cacheCap.buildEnded()
        }
      }),
    )
  } catch (error) {
    if (started.aborted)
      throw new CodedError('BUILD_TIMED_OUT', {
        reason: `The build took longer than ${Math.round(spec.timeoutMs / 1000)} s and was ended.`,
      })
    throw error
  }
}

async function buildNow(
  deps: Deps,
  spec: Spec,
  { emit, body }: StreamCall<BuildImageEvent>,
  signal: AbortSignal,
): Promise<void> {
  const { engine, buildMemoryBytes } = deps
  const sayLine = (line: string): void => {
    emit({ type: 'output', text: `${line}\n` }).catch(() => {
      // The caller has gone, and the signal ends the build.
    })
  }
  await deps.diskFloor.mustBeKept('builds are')
  await untilThereIsRoom(
    { neededBytes: spec.neededBytes, limitBytes: buildMemoryBytes },
    { read: deps.readMemory, say: sayLine, signal },
  )
  const startedUsec = bootClockUsec()
  const cgroups = await deps.cgroups()
  const { totalBytes, swapTotalBytes } = await deps.readMemory()
  const limits = {
    memoryBytes: buildMemoryBytes,
    swapBytes: defaultBuildSwap(totalBytes, swapTotalBytes),
    cpuWeight: BUILD_CPU_WEIGHT,
    pids: BUILD_PIDS,
  }
  const readDisks = await deps.diskFloor.reader()
  const lower = await raiseFence(cgroups, limits)
  const full = new AbortController()
  const foreign = new AbortController()
  const forApps = new AbortController()
  const forDisk = new AbortController()
  const fullDisks: NodeDisk[] = []
  const ends = [full, foreign, forApps, forDisk].map((each) => each.signal)
  const until = AbortSignal.any([signal, ...ends])
  const ours = createOurSteps(cgroups, deps.instance)
  const pressure = watchPressure(cgroups, limits, ours, () => full.abort())
  const release = guardMemory({
    freezer: createFreezer(cgroups),
    read: deps.readMemory,
    say: sayLine,
    onEnd: () => forApps.abort(),
  })
  const stopDisks = watchDisks(readDisks, (disk) => {
    fullDisks.push(disk)
    forDisk.abort()
  })
  let step: string | undefined
  let shown: ReadonlyMap<string, string> = new Map()
  const asWritten = (text: string): string => {
    for (const [name, written] of shown) text = text.replaceAll(name, written)
    return text
  }
  const tell: typeof emit = (event) => {
    if (event.type === 'output') return emit({ ...event, text: asWritten(event.text) })
    if (event.type !== 'step') return emit(event)
    const name = asWritten(event.name)
    // Files are copied beside what runs, and do not fill the fence.
    if (!event.cached && (isRun(name) || step === undefined)) step = name
    return emit({ ...event, name })
  }
  const proxies = withoutPasswords(hostProxies(process.env))
  let isHad: Promise<void> = Promise.resolve()
  const edited = editFileInTar(spec.dockerfile, (text) => {
    const checked = checkDockerfile(
      withoutFrontend(text, emit),
      { ...proxies, ...spec.buildArguments },
      deps.instance,
    )
    shown = checked.shown
    const say = (line: string): Promise<void> => emit({ type: 'output', text: `${line}\n` })
    isHad = mustBeHad(deps, checked, say, until)
    isHad.catch(() => {
      // The end of the context waits for it, and fails with it.
    })
    return checked.text
  })
  const context = endsAfter(() => isHad)
  const broken = new Promise<never>((_resolve, reject) => {
    for (const stream of [edited, context]) stream.once('error', reject)
  })
  pipeline(body, edited, context).catch(() => {
    // `broken` tells, or the signal where the caller has gone.
  })
  try {
    const onVertex = (name: string): void => {
      const image = LOOKS_UP.exec(name)?.[1]
      if (image !== undefined && !isKnownToBuilds(deps.instance, image)) foreign.abort()
    }
    const job = buildInEngine(engine, { ...jobOf(deps, spec, context), onVertex }, tell, until)
    const outcome = await Promise.race([job, broken])
    // A short build may have ended before the engine heard that it was to be given up.
    foreign.signal.throwIfAborted()
    if ('failure' in outcome)
      throw await asBuildFailure(inWords(outcome.failure, asWritten), {
        startedUsec,
        buildMemoryBytes,
        isOurs: ours.isOurs,
        peakBytes: pressure.peakBytes(),
      })
    const { Size } = await engine.get(`/images/${outcome.imageId}/json`, Image)
    const peakMemoryBytes = pressure.peakBytes()
    await emit({ type: 'done', imageId: outcome.imageId, sizeBytes: Size, peakMemoryBytes })
  } catch (error) {
    if (full.signal.aborted && !signal.aborted)
      throw outOfMemory(buildMemoryBytes, { step, exitCode: undefined })
    if (foreign.signal.aborted && !signal.aborted)
      throw new CodedError('DOCKERFILE_REFUSED', { reason: FOREIGN })
    if (forApps.signal.aborted && !signal.aborted) throw endedForApps(step, pressure.peakBytes())
    const [fullDisk] = fullDisks
    if (fullDisk && !signal.aborted) {
      void deps.cacheCap.shrink()
      throw endedForDisk(fullDisk, 'the build')
    }
    throw error
  } finally {
    pressure.stop()
    stopDisks()
    // A step that is frozen cannot be ended by the engine.
    await release()
    lower()
  }
}

const inWords = (failure: Failure, asWritten: (text: string) => string): Failure => ({
  ...failure,
  step: failure.step === undefined ? undefined : asWritten(failure.step),
  error: asWritten(failure.error),
})

const isRun = (name: string): boolean => /^\[[^\]]*\] RUN /.test(name)

/** The engine begins with nothing before it has the whole context. */
const endsAfter = (done: () => Promise<void>): Transform =>
  new Transform({
    transform: (chunk: Buffer, _encoding, callback) => callback(null, chunk),
    flush(callback) {
      done().then(
        () => callback(),
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
      )
    },
  })

const jobOf = ({ instance }: Deps, spec: Spec, context: Readable) => ({
  buildId: spec.buildId,
  context,
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
  target: spec.target ?? undefined,
  buildArguments: spec.buildArguments,
  cacheNamespace: `vastrox-${instance}-${spec.appId}`,
  noCache: spec.noCache,
  proxies: withMarker(withoutPasswords(hostProxies(process.env)), spec.buildArguments, instance),
})

function withoutFrontend(dockerfile: string, emit: StreamCall<BuildImageEvent>['emit']): string {
  const verdict = checkFrontend(dockerfile)
  if (verdict.kind === 'none') return dockerfile
  if (verdict.kind === 'refused')
    throw new CodedError('BUILD_FAILED', {
      reason: `The Dockerfile asks for the build program ${verdict.frontend} (# syntax=…), which is not allowed: remove that line.`,
    })
  const note = `Note: "# syntax=${verdict.frontend}" is ignored; the engine's own is used.\n`
  emit({ type: 'output', text: note }).catch(() => {
    // The caller has gone, and the signal ends the build.
  })
  return verdict.text
}

const waitingText = (ahead: number): string =>
  `Waiting: ${ahead} other build${ahead === 1 ? ' is' : 's are'} before this one.\n`
