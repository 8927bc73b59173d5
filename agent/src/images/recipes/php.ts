import { addUser, installPackages } from '#agent/images/recipes/apt.ts'
import { defineRecipe } from '#agent/images/recipes/recipe.ts'

/** php-fpm and nginx in the image that runs, composer in the one that builds. */
export const php = defineRecipe({
  stack: 'php',
  title: 'PHP',
  versions: [
    { version: '8.4', suite: 'trixie' },
    { version: '8.2', suite: 'bookworm' },
    { version: '7.4', suite: 'bullseye' },
  ],
  dockerfile: ({ version, base }) =>
    [
      `FROM ${base} AS runtime`,
      installPackages([
        'nginx-light',
        ...['fpm', 'cli', 'mbstring', 'xml', 'curl', 'zip'].map((name) => `php${version}-${name}`),
      ]),
      `RUN ${addUser('app')} && php --version`,
      '',
      'FROM runtime AS build',
      installPackages(['composer', 'git', 'unzip']),
      '',
    ].join('\n'),
})
