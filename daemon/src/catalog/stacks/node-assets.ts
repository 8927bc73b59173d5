import type { StackImage } from '@vastrox/shared/agent-api.ts'
import { type SourceTree, type Wishes, whereSaid } from '#ports/stack.ts'
import {
  CA_MOUNT,
  exportSecrets,
  runOurs,
  runShell,
  secretMounts,
  secretsDigest,
} from './build-steps.ts'
import { planInstallation } from './node-install.ts'
import { choosePackageManager, type PackageManager } from './node-packages.ts'
import { projectAlone } from './node-project.ts'
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
const NODE_TOOL = /(?:^|[\s;&|(])(?:npm|npx|pnpm|yarn|node|vite|webpack)(?=\s|$)/

const CA_ENV = 'NODE_EXTRA_CA_CERTS=/run/vastrox/ca.pem'
const FOLDER = '/srv/app'

/** A build command of the user's that needs Node.js builds the assets, another one the app. */
export const buildsAssets = ({ buildCommand }: Wishes): boolean =>
  buildCommand !== null && NODE_TOOL.test(buildCommand)

/** undefined where package.json has nothing to build. */
export function chooseAssets(tree: SourceTree, wishes: Wishes): Assets | undefined {
  const project = projectAlone(tree)
  const { manifest } = project
  if (!manifest) return undefined
  const script = SCRIPTS.find((name) => manifest.scripts[name] !== undefined)
  const own = buildsAssets(wishes) ? wishes.buildCommand : null
  if (own === null && script === undefined) return undefined
  const manager = choosePackageManager(tree, manifest)
  // The version in the settings is PHP's.
  const node = chooseNodeVersion({ ...wishes, version: null }, [{ tree, manifest }])
  const installation = planInstallation(project)
  const command = own ?? `${manager.run} ${script}`
  const where = own === null ? `scripts.${script}` : whereSaid(wishes, 'buildCommand')
  return {
    image: { stack: 'node', version: node.major },
    manager,
    command,
    needsWholeSource:
      installation.whole !== undefined ||
      installation.dropped.size > 0 ||
      project.workspace !== undefined,
    secretKeys: wishes.buildEnvKeys,
    because: [
      `assets: ${command} (${where}) with Node.js ${node.major} (${node.because}), which is not in the image`,
      `assets: ${manager.because}`,
    ],
  }
}

/**
 * The stages that end with `assets`, whose app folder has what was built and no packages. `packages`
 * is the stage that Composer filled, and whether all of the source is in it; null where there is none.
 */
export function assetStages(
  assets: Assets,
  packages: { stage: string; isWhole: boolean } | null,
): string[] {
  const { manager, command, needsWholeSource } = assets
  const variables = Object.entries({ CI: 'true', HUSKY: '0', ...manager.env })
  const cache = `--mount=type=cache,id=${manager.cache.id},target=${manager.cache.target}`
  const install = manager.install('all')
  const source = [
    ...(packages?.isWhole ? [`COPY --from=${packages.stage} ${FOLDER} ${FOLDER}`] : ['COPY . .']),
    ...(packages && !packages.isWhole
      ? [`COPY --from=${packages.stage} ${FOLDER}/vendor ${FOLDER}/vendor`]
      : []),
  ]
  return [
    `FROM @BUILD:node:${assets.image.version}@ AS node-tools`,
    `WORKDIR ${FOLDER}`,
    `ENV ${variables.map(([key, value]) => `${key}=${value}`).join(' ')} PATH=${FOLDER}/node_modules/.bin:$PATH`,
    ...(manager.setUp === null
      ? []
      : [`RUN --mount=type=cache,id=npm,target=/root/.npm ${CA_MOUNT} ${CA_ENV} ${manager.setUp}`]),
    '',
    ...(needsWholeSource
      ? [
          'FROM node-tools AS assets',
          ...source,
          ...ours(assets, [cache], install),
          ...step(assets, [], `${command} && rm -rf node_modules`),
        ]
      : [
          'FROM node-tools AS node-modules',
          ...copyFiles(manager),
          ...ours(assets, [cache], `${install} && mkdir -p node_modules`),
          '',
          'FROM node-tools AS assets',
          ...source,
          ...step(
            assets,
            [
              `--mount=type=bind,from=node-modules,source=${FOLDER}/node_modules,target=${FOLDER}/node_modules,rw`,
            ],
            command,
          ),
        ]),
    '',
  ]
}

const ours = ({ secretKeys }: Assets, mounts: readonly string[], command: string): string[] => [
  ...secretsDigest(secretKeys),
  runOurs([...mounts, CA_MOUNT], { env: CA_ENV, secretKeys }, command),
]

/** A script of the project's, or a command of the user's. */
const step = ({ secretKeys }: Assets, mounts: readonly string[], command: string): string[] => [
  ...secretsDigest(secretKeys),
  runShell(
    [...mounts, CA_MOUNT, ...secretMounts(secretKeys)],
    `${exportSecrets(secretKeys)}export ${CA_ENV}; ${command}`,
  ),
]

/** One COPY puts all its files into one folder, so those of other folders are copied by themselves. */
const copyFiles = ({ files, folders }: PackageManager): string[] => [
  `COPY ${files.filter((file) => !file.includes('/')).join(' ')} ./`,
  ...[...files.filter((file) => file.includes('/')), ...folders].map(
    (path) => `COPY ${path} ${path}`,
  ),
]
