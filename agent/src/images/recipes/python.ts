import { addUser, CA, installPackages } from '#agent/images/recipes/apt.ts'
import { defineRecipe } from '#agent/images/recipes/recipe.ts'

/** The distribution's Python in the image that runs, uv and a compiler in the one that builds. */
export const python = defineRecipe({
  stack: 'python',
  title: 'Python',
  versions: [
    { version: '3.13', suite: 'trixie' },
    { version: '3.11', suite: 'bookworm' },
    { version: '3.9', suite: 'bullseye' },
  ],
  dockerfile: ({ base }) =>
    [
      `FROM ${base} AS runtime`,
      installPackages(['python3', 'python3-venv']),
      `RUN ${addUser('app')} && python3 --version`,
      '',
      'FROM runtime AS build',
      installPackages(['python3-dev', 'python3-pip', 'gcc', 'g++', 'git']),
      `RUN ${CA} python3 -m venv /opt/uv && PIP_CERT=/run/vastrox/ca.pem /opt/uv/bin/pip install --quiet --no-cache-dir uv && ln -s /opt/uv/bin/uv /usr/local/bin/uv && uv --version`,
      '',
    ].join('\n'),
})
