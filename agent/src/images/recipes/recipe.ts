import type { StackImage } from '@vastrox/shared/agent-api.ts'

/** Debian suites that bases are made of, newest first. */
export type Suite = 'trixie' | 'bookworm' | 'bullseye'

export interface OfferedVersion {
  version: string
  /** Whose packages it is made of. */
  suite: Suite
}

export interface RecipeContext {
  version: string
  /** The tag of the Debian base of the version's suite: `ca-certificates`, `libatomic1`, `libstdc++6`, apt. */
  base: string
  architecture: 'x64' | 'arm64'
}

/**
 * How the images of one language come to be, with no registry: from the distribution's signed
 * packages and the language's own package registry. Pure; its whole text is the recipe, so that a
 * change of it makes the images anew.
 */
export interface StackRecipe {
  stack: StackImage['stack']
  /** For people: "PHP". */
  title: string
  /** Best first; the first is the default. */
  versions: readonly OfferedVersion[]
  /**
   * A Dockerfile with a stage `runtime` (what apps run on: nothing of the build in it, a user 1000:1000
   * with a home, no package lists) and a stage `build` (with compilers and installers, runs as root).
   * Steps that fetch mount the host's authorities: see recipes/apt.ts.
   */
  dockerfile(context: RecipeContext): string
}

export const defineRecipe = (recipe: StackRecipe): StackRecipe => recipe
