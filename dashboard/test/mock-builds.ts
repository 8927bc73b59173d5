import type { BuildPlan, Ejected, ReleaseBuild, StackChoice } from '@vastrox/shared/build-plan.ts'
import { DEFAULT_BUILD_SETTINGS } from '@vastrox/shared/build-settings.ts'
import type { AppImage } from '@vastrox/shared/image-source.ts'
import type { Starter } from '@vastrox/shared/starter.ts'

export const STACKS: StackChoice[] = [
  { name: 'php', title: 'PHP' },
  { name: 'python', title: 'Python' },
  { name: 'node', title: 'Node.js' },
]

const TOLD = {
  because: 'package.json',
  summary: [
    'Node.js 26 (engines.node in package.json is >=20)',
    'npm ci (package-lock.json)',
    'web: node server.js (scripts.start in package.json)',
  ],
  notes: ['app.json: buildpacks are not used: the stack is detected'],
  alternatives: ['Set version to 24 to stay on the release before.'],
  rootDirectory: null,
  documentRoot: null,
  processes: { web: 'node server.js' },
  releaseCommand: null,
}

export const RELEASE_BUILD: ReleaseBuild = {
  ...TOLD,
  stack: 'node',
  dockerfile: 'FROM vastrox/node:26\nCOPY --chown=1000:1000 . /srv/app\nCMD ["node","server.js"]\n',
  image: null,
  canEject: true,
  durationMs: 2_900,
  createdAt: '2026-11-22T12:00:00.000Z',
}

export const BUILD_PLAN: BuildPlan = {
  ...TOLD,
  stack: 'node',
  title: 'Node.js',
  settings: DEFAULT_BUILD_SETTINGS,
  said: {},
  dockerfile: RELEASE_BUILD.dockerfile,
  files: {},
  missingEnv: [],
  deployment: 13,
  commit: null,
}

export const EJECTED: Ejected = {
  files: { Dockerfile: RELEASE_BUILD.dockerfile, '.dockerignore': '**/node_modules\n' },
  notes: ['Commit these files, then push: the Dockerfile is built in place of a generated one.'],
}

export const STARTERS: Starter[] = [
  {
    name: 'node-express',
    title: 'Express',
    stack: 'Node.js',
    description: 'A small Express 5 app.',
  },
  { name: 'php-plain', title: 'Plain PHP', stack: 'PHP', description: 'A front controller.' },
]

export const APP_IMAGE: AppImage = {
  reference: 'registry.example/team/shop:stable',
  digest: `sha256:${'4f'.repeat(32)}`,
  follows: false,
  checkedAt: '2026-11-22T12:00:00.000Z',
  nextCheckAt: null,
  problem: null,
}
