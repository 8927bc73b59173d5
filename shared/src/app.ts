import { z } from 'zod'
import { BuildSettings, DEFAULT_BUILD_SETTINGS } from './build-settings.ts'
import { DeploymentState } from './deployment.ts'
import { DEFAULT_ISOLATION, IsolationProfile } from './isolation.ts'
import { ProcessLimits } from './process.ts'

/** Names that would collide with the platform's own host names and paths. */
export const RESERVED_APP_NAMES: readonly string[] = [
  'git',
  'vastrox',
  'www',
  'dashboard',
  'api',
  'admin',
  'localhost',
  'root',
]

/** Rule C2 and DESIGN section 6: a DNS label of 2 to 40 characters that is not reserved. */
export const AppName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/,
    'Use 2 to 40 lower-case letters, digits or hyphens, beginning with a letter.',
  )
  .refine((name) => !RESERVED_APP_NAMES.includes(name), 'That name is reserved.')
  .refine((name) => !/-pr-\d+$/.test(name), 'Names that end in -pr-<number> are for previews.')

/** What the app as a whole is doing, worked out from its release, deployment and instances. */
export const AppState = z.enum([
  'never-deployed',
  'deploying',
  'running',
  'degraded',
  'crashed',
  'stopped',
  'asleep',
])
export type AppState = z.infer<typeof AppState>

/** A branch name by git's check-ref-format rules, never beginning with a hyphen (rule C2). */
export const BranchName = z
  .string()
  .max(200)
  .regex(/^(?![-/])(?!.*(\.\.|@\{|\/\/|\.lock(\/|$)|\/\.))[A-Za-z0-9._/+@-]+(?<![./])$/)

/** A path that a health check asks for. */
export const HealthPath = z
  .string()
  .max(512)
  .regex(/^\/[\x21-\x7e]*$/, 'Begin with / and use no spaces.')

export const AppSettings = z.object({
  /** The branch that deploys; null means main or master, whichever is pushed. */
  deployBranch: BranchName.nullable(),
  /**
   * The path asked by the health check; null means what the source says, or else `/`, where anything
   * below 500 is healthy.
   */
  healthPath: HealthPath.nullable(),
  /** null: what the source says, or a minute. */
  healthTimeoutMs: z.int().min(1_000).max(900_000).nullable(),
  /** The limits of every process that has none of its own. */
  ...ProcessLimits.shape,
  /** Time that requests under way get after a switch before their instance is stopped (rule D1). */
  drainMs: z.int().min(0).max(600_000),
  /** How long a new release is watched after the switch (rule D9); 0 switches watching off. */
  watchMs: z.int().min(0).max(900_000),
  /** An app that nobody has visited for so long is put to sleep; null: never. */
  sleepAfterMs: z.int().min(10_000).max(2_000_000_000).nullable(),
  /** Also where processes other than web run, which work without visitors. */
  sleepWorkers: z.boolean(),
  /** What only looks whether the app is up neither wakes it nor keeps it awake. */
  sleepIgnoresMonitors: z.boolean(),
  /** Requests wait while the release command runs: for migrations that the code before does not stand. */
  holdDuringRelease: z.boolean(),
  /** How long a release command may take. */
  releaseTimeoutMs: z.int().min(1_000).max(3_600_000),
  /** How its containers are shut in. */
  isolation: IsolationProfile,
  /** Programs write to volumes, /tmp, /run and /var/tmp only; always so with the profile strict. */
  readOnlyRoot: z.boolean(),
  /** Of requests that do not fail, this share in a hundred is written to the access log. */
  accessLogPercent: z.int().min(0).max(100),
  /** How long the access log is kept, unless it grows too large before. */
  accessLogDays: z.int().min(1).max(90),
  build: BuildSettings,
})
export type AppSettings = z.infer<typeof AppSettings>

/** memoryBytes is set by the size of the node when an app is created. */
export const DEFAULT_APP_SETTINGS: AppSettings = {
  deployBranch: null,
  healthPath: null,
  healthTimeoutMs: null,
  stopGraceMs: 10_000,
  drainMs: 30_000,
  watchMs: 60_000,
  memoryBytes: 512 * 2 ** 20,
  cpuMillis: 0,
  sleepAfterMs: null,
  sleepWorkers: false,
  sleepIgnoresMonitors: true,
  holdDuringRelease: false,
  releaseTimeoutMs: 15 * 60_000,
  isolation: DEFAULT_ISOLATION.profile,
  readOnlyRoot: DEFAULT_ISOLATION.readOnlyRoot,
  accessLogPercent: 100,
  accessLogDays: 7,
  build: DEFAULT_BUILD_SETTINGS,
}

/** Instances get these when they are started: a change needs a deployment to be in force. */
export const SETTINGS_OF_INSTANCES: readonly (keyof AppSettings)[] = [
  'stopGraceMs',
  'memoryBytes',
  'cpuMillis',
  'isolation',
  'readOnlyRoot',
]

export const App = z.object({
  id: z.string(),
  name: z.string(),
  /** The language stack; null until the first build detects one. */
  stack: z.string().nullable(),
  state: AppState,
  /** Where visitors reach it, best address first. */
  urls: z.array(z.string()),
  /** The remote to push to, without a token. */
  gitUrl: z.string(),
  /** The same over SSH. */
  gitSshUrl: z.string(),
  liveRelease: z.int().nullable(),
  /** The deployment asked for last; null when there was none, left out where it is not known. */
  lastDeployment: z
    .object({
      number: z.int().positive(),
      state: DeploymentState,
      /** The commit's first line, or what was done in its place: "roll back to v3". */
      title: z.string(),
      at: z.iso.datetime(),
    })
    .nullable()
    .optional(),
  settings: AppSettings,
  createdAt: z.iso.datetime(),
})
export type App = z.infer<typeof App>

/** `starter`: deployed at once; the service says what is wrong with its name. */
export const CreateApp = z.object({ name: AppName, starter: z.string().max(60).optional() })
export type CreateApp = z.infer<typeof CreateApp>

/** `build` too is changed key by key. */
export const ChangeAppSettings = AppSettings.extend({ build: BuildSettings.partial() }).partial()
export type ChangeAppSettings = z.infer<typeof ChangeAppSettings>

/** The app after a change, and the changed settings that wait for its next deployment. */
export const ChangedApp = App.extend({ needsRedeploy: z.array(z.string()) })
export type ChangedApp = z.infer<typeof ChangedApp>

/** An app in the trash: it can be restored, and after 7 days purged by its name; it never goes by itself. */
export const DestroyedApp = z.object({
  id: z.string(),
  name: z.string(),
  destroyedAt: z.iso.datetime(),
  /** From then on it may be purged. */
  purgeableAt: z.iso.datetime(),
  /** It is being removed: it does not come back. */
  isPurging: z.boolean(),
})
export type DestroyedApp = z.infer<typeof DestroyedApp>

/** Destroying an app asks for its name once more. */
export const DestroyApp = z.object({ confirm: z.string() })
export type DestroyApp = z.infer<typeof DestroyApp>
