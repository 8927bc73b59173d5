import type { PreparedImage } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { allRecipes } from '#agent/images/recipes/index.ts'
import type { OfferedVersion, StackRecipe } from '#agent/images/recipes/recipe.ts'

export interface Choice {
  recipe: StackRecipe
  version: string
  /** What it can be made of, best first. */
  offered: readonly OfferedVersion[]
}

/** The recipe of an image. Throws IMAGE_PREPARE_FAILED that names what can be had. */
export function chooseRecipe({ stack, version }: PreparedImage, from = allRecipes): Choice {
  const recipe = from.find((each) => each.stack === stack)
  if (!recipe) throw refusal(`There is no prepared image for ${stack}.`)
  const offered = recipe.versions.filter(
    (each) => each.version === version || isPartOf(recipe, each.version, version),
  )
  if (offered.length > 0) return { recipe, version, offered }
  const versions = [...new Set(recipe.versions.map((each) => each.version))]
  throw refusal(`${recipe.title} ${version} is not offered; choose one of ${versions.join(', ')}.`)
}

const isPartOf = ({ exactVersions }: StackRecipe, offered: string, version: string): boolean =>
  exactVersions === true && version.startsWith(`${offered}.`)

const refusal = (reason: string): CodedError => new CodedError('IMAGE_PREPARE_FAILED', { reason })
