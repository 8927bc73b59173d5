import type { StackImage } from '@vastrox/shared/agent-api.ts'
import { addUser, CA, installPackages } from '#agent/images/recipes/apt.ts'
import {
  defineRecipe,
  type OfferedVersion,
  type RecipeContext,
} from '#agent/images/recipes/recipe.ts'

const MAJORS = ['26', '24', '22', '20', '18']

const NPM =
  'NODE_EXTRA_CA_CERTS=/run/vastrox/ca.pem npm --no-audit --no-fund --no-update-notifier --loglevel=error'

const PNPM = 'pnpm@12'
const YARN = 'yarn@1'

/** The npm that still runs on Node 18; later ones get the one in the installation. */
const NPM_FOR_18 = 'npm@10'

const majorOf = (version: string): string => version.split('.')[0] ?? ''

const isInstalled = ({ version, installedNode }: RecipeContext): boolean =>
  version === installedNode || version === majorOf(installedNode)

/** Has an npm, and so fetches the others. */
const fetcherOf = ({ installedNode }: RecipeContext): StackImage => ({
  stack: 'node',
  version: majorOf(installedNode),
})

/**
 * Runtime image (Node, npm, no compiler) and build image (with compilers, git, pnpm and yarn) of one
 * Node version. The two grow side by side from the base, so that BuildKit installs compilers while it
 * fetches Node.
 */
export const node = defineRecipe({
  stack: 'node',
  title: 'Node.js',
  versions: MAJORS.flatMap((version): OfferedVersion[] => [
    { version, suite: 'trixie' },
    { version, suite: 'bookworm' },
  ]),
  exactVersions: true,
  seconds: 30,
  official: (version, suite) => `node:${version}-${suite}-slim`,
  takesInstalledNode: (context) => context.official === null && isInstalled(context),
  needs: (context) =>
    context.official !== null || isInstalled(context) ? undefined : fetcherOf(context),

  dockerfile: (context) =>
    [
      ...fetchStage(context),
      `FROM ${context.base} AS tools`,
      installPackages(['python3', 'make', 'g++', 'git', 'openssh-client']),
      '',
      'FROM tools AS strip',
      'COPY --from=fetch /fetched/node /node',
      'RUN strip --strip-all /node && chmod 0755 /node',
      '',
      `FROM ${context.base} AS runtime`,
      ...withNode('--from=strip /node'),
      '',
      'FROM tools AS build',
      ...withNode('--from=fetch --chmod=0755 /fetched/node'),
      `RUN ${CA} ${NPM} install --global ${PNPM} ${YARN} && pnpm --version && yarn --version && rm -rf /root/.npm`,
      headers(context),
      'ENV npm_config_nodedir=/usr/local',
      '',
    ].join('\n'),
})

/** npm starts these by their names to compile native modules; the installation's copy has no mode. */
const NODE_GYP = ['@npmcli/run-script/lib/node-gyp-bin/node-gyp', 'node-gyp/bin/node-gyp.js'].map(
  (path) => `/usr/local/lib/node_modules/npm/node_modules/${path}`,
)

const withNode = (source: string): string[] => [
  `COPY ${source} /usr/local/bin/node`,
  'COPY --from=fetch /fetched/npm /usr/local/lib/node_modules/npm',
  'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm' +
    ' && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx' +
    ` && chmod 0755 ${NODE_GYP.join(' ')}` +
    ` && ${addUser('node')}` +
    ' && node --version && npm --version',
  'CMD ["node"]',
]

/**
 * What native modules are compiled against, from the package that Node itself comes from: node-gyp
 * would fetch it from elsewhere, at every build. OpenSSL's files for other processors are left out.
 * Where the package cannot be had, which a closed network may mean, node-gyp is left to itself.
 */
const headers = ({ architecture }: RecipeContext): string =>
  `RUN ${CA} cd /tmp && (${NPM} pack --silent node-linux-${architecture}@$(node --print process.versions.node)` +
  ' && tar -xzf node-linux-*.tgz --exclude=*/openssl/archs/[!l]* --exclude=*/openssl/archs/linux-[!ax]* package/include' +
  ' && cp -r package/include/node /usr/local/include/node || echo "no headers of Node.js could be fetched")' +
  ' && rm -rf node-linux-*.tgz package /root/.npm'

/** Ends with /fetched/node and /fetched/npm, whichever way they came. */
function fetchStage(context: RecipeContext): string[] {
  const { version, architecture, base, official, buildImageOf } = context
  if (official !== null)
    return [
      `FROM ${official} AS official`,
      '',
      `FROM ${base} AS fetch`,
      'COPY --from=official /usr/local/bin/node /fetched/node',
      'COPY --from=official /usr/local/lib/node_modules/npm /fetched/npm',
      '',
    ]
  if (isInstalled(context))
    return [`FROM ${base} AS fetch`, 'COPY node /fetched/node', 'COPY npm /fetched/npm', '']
  const npm = majorOf(version) === '18' ? NPM_FOR_18 : undefined
  return [
    `FROM ${buildImageOf(fetcherOf(context))} AS fetch`,
    `RUN ${CA} mkdir /fetched && cd /tmp && ${NPM} pack --silent node-linux-${architecture}@${version}` +
      ' && tar -xzf node-linux-*.tgz package/bin/node && mv package/bin/node /fetched/node && rm -r node-linux-*.tgz package',
    npm === undefined
      ? 'RUN cp -r /usr/local/lib/node_modules/npm /fetched/npm'
      : `RUN ${CA} cd /tmp && ${NPM} pack --silent ${npm} && tar -xzf npm-*.tgz && mv package /fetched/npm && rm npm-*.tgz`,
    '',
  ]
}
