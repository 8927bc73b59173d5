import { addUser, CA, installPackages } from '#agent/images/recipes/apt.ts'
import { defineRecipe } from '#agent/images/recipes/recipe.ts'

/** The installer of every project (docs/decisions/0079); the generated command lines hold for these. */
const UV = 'uv>=0.11,<0.14'

/** What Debian splits off from the standard library, and older packages still import. */
const SPLIT_OFF: Record<string, readonly string[]> = {
  '3.11': ['python3-distutils'],
  '3.9': ['python3-distutils'],
}

/** For the packages that come without a wheel most often; less common ones are found by the stack. */
const HEADERS = ['libpq-dev', 'libmariadb-dev', 'libffi-dev', 'libssl-dev']

/**
 * Debian's Python, one version a suite. The runtime has the whole standard library and nothing
 * beside it: no pip, no compilers, no libraries that only some apps load. The build image is the
 * runtime with compilers, headers and uv.
 */
export const python = defineRecipe({
  stack: 'python',
  title: 'Python',
  versions: [
    { version: '3.13', suite: 'trixie' },
    { version: '3.11', suite: 'bookworm' },
    { version: '3.9', suite: 'bullseye' },
  ],
  seconds: 40,
  dockerfile: ({ version, base }) =>
    [
      `FROM ${base} AS runtime`,
      installPackages(['python3', 'tzdata', 'media-types', ...(SPLIT_OFF[version] ?? [])]),
      `RUN ${addUser('app')} && ln -s python3 /usr/bin/python && python --version`,
      'CMD ["python3"]',
      '',
      'FROM runtime AS build',
      installPackages([
        'python3-dev',
        'python3-venv',
        'gcc',
        'g++',
        'make',
        'pkg-config',
        'git',
        'openssh-client',
        ...HEADERS,
      ]),
      `RUN ${CA} python3 -m venv /opt/uv` +
        ` && PIP_CERT=/run/vastrox/ca.pem /opt/uv/bin/pip install --quiet --no-cache-dir --no-compile '${UV}'` +
        ' && mv /opt/uv/bin/uv /usr/local/bin/uv && rm -r /opt/uv && uv --version',
      '',
    ].join('\n'),
})
