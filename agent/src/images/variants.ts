import { baseRecipe } from '#agent/images/bootstrap/base-recipe.ts'
import type { Choice } from '#agent/images/choose-recipe.ts'
import type { ImageNames } from '#agent/images/image-names.ts'
import type { OfferedVersion, RecipeContext, Suite } from '#agent/images/recipes/recipe.ts'
import { recipeId } from '#agent/images/stack-image.ts'

export type Origin = 'distribution' | 'registry'

/** The root file system under the images of a suite. */
export interface Base {
  suite: Suite
  origin: Origin
  tag: string
  recipe: string
}

/** One way to make the images of a version; the same recipe makes the same images. */
export interface Variant {
  offered: OfferedVersion
  /** null where it stands on its official image alone. */
  base: Base | null
  /** The official image that it takes the language from. */
  official: string | null
  takesInstalledNode: boolean
  context: RecipeContext
  dockerfile: string
  recipe: string
}

const ORIGINS: readonly Origin[] = ['distribution', 'registry']

/** A base of either origin is as good: the tag holds one of them. */
export const basesOf = (names: ImageNames, suite: Suite): Base[] =>
  ORIGINS.map((origin) => ({
    suite,
    origin,
    tag: names.base(suite),
    recipe: baseRecipe(suite, origin),
  }))

/** How the images of a version are made on a base, with the official image or without. */
export function variantOn(
  names: ImageNames,
  { recipe, version }: Choice,
  offered: OfferedVersion,
  { base, official }: { base: Base | null; official: string | null },
): Variant {
  const context: RecipeContext = {
    version,
    suite: offered.suite,
    base: base?.tag ?? '',
    architecture: process.arch === 'arm64' ? 'arm64' : 'x64',
    installedNode: process.versions.node,
    official: official === null ? null : names.official(official),
    buildImageOf: names.build,
  }
  const dockerfile = recipe.dockerfile(context)
  const takesInstalledNode = recipe.takesInstalledNode?.(context) ?? false
  const node = takesInstalledNode ? context.installedNode : ''
  return {
    offered,
    base,
    official,
    takesInstalledNode,
    context,
    dockerfile,
    recipe: recipeId([base?.recipe ?? '', dockerfile, node]),
  }
}

/** Every way to make a version's images. What was made by any of them is good. */
export const variantsOf = (names: ImageNames, choice: Choice): Variant[] =>
  choice.offered.flatMap((offered) => {
    const bases = offered.suite === null ? [null] : basesOf(names, offered.suite)
    const named = choice.recipe.official?.(choice.version, offered.suite) ?? null
    const officials = named === null || offered.needsRegistry ? [named] : [named, null]
    return bases.flatMap((base) =>
      officials.map((official) => variantOn(names, choice, offered, { base, official })),
    )
  })
