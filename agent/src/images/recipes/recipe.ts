import type { PreparedImage } from '@vastrox/shared/agent-api.ts'

/** Debian suites that bases are made of, newest first. */
export type Suite = 'trixie' | 'bookworm' | 'bullseye'

export interface OfferedVersion {
  version: string
  /** Whose packages it is made of; null where it stands on its official image alone. */
  suite: Suite | null
  /** Can be had only where an image registry answers. */
  needsRegistry?: boolean
}

export interface RecipeContext {
  version: string
  /** The tag of the Debian base of the version's suite: `ca-certificates`, `libatomic1`, `libstdc++6`, apt. */
  base: string
  suite: Suite | null
  architecture: 'x64' | 'arm64'
  /** The version of the Node that comes with the installation. */
  installedNode: string
  /**
   * The local name of the official image of the language where a registry had it; null otherwise: then
   * everything comes from the distribution and the language's package registry.
   */
  official: string | null
  /** The local name of the build image of another stack, for what `needs` names. */
  buildImageOf(this: void, image: PreparedImage): string
}

/**
 * How the images of one language come to be: from the distribution's signed packages and the
 * language's own package registry, or with the help of its official image. Pure; its whole text is
 * the recipe, so that a change of it makes the images anew.
 */
export interface StackRecipe {
  stack: PreparedImage['stack']
  /** For people: "PHP". */
  title: string
  /**
   * Best first; the first is the default. A version that is named again with another suite is made of
   * that one where the base of the first cannot be had.
   */
  versions: readonly OfferedVersion[]
  /** A whole version (`22.12.0`) of one that is offered (`22`) can be had too. */
  exactVersions?: boolean
  /** About how long it takes on a small server with the base there, for people; 35 where left out. */
  seconds?: number
  /** Why it needs a registry, behind "No image registry answers, and …". */
  registryReason?: string
  /** `node:22-trixie-slim`: taken where a registry answers and has it; null for a version without. */
  official?(version: string, suite: Suite | null): string | null
  /** Its build context holds the installation's own Node and npm, as `node` and `npm/`. */
  takesInstalledNode?(context: RecipeContext): boolean
  /** Another image that must be there before. */
  needs?(context: RecipeContext): PreparedImage | undefined
  /**
   * A Dockerfile with a stage `runtime` (what apps run on: nothing of the build in it, a user 1000:1000
   * with a home, no package lists) and a stage `build` (with compilers and installers, runs as root).
   * Steps that fetch mount the host's authorities: see recipes/apt.ts.
   */
  dockerfile(context: RecipeContext): string
}

export const defineRecipe = (recipe: StackRecipe): StackRecipe => recipe
