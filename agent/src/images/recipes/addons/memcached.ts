import { installPackages } from '#agent/images/recipes/apt.ts'
import { entry, QUIET_INSTALL, runs } from '#agent/images/recipes/addons/entry.ts'
import { defineRecipe } from '#agent/images/recipes/recipe.ts'

/** Memcached of the distribution. It keeps nothing and knows nobody: who is on its network may use it. */
export const memcached = defineRecipe({
  stack: 'memcached',
  title: 'Memcached',
  versions: [{ version: '1.6', suite: 'trixie' }],
  seconds: 15,
  dockerfile: ({ base }) =>
    [
      `FROM ${base} AS runtime`,
      QUIET_INSTALL,
      installPackages(['memcached']),
      entry(['exec "$@"']),
      ...runs(['memcached', '--listen=0.0.0.0', '--port=11211', '--memory-limit=64']),
      '',
      'FROM runtime AS build',
      '',
    ].join('\n'),
})
