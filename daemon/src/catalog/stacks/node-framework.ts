import type { Project } from './node-project.ts'

/** Part of the build's result that runs by itself, without node_modules and the source. */
export interface Slim {
  /** Below the app's directory, in the build. */
  from: string
  /** Where it goes in the image, below the app's directory; null for the root of it all. */
  to: string | null
  /** Starts it there. */
  command: string
}

/** What comes of a project that is built with a framework. */
export type Outcome =
  | {
      kind: 'site'
      folders: string[]
      fallback: string | null
      /** Start scripts of package.json that it goes before. */
      replaces?: RegExp
    }
  | {
      kind: 'server'
      command: string
      where: string
      slim?: Slim
      /** Run behind the build, in the app's directory. */
      afterBuild?: string
      replaces?: RegExp
    }
  | { kind: 'refused'; reason: string }

/** A framework or a tool that builds sites, known by its packages and read from its files, never run. */
export interface Framework {
  title: string
  uses(project: Project): boolean
  /** Builds where package.json has no build script. */
  build?: string
  /** Folders that it keeps from build to build, below the app's directory. */
  caches?: readonly string[]
  buildEnv?: (project: Project) => Record<string, string>
  /** Env of the image. */
  env?: Record<string, string>
  /** Beginnings of the names of variables that are meant for the browser: the build may read them. */
  publicEnv?: readonly string[]
  /** undefined: package.json says what runs. */
  outcome?: (project: Project, build: string) => Outcome | undefined
}
