import { z } from 'zod'
import { AppName } from './app.ts'
import { DescribeNode } from './agent-api-node.ts'
import { Isolation } from './isolation.ts'
import { ProcessName } from './process.ts'
import { MountPath } from './volume.ts'

/**
 * What the daemon may ask of a node's agent. The agent is root: it is given ids and typed specs,
 * never a path, a host command line or a container spec (rule C7), and builds the HostConfig itself.
 *
 * Wire: HTTP/1.1 over a unix socket. `POST /v1/<verb>` with a JSON body and a JSON reply for JSON
 * verbs; stream verbs answer NDJSON (`application/x-ndjson`), one event a line, and end by one event
 * of type `done` or `failed`; closing the connection cancels the work. Failures before a stream has
 * begun are `{ error: { code, message, details } }` with the status of shared/errors.ts.
 * `x-vastrox-fencing-token` carries the daemon's token on every call: a lower one than the highest
 * seen is refused with FENCED (rule K4).
 */
export const FENCING_HEADER = 'x-vastrox-fencing-token'

const Id = z.string().regex(/^[a-z0-9]{8,40}$/)
const ImageId = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const EnvRecord = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/), z.string())

/** Where an instance can be reached; opaque to core. `port` is filled in by the daemon. */
export const InstanceAddress = z.object({ node: z.string(), host: z.string() })

export const InstanceRef = z.object({ name: z.string().regex(/^vastrox-[a-z0-9_-]{1,150}$/) })

/** The limits of one instance. `nofile` and the rest are constants of the agent. */
export const InstanceLimits = z.object({
  memoryBytes: z.int().min(16 * 2 ** 20),
  /** Thousandths of a core; 0 means no cap. */
  cpuMillis: z.int().min(0),
})

/** A volume of the app's, by id: the agent knows where it lies, and whose it is. */
export const MountedVolume = z.object({
  volumeId: Id,
  mountPath: MountPath,
  /** Nothing has had it yet. One that is not new and is not there is missing, and nothing starts. */
  isNew: z.boolean(),
})
export type MountedVolume = z.infer<typeof MountedVolume>

/** Names a set of instances. A container's name is instanceName() of it, so a repeat is "already done" (K2). */
export const StartInstances = z.object({
  appId: Id,
  appName: AppName,
  releaseId: Id,
  releaseNumber: z.int().positive(),
  process: ProcessName,
  /** The number of the deployment that starts them. */
  generation: z.int().positive(),
  ordinals: z.array(z.int().min(1).max(1_000)).min(1).max(100),
  imageId: ImageId,
  /**
   * The user's command line, run inside the container by its own /bin/sh as `exec <command>` where
   * it is a simple one; null runs the image's own command.
   */
  command: z.string().max(8_192).nullable(),
  env: EnvRecord,
  limits: InstanceLimits,
  isolation: Isolation.optional(),
  /** Made at their first use, with what the image has at that path in them. */
  volumes: z.array(MountedVolume).max(20).optional(),
  stopGraceMs: z.int().min(0).max(600_000),
})
export type StartInstances = z.infer<typeof StartInstances>

export const StartedInstance = z.object({
  name: z.string(),
  ordinal: z.int(),
  node: z.string(),
  /** An IPv4 address on the app's own bridge, kept for the life of the instance. */
  host: z.string(),
})
export type StartedInstance = z.infer<typeof StartedInstance>

/** What the engine says about an instance of ours right now. */
export const ObservedInstance = z.object({
  name: z.string(),
  appId: z.string(),
  releaseId: z.string(),
  releaseNumber: z.int(),
  process: z.string(),
  ordinal: z.int(),
  generation: z.int(),
  node: z.string(),
  host: z.string().nullable(),
  status: z.enum(['created', 'running', 'restarting', 'exited', 'dead']),
  exitCode: z.int().nullable(),
  oomKilled: z.boolean(),
  /** Restarts by the engine since it was created. */
  restarts: z.int(),
  startedAt: z.iso.datetime().nullable(),
})
export type ObservedInstance = z.infer<typeof ObservedInstance>

/** A listening TCP socket inside the instance's network namespace. */
export const Listener = z.object({ address: z.string(), port: z.int() })
export type Listener = z.infer<typeof Listener>

export const InstanceUsage = z.object({
  name: z.string(),
  memoryBytes: z.int(),
  /** CPU time used since the container started, in microseconds. */
  cpuUsec: z.int(),
})

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)

/** The name of an image as somebody wrote it; parseImageReference() has the last word (rule C2). */
const ImageName = z.string().min(1).max(300)

/** For a registry that does not let everybody in. Travels in bodies only; kept and logged nowhere. */
export const RegistryCredentials = z.object({
  username: z.string().min(1).max(256),
  password: z.string().min(1).max(8_192),
})
export type RegistryCredentials = z.infer<typeof RegistryCredentials>

/**
 * A stack image of ours, made when missing: `node` with a major version such as `26`, `php` with
 * `8.4`. `static` is the web server alone (version `1`). Which versions can be had is the agent's
 * to know; `list-stack-images` tells.
 */
export const StackImage = z.object({
  stack: z.enum(['node', 'php', 'python', 'java', 'go', 'static', 'dotnet']),
  version: z.string().regex(/^[0-9]{1,3}(\.[0-9]{1,3}){0,2}$/),
})
export type StackImage = z.infer<typeof StackImage>

/** An image of a database that is made of the distribution's packages, in the same way. */
export const AddonStackImage = StackImage.extend({
  stack: z.enum(['postgresql', 'mariadb', 'redis', 'valkey', 'memcached']),
})
export type AddonStackImage = z.infer<typeof AddonStackImage>

/** Whatever is prepared once for everybody on this machine. */
export const PreparedImage = StackImage.extend({
  stack: z.enum([...StackImage.shape.stack.options, ...AddonStackImage.shape.stack.options]),
})
export type PreparedImage = z.infer<typeof PreparedImage>

/** Where the parts of a prepared image are from: the distribution's packages, or an image registry. */
const ImageOrigin = z.enum(['distribution', 'registry'])

/** One of the images that are prepared once for all apps. */
export const StackImageState = StackImage.extend({
  /** For people: "PHP". */
  title: z.string(),
  /** Taken where nobody asks for a version. */
  isDefault: z.boolean(),
  /** Can be had only where an image registry answers. */
  needsRegistry: z.boolean(),
  /** null until it is prepared. */
  prepared: z
    .object({
      /** The release of the distribution that it stands on. */
      suite: z.string(),
      preparedAt: z.iso.datetime(),
      /** Of the image that apps run on, and of the one that builds. */
      sizeBytes: z.int(),
      buildSizeBytes: z.int(),
      origin: ImageOrigin,
      /** Of the official image it is made of; null where it is of the distribution's packages. */
      digest: z.string().nullable(),
      /** The recipe has changed since: the next build that needs it makes it anew. */
      isOutdated: z.boolean(),
    })
    .nullable(),
})
export type StackImageState = z.infer<typeof StackImageState>
/** The same of any of them. */
export const PreparedImageState = StackImageState.extend(PreparedImage.shape)
export type PreparedImageState = z.infer<typeof PreparedImageState>

export const BaseImageState = z.object({
  suite: z.enum(['trixie', 'bookworm', 'bullseye']),
  preparedAt: z.iso.datetime(),
  sizeBytes: z.int(),
  origin: ImageOrigin,
  digest: z.string().nullable(),
})
export type BaseImageState = z.infer<typeof BaseImageState>

export const StackImages = z.object({
  images: z.array(StackImageState),
  bases: z.array(BaseImageState),
})
export type StackImages = z.infer<typeof StackImages>

/** JSON verbs: body in, reply out. */
export const AGENT_VERBS = {
  /** Engine and machine, cheap enough to be asked every few seconds. */
  'describe-node': { input: z.object({}), output: DescribeNode },
  /**
   * Creates and starts, on the app's own bridge (made when missing), with restart policy `no` until
   * keep-instances. Idempotent by name. All or nothing: a failure removes what this call created.
   */
  'start-instances': {
    input: StartInstances,
    output: z.object({ instances: z.array(StartedInstance) }),
  },
  /** From now on the engine restarts them by itself, at the same address, daemon and agent dead or alive. */
  'keep-instances': {
    input: z.object({ names: z.array(InstanceRef.shape.name) }),
    output: z.object({}),
  },
  /** SIGTERM, grace, SIGKILL, remove. A name that is not there is not an error. */
  'stop-instances': {
    input: z.object({
      names: z.array(InstanceRef.shape.name),
      graceMs: z.int().min(0).max(600_000),
    }),
    output: z.object({}),
  },
  /** Every container with this installation's label, nothing else (rule K7). */
  'list-instances': {
    input: z.object({}),
    output: z.object({ instances: z.array(ObservedInstance) }),
  },
  /** From /proc/<pid>/net/tcp and tcp6; empty when it does not run. */
  'list-listeners': { input: InstanceRef, output: z.object({ listeners: z.array(Listener) }) },
  'measure-instances': {
    input: z.object({}),
    output: z.object({ instances: z.array(InstanceUsage) }),
  },
  'list-images': {
    input: z.object({}),
    output: z.object({
      images: z.array(
        z.object({
          imageId: z.string(),
          appId: z.string(),
          buildId: z.string(),
          sizeBytes: z.int(),
        }),
      ),
    }),
  },
  /** Only images that carry our label and that no container uses; others are left and not reported. */
  'remove-images': {
    input: z.object({ imageIds: z.array(ImageId) }),
    output: z.object({ removed: z.array(z.string()) }),
  },
  /** What they hold on the disk; one that has not been made yet is left out. */
  'measure-volumes': {
    input: z.object({ volumeIds: z.array(Id).max(200) }),
    output: z.object({ volumes: z.array(z.object({ volumeId: z.string(), sizeBytes: z.int() })) }),
  },
  /** The data goes with it. Refused with VOLUME_IN_USE while a container has it. */
  'remove-volume': { input: z.object({ appId: Id, volumeId: Id }), output: z.object({}) },
  /** Which prepared images can be had on this machine, and which of them are there. */
  'list-stack-images': { input: z.object({}), output: StackImages },
  /**
   * What a tag means right now, by the registry's own word. Throws IMAGE_NOT_FOUND where the registry
   * has no such image, IMAGE_PULL_FAILED where it does not answer or lets nobody in.
   */
  'describe-image-tag': {
    input: z.object({
      reference: ImageName,
      credentials: RegistryCredentials.nullable(),
    }),
    output: z.object({
      /** As it is written in full: `nginx:latest` for `nginx`. */
      reference: z.string(),
      /** Of the manifest, or of the list of manifests. */
      digest: Digest,
    }),
  },
  /** Stops and removes the app's instances, its network and images. Volumes and data are never touched. */
  'remove-app': { input: z.object({ appId: Id }), output: z.object({}) },
} as const
export type AgentVerb = keyof typeof AGENT_VERBS
export type AgentInput<Verb extends AgentVerb> = z.input<(typeof AGENT_VERBS)[Verb]['input']>
export type AgentOutput<Verb extends AgentVerb> = z.output<(typeof AGENT_VERBS)[Verb]['output']>

/** How a stream ends that could not go on. */
export const Failed = z.object({
  type: z.literal('failed'),
  code: z.string(),
  /** One line for people. */
  reason: z.string(),
  details: z.record(z.string(), z.unknown()).default({}),
})

export const PrepareImage = PreparedImage
export const PrepareImageEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('output'), text: z.string() }),
  z.object({
    type: z.literal('done'),
    /** Tags that a generated Dockerfile names: runtime image and the image that builds. */
    runtimeImage: z.string(),
    buildImage: z.string(),
    prepared: z.boolean(),
  }),
  Failed,
])
export type PrepareImageEvent = z.infer<typeof PrepareImageEvent>

/** An image and what is to be said about it, in words. */
export const RefreshedImage = z.object({ image: z.string(), reason: z.string() })
export type RefreshedImage = z.infer<typeof RefreshedImage>

/** Every prepared image that has security updates is made anew; the others are left as they are. */
export const RefreshStackImages = z.object({})
export const RefreshStackImagesEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('output'), text: z.string() }),
  z.object({
    type: z.literal('done'),
    checked: z.int(),
    madeAnew: z.array(RefreshedImage),
    /** Left as they were. */
    failed: z.array(RefreshedImage),
  }),
  Failed,
])
export type RefreshStackImagesEvent = z.infer<typeof RefreshStackImagesEvent>

/**
 * Body: 4 bytes big-endian length, that many bytes of this as JSON, then a tar with the source and
 * the generated Dockerfile at `dockerfile`. Cache mounts are namespaced by the agent per app.
 */
export const BuildImage = z.object({
  appId: Id,
  appName: AppName,
  buildId: Id,
  /** Path of the Dockerfile inside the tar. */
  dockerfile: z.string().regex(/^[A-Za-z0-9._-]+$/),
  noCache: z.boolean(),
  /** Given as BuildKit secrets (id = name), never as build arguments (rule C14). */
  secrets: z.record(z.string(), z.string()),
  /** The stage to build; null means the last. */
  target: z.string().max(128).nullable().default(null),
  /** Build arguments of a user's own Dockerfile. */
  buildArguments: z.record(z.string(), z.string()).default({}),
  /** The memory that builds of the app needed before; null where there was none. */
  neededBytes: z.int().min(0).nullable().default(null),
  timeoutMs: z.int().min(1_000).max(3_600_000),
})
export type BuildImage = z.input<typeof BuildImage>

export const BuildImageEvent = z.discriminatedUnion('type', [
  /** A Dockerfile step begins; `cached` steps only say so. */
  z.object({ type: z.literal('step'), name: z.string(), cached: z.boolean() }),
  /** What the step prints; chunks as they come, not whole lines. */
  z.object({ type: z.literal('output'), text: z.string() }),
  z.object({
    type: z.literal('done'),
    imageId: z.string(),
    sizeBytes: z.int(),
    /** The most memory that its steps held. */
    peakMemoryBytes: z.int().optional(),
  }),
  Failed,
])
export type BuildImageEvent = z.infer<typeof BuildImageEvent>

/**
 * Fetches an image of somebody else's for an app and makes it one of the app's own: tagged and
 * labelled like a build. The registry's host must not be inside this network, unless root allowed it
 * (rule C11).
 */
export const PullImage = z.object({
  appId: Id,
  appName: AppName,
  buildId: Id,
  reference: ImageName,
  credentials: RegistryCredentials.nullable(),
  timeoutMs: z.int().min(1_000).max(3_600_000),
})
export type PullImage = z.infer<typeof PullImage>

export const PullImageEvent = z.discriminatedUnion('type', [
  /** What the registry and the engine say, whole lines. */
  z.object({ type: z.literal('output'), text: z.string() }),
  z.object({
    type: z.literal('done'),
    /** As it is written in full: `nginx:latest` for `nginx`. */
    reference: z.string(),
    /** What the tag meant when it was fetched: for finding out that it has moved. */
    digest: Digest,
    /** Pinned: what instances are started from. */
    imageId: z.string(),
    sizeBytes: z.int(),
    /** The first port of the image's EXPOSE; null where there is none. */
    port: z.int().nullable(),
  }),
  Failed,
])
export type PullImageEvent = z.infer<typeof PullImageEvent>

/** A one-off command in an app's image and network (release command, `vastrox run`). */
export const RunOnce = StartInstances.omit({ ordinals: true, stopGraceMs: true }).extend({
  command: z.string().min(1).max(8_192),
  timeoutMs: z.int().min(1_000).max(86_400_000),
})
export type RunOnce = z.infer<typeof RunOnce>

export const RunOnceEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('output'), stream: z.enum(['stdout', 'stderr']), text: z.string() }),
  z.object({ type: z.literal('done'), exitCode: z.int(), oomKilled: z.boolean() }),
  Failed,
])
export type RunOnceEvent = z.infer<typeof RunOnceEvent>

export const WindowSize = z.object({
  columns: z.int().min(1).max(1_000),
  rows: z.int().min(1).max(1_000),
})
export type WindowSize = z.infer<typeof WindowSize>

const Attached = {
  /** The window of its terminal; null: it has pipes in place of a terminal. */
  terminal: WindowSize.nullable(),
  /** False: it reads nothing but the end of its standard input. */
  stdin: z.boolean(),
  /** Ended when nothing has gone either way for so long. */
  idleMs: z.int().min(1_000).max(86_400_000),
}

/**
 * A one-off command that somebody works with. Body: framed as at BuildImage, and behind the JSON the
 * frames of shared/src/node/session-frames.ts, for as long as it runs. Its container is gone when the
 * reply has ended.
 */
export const OpenRun = RunOnce.extend(Attached)
export type OpenRun = z.infer<typeof OpenRun>

/** The same inside a running instance, with its env. What it has started ends with it. */
export const OpenExec = z.object({
  name: InstanceRef.shape.name,
  command: RunOnce.shape.command,
  env: EnvRecord,
  timeoutMs: RunOnce.shape.timeoutMs,
  ...Attached,
})
export type OpenExec = z.infer<typeof OpenExec>

export const SessionEvent = z.discriminatedUnion('type', [
  /** It runs: what is sent from now on reaches it. */
  z.object({ type: z.literal('started') }),
  z.object({
    type: z.literal('output'),
    stream: z.enum(['stdout', 'stderr']),
    /** Any bytes. */
    base64: z.string(),
  }),
  z.object({ type: z.literal('done'), exitCode: z.int(), oomKilled: z.boolean() }),
  Failed,
])
export type SessionEvent = z.infer<typeof SessionEvent>

/** Lines of one instance, from `since` (ISO time, exclusive) on; with `follow` until it is removed. */
export const ReadLogs = z.object({
  name: InstanceRef.shape.name,
  since: z.string().max(40).nullable(),
  /** At most this many of the last lines; null means all. */
  tail: z.int().min(0).max(100_000).nullable(),
  follow: z.boolean(),
  /** Of its app, while it is followed: what is more is dropped and counted; null keeps all. */
  linesPerSecond: z.int().positive().nullable().default(null),
})
export const ReadLogsEvent = z.discriminatedUnion('type', [
  /** `at` keeps the engine's nanoseconds, so that a reader resumes without loss or repeat. */
  z.object({
    type: z.literal('line'),
    at: z.string(),
    stream: z.enum(['stdout', 'stderr']),
    text: z.string(),
    /** So many lines before this one were more than is kept of the app. */
    dropped: z.int().positive().optional(),
    /**
     * `since`, where the line of that time is there no longer: the engine has overwritten it, and what came
     * between it and this line.
     */
    lostAfter: z.string().optional(),
  }),
  z.object({ type: z.literal('done') }),
  Failed,
])
export type ReadLogsEvent = z.infer<typeof ReadLogsEvent>

/** What happens to our containers, as it happens. Hints only: the truth is list-instances (rule K6). */
export const WatchEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('instance'),
    name: z.string(),
    /**
     * overwrote: it has written so much into its own files that it is removed, and them with it.
     * read-only, writable: so its app's volumes are from now on. slowed: it prints without end, and
     * waits in its writes for as long as it does.
     */
    action: z.enum([
      'start',
      'die',
      'oom',
      'destroy',
      'overwrote',
      'read-only',
      'writable',
      'slowed',
    ]),
    exitCode: z.int().nullable(),
    /** Why, for people. */
    reason: z.string().optional(),
  }),
  /** The engine was away and is back: read everything again. */
  z.object({ type: z.literal('engine-restarted') }),
  /** Sent every 15 s so that a dead connection is noticed. */
  z.object({ type: z.literal('heartbeat') }),
  z.object({ type: z.literal('done') }),
  Failed,
])
export type WatchEvent = z.infer<typeof WatchEvent>

/** Stream verbs; those of FRAMED have the framed body described at BuildImage, the others plain JSON. */
export const AGENT_STREAMS = {
  'prepare-image': { input: PrepareImage, event: PrepareImageEvent },
  'refresh-stack-images': { input: RefreshStackImages, event: RefreshStackImagesEvent },
  'build-image': { input: BuildImage, event: BuildImageEvent },
  'pull-image': { input: PullImage, event: PullImageEvent },
  'run-once': { input: RunOnce, event: RunOnceEvent },
  'open-run': { input: OpenRun, event: SessionEvent },
  'open-exec': { input: OpenExec, event: SessionEvent },
  'read-logs': { input: ReadLogs, event: ReadLogsEvent },
  watch: { input: z.object({}), event: WatchEvent },
} as const
export type AgentStream = keyof typeof AGENT_STREAMS
export const FRAMED: readonly string[] = [
  'build-image',
  'open-run',
  'open-exec',
  'open-addon-exec',
  // agent-api-backups.ts
  'back-up',
  'import-content',
]
