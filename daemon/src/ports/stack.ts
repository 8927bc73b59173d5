/** What `detect` and `plan` may read of a source: small text files in the root and the list of paths. */
export interface SourceTree {
  /** Every path of a file, without leading slash; at most 20,000. */
  paths: ReadonlySet<string>
  /** A file's text when it is at most 1 MB; undefined where there is none. Read ahead: see `reads`. */
  read(path: string): string | undefined
}

export interface Detection {
  /** Why, for people: "package.json". */
  because: string
}

/** How a source becomes an image and what then runs. Everything in it is shown to the user. */
export interface BuildPlan {
  stack: string
  /** "Node.js 26 (engines.node >=20 in package.json), npm ci". */
  summary: string[]
  /** The runtime image that must exist first; null for a Dockerfile. */
  runtime: { stack: 'node'; version: string } | null
  /** The whole generated Dockerfile; `@RUNTIME@` and `@BUILD@` stand for the prepared images. */
  dockerfile: string
  /** Patterns left out of the build context. */
  ignore: string[]
  /** Process name → command line; `web` gets the routes. */
  processes: Record<string, string>
  /** Run once in the new image before it starts; null where there is none. */
  releaseCommand: string | null
  /** Env of the image that the user's env overrides (NODE_ENV …). */
  env: Record<string, string>
}

/** A language's recipe. Both functions are pure. */
export interface Stack {
  name: string
  title: string
  /** Paths whose text the two functions may read. */
  reads: readonly string[]
  detect(tree: SourceTree): Detection | undefined
  /** Throws START_COMMAND_MISSING or STACK_NOT_DETECTED with a `reason`. */
  plan(tree: SourceTree): BuildPlan
}

export const defineStack = (stack: Stack): Stack => stack
