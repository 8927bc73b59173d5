import { mariadb } from '#agent/images/recipes/addons/mariadb.ts'
import { memcached } from '#agent/images/recipes/addons/memcached.ts'
import { postgresql } from '#agent/images/recipes/addons/postgresql.ts'
import { redis, valkey } from '#agent/images/recipes/addons/redis.ts'
import type { StackRecipe } from '#agent/images/recipes/recipe.ts'

/** To offer a database of the distribution's: write its file beside this one, then name it here. */
export const addonRecipes: readonly StackRecipe[] = [postgresql, mariadb, redis, valkey, memcached]
