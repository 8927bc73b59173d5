import { addUser, CA, installPackages } from '#agent/images/recipes/apt.ts'
import { defineRecipe } from '#agent/images/recipes/recipe.ts'

/** The installer of every project (docs/decisions/0079); the generated command lines hold for these. */
const UV = 'uv>=0.11,<0.14'

/** What Debian splits off from the standard library, and older packages still import. */
const SPLIT_OFF: Record<string, readonly string[]> = {
  '3.11': ['python3-distutils'],
  '3.9': ['python3-distutils'],
}

/** What no suite has: of the official image, on the Debian it was made for. */
const FROM_REGISTRY: readonly string[] = ['3.14', '3.12']

/** What the official image's Python is linked against. */
const LIBRARIES = [
  'libbz2-1.0',
  'libdb5.3t64',
  'libexpat1',
  'libffi8',
  'liblzma5',
  'libncursesw6',
  'libreadline8t64',
  'libsqlite3-0',
  'libssl3t64',
  'libuuid1',
  'zlib1g',
]

/** For the packages that come without a wheel most often; less common ones are found by the stack. */
const HEADERS = ['libpq-dev', 'libmariadb-dev', 'libffi-dev', 'libssl-dev']

/** There beforehand, and the app's own: copying the source into it is then the last step of a build. */
const APP_FOLDER = 'install -d -o 1000 -g 1000 /srv/app'

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
    ...FROM_REGISTRY.map((version) => ({ version, suite: 'trixie', needsRegistry: true }) as const),
  ],
  seconds: 40,
  official: (version, suite) =>
    FROM_REGISTRY.includes(version) ? `python:${version}-slim-${suite}` : null,
  dockerfile: ({ version, base, official }) =>
    [
      ...(official === null ? [] : [`FROM ${official} AS official`, '']),
      `FROM ${base} AS runtime`,
      ...(official === null
        ? [
            installPackages(['python3', 'tzdata', 'media-types', ...(SPLIT_OFF[version] ?? [])]),
            `RUN ${addUser('app')} && ${APP_FOLDER} && ln -s python3 /usr/bin/python && python --version`,
          ]
        : [
            installPackages(['tzdata', 'media-types', ...LIBRARIES]),
            'COPY --from=official /usr/local /usr/local',
            `RUN ldconfig && ${addUser('app')} && ${APP_FOLDER} && python --version`,
          ]),
      'CMD ["python3"]',
      '',
      'FROM runtime AS build',
      installPackages([
        ...(official === null ? ['python3-dev', 'python3-venv'] : []),
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
