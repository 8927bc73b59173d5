import type { StackImage } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { recipes } from '#agent/images/recipes/index.ts'
import type { StackRecipe, Suite } from '#agent/images/recipes/recipe.ts'

export interface Choice {
  recipe: StackRecipe
  version: string
  /** What it can be made of, best first. */
  suites: readonly Suite[]
}

/** The recipe of an image. Throws IMAGE_PREPARE_FAILED that names what can be had. */
export function chooseRecipe({ stack, version }: StackImage, from = recipes): Choice {
  const recipe = from.find((each) => each.stack === stack)
  if (!recipe) throw refusal(`There is no prepared image for ${stack} yet.`)
  const suites = recipe.versions
    .filter((offered) => offered.version === version || isPartOf(recipe, offered.version, version))
    .map((offered) => offered.suite)
  if (suites.length > 0) return { recipe, version, suites }
  const offered = [...new Set(recipe.versions.map((each) => each.version))]
  throw refusal(`${recipe.title} ${version} is not offered; choose one of ${offered.join(', ')}.`)
}

const isPartOf = ({ exactVersions }: StackRecipe, offered: string, version: string): boolean =>
  exactVersions === true && version.startsWith(`${offered}.`)

const refusal = (reason: string): CodedError => new CodedError('IMAGE_PREPARE_FAILED', { reason })
