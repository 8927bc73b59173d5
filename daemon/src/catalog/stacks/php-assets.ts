import type { StackImage } from '@vastrox/shared/agent-api.ts'
import { type SourceTree, type Wishes, whereSaid } from '#ports/stack.ts'
import { secretMounts, withSecrets } from './build-secrets.ts'
import { type Manifest, readManifest } from './node-manifest.ts'
import { choosePackageManager, type PackageManager } from './node-packages.ts'
import { chooseNodeVersion } from './node-version.ts'

/** Styles and scripts that a project builds with Node.js, for the browser alone. */
export interface Assets {
  image: StackImage
  manager: PackageManager
  command: string
  /** Packages come from Composer's folder, or look at more than the files that name them. */
  needsWholeSource: boolean
  secretKeys: readonly string[]
  because: string[]
}

const SCRIPTS = ['heroku-postbuild', 'build', 'production', 'prod']
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare']
const NODE_TOOL = /(?:^|[\s;&|(])(?:npm|npx|pnpm|yarn|node|vite|webpack)(?=\s|$)/

const CA = '--mount=type=secret,id=vastrox-ca,target=/run/vastrox/ca.pem'
const WITH_CA = 'NODE_EXTRA_CA_CERTS=/run/vastrox/ca.pem'
const FOLDER = '/srv/app'

/** A build command of the user's that needs Node.js builds the assets, another one the app. */
export const buildsAssets = ({ buildCommand }: Wishes): boolean =>
  buildCommand !== null && NODE_TOOL.test(buildCommand)

/** undefined where package.json has nothing to build. */
export function chooseAssets(tree: SourceTree, wishes: Wishes): Assets | undefined {
  const manifest = readManifest(tree)
  if (!manifest) return undefined
  const script = SCRIPTS.find((name) => manifest.scripts[name] !== undefined)
  const own = buildsAssets(wishes) ? wishes.buildCommand : null
  if (own === null && script === undefined) return undefined
  const manager = choosePackageManager(tree, manifest)
  const { major, because } = chooseNodeVersion(tree, manifest)
  const command = own ?? `${manager.run} ${script}`
  const where = own === null ? `scripts.${script}` : whereSaid(wishes, 'buildCommand')
  return {
    image: { stack: 'node', version: major },
    manager,
    command,
    needsWholeSource: looksAtMore(manifest),
    secretKeys: wishes.buildEnvKeys,
    because: [
      `assets: ${command} (${where}) with Node.js ${major} (${because}), which is not in the image`,
      `assets: ${manager.because}`,
    ],
  }
}

function looksAtMore({ scripts, workspaces, ...manifest }: Manifest): boolean {
  const wanted = Object.values({ ...manifest.dependencies, ...manifest.devDependencies })
  return (
    workspaces !== undefined ||
    INSTALL_SCRIPTS.some((name) => scripts[name] !== undefined) ||
    wanted.some((one) => /^(?:file|link|portal|workspace|patch):|^\.{0,2}\//.test(one))
  )
}

/**
 * The stages that end with `assets`, whose app folder has what was built and no packages. `packages`
 * is the stage that Composer filled, and whether all of the source is in it; null where there is none.
 */
export function assetStages(
  assets: Assets,
  packages: { stage: string; isWhole: boolean } | null,
): string[] {
  const { manager, command, needsWholeSource, secretKeys } = assets
  const variables = Object.entries({ CI: 'true', HUSKY: '0', ...manager.env })
  const install = `RUN --mount=type=cache,id=${manager.cache.id},target=${manager.cache.target} ${CA} ${WITH_CA} ${manager.install('all')}`
  const source = [
    ...(packages?.isWhole ? [`COPY --from=${packages.stage} ${FOLDER} ${FOLDER}`] : ['COPY . .']),
    ...(packages && !packages.isWhole
      ? [`COPY --from=${packages.stage} ${FOLDER}/vendor ${FOLDER}/vendor`]
      : []),
  ]
  const run = (mounts: readonly string[]): string =>
    [
      'RUN',
      ...mounts,
      CA,
      ...secretMounts(secretKeys),
      withSecrets(secretKeys, `${WITH_CA} ${command}`),
    ].join(' ')
  return [
    `FROM @BUILD:node:${assets.image.version}@ AS node-tools`,
    `WORKDIR ${FOLDER}`,
    `ENV ${variables.map(([key, value]) => `${key}=${value}`).join(' ')} PATH=${FOLDER}/node_modules/.bin:$PATH`,
    ...(manager.setUp === null
      ? []
      : [`RUN --mount=type=cache,id=npm,target=/root/.npm ${CA} ${WITH_CA} ${manager.setUp}`]),
    '',
    ...(needsWholeSource
      ? ['FROM node-tools AS assets', ...source, install, `${run([])} && rm -rf node_modules`]
      : [
          'FROM node-tools AS node-modules',
          ...copyFiles(manager.files),
          `${install} && mkdir -p node_modules`,
          '',
          'FROM node-tools AS assets',
          ...source,
          run([
            `--mount=type=bind,from=node-modules,source=${FOLDER}/node_modules,target=${FOLDER}/node_modules,rw`,
          ]),
        ]),
    '',
  ]
}

/** One COPY puts all its files into one folder, so those of other folders are copied by themselves. */
const copyFiles = (files: readonly string[]): string[] => [
  `COPY ${files.filter((file) => !file.includes('/')).join(' ')} ./`,
  ...files.filter((file) => file.includes('/')).map((file) => `COPY ${file} ${file}`),
]
