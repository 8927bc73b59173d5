import type { StackImage } from '@vastrox/shared/agent-api.ts'
import type { BuildSettings } from '@vastrox/shared/build-settings.ts'

/** What `detect` and `plan` may read of a source: the list of paths and the texts of some files. */
export interface SourceTree {
  /** Every path of a file, without leading slash; at most 20,000. */
  paths: ReadonlySet<string>
  /**
   * A file's text when it is named by one of the stacks' `reads` and is at most 1 MB; undefined
   * otherwise. At most 2,000 files and 32 MB of a source are read, those nearest to the root first.
   */
  read(path: string): string | undefined
}

export interface Detection {
  /** Why, for people: "package.json". */
  because: string
}

/**
 * What the user has said about the build, in the dashboard or in vastrox.json; null where nothing
 * was said. A stack honours each of them before anything it finds by itself.
 */
export interface Wishes extends BuildSettings {
  /** Names of the env variables that are set for the app, for advice such as "APP_KEY is missing". */
  envKeys: readonly string[]
  /**
   * The whole repository where `rootDirectory` names a part of it; else undefined. A stack whose
   * build needs it (workspaces) answers with `context: 'repository'`.
   */
  repository?: SourceTree | undefined
  /** Processes that vastrox.json names, and where it does: they go over those of a Procfile. */
  processes?: Readonly<Record<string, { command: string; where: string }>> | undefined
  /** Who said a wish: "settings" or "vastrox.json"; see `whereSaid`. */
  where?: Readonly<Partial<Record<keyof BuildSettings, string>>> | undefined
}

/** Where a wish was said, for the summary: "version 3.12 (settings)", "… (vastrox.json)". */
export const whereSaid = ({ where }: Wishes, wish: keyof BuildSettings): string =>
  where?.[wish] ?? 'settings'

export const NO_WISHES: Wishes = {
  stack: null,
  rootDirectory: null,
  version: null,
  buildCommand: null,
  startCommand: null,
  releaseCommand: null,
  documentRoot: null,
  outputDirectory: null,
  dockerfile: null,
  target: null,
  buildArguments: {},
  buildEnvKeys: [],
  uploadMaxBytes: null,
  envKeys: [],
}

/** How a source becomes an image and what then runs. Everything in it is shown to the user. */
export interface BuildPlan {
  stack: string
  /** "Node.js 26 (engines.node >=20 in package.json), npm ci". */
  summary: string[]
  /** What could be done in place of it, one sentence each: "Set documentRoot to serve web/ instead". */
  alternatives?: readonly string[]
  /** The prepared images that the Dockerfile names; the first is what `@RUNTIME@` and `@BUILD@` mean. */
  images: readonly StackImage[]
  /**
   * The whole Dockerfile. `@RUNTIME:php:8.4@` and `@BUILD:node:26@` stand for the runtime and the
   * build image of an entry of `images`; `@RUNTIME@` and `@BUILD@` for those of the first.
   */
  dockerfile: string
  /** Files that are added to the context, by path (`.vastrox/nginx.conf`), in place of the user's. */
  files?: Readonly<Record<string, string>>
  /** The stage to build; null or left out means the last. */
  target?: string | null
  /** Build arguments of a user's Dockerfile; never secrets. */
  buildArguments?: Readonly<Record<string, string>>
  /** Names of env variables whose values the build gets as BuildKit secrets of that id. */
  buildEnvKeys?: readonly string[]
  /** Patterns left out of the build context. */
  ignore: string[]
  /** The context is the root directory of the settings, or the whole repository. */
  context?: 'root-directory' | 'repository'
  /** Process name → command line, null for the image's own; `web` gets the routes. */
  processes: Record<string, string | null>
  /** Run once in the new image before it starts; null where there is none. */
  releaseCommand: string | null
  /** Env of the image that the user's env overrides (NODE_ENV …). */
  env: Record<string, string>
  /** Where `web` listens unless it honours PORT (EXPOSE of a Dockerfile); null or left out: PORT. */
  port?: number | null
  /** The folder that is served, for stacks that have one; shown to the user. */
  documentRoot?: string | null
}

/** A language's recipe. Both functions are pure. */
export interface Stack {
  name: string
  title: string
  /**
   * Patterns of paths whose text the two functions may read, as in `ignore`: `*` stands for anything
   * but a slash, `**` for anything, a pattern without a slash for a name in any directory; a leading
   * slash holds it to the root.
   */
  reads: readonly string[]
  detect(tree: SourceTree, wishes: Wishes): Detection | undefined
  /** Throws START_COMMAND_MISSING or STACK_NOT_DETECTED with a `reason`. */
  plan(tree: SourceTree, wishes: Wishes): BuildPlan
}

export const defineStack = (stack: Stack): Stack => stack
