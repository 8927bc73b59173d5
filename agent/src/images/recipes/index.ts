import { addonRecipes } from '#agent/images/recipes/addons/index.ts'
import { dotnet } from '#agent/images/recipes/dotnet.ts'
import { go } from '#agent/images/recipes/go.ts'
import { java } from '#agent/images/recipes/java.ts'
import { node } from '#agent/images/recipes/node.ts'
import { php } from '#agent/images/recipes/php.ts'
import { python } from '#agent/images/recipes/python.ts'
import type { StackRecipe } from '#agent/images/recipes/recipe.ts'
import { staticFiles } from '#agent/images/recipes/static.ts'

/** To offer a language: write its file beside this one, then name it here. */
export const recipes: readonly StackRecipe[] = [node, php, python, java, go, staticFiles, dotnet]

/** Of databases too. */
export const allRecipes: readonly StackRecipe[] = [...recipes, ...addonRecipes]
