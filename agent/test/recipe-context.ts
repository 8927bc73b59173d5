import { createImageNames } from '#agent/images/image-names.ts'
import type { RecipeContext } from '#agent/images/recipes/recipe.ts'

/** What a recipe is given on an x64 machine where no registry answers. */
export const recipeContext = (
  changes: Partial<RecipeContext> & { version: string },
): RecipeContext => ({
  base: 'vastrox/base:trixie',
  suite: 'trixie',
  architecture: 'x64',
  installedNode: '26.10.0',
  official: null,
  buildImageOf: createImageNames().build,
  ...changes,
})
