import { z } from 'zod'
import { configText, folderBelow, textOption, withoutComments } from './node-config-text.ts'
import type { Framework, Outcome } from './node-framework.ts'
import { has, majorOf, type Project } from './node-project.ts'

/** Tools of before Node.js 17 ask for a digest that OpenSSL 3 gives only when it is told to. */
const LEGACY_DIGESTS = { NODE_OPTIONS: '--openssl-legacy-provider' }
const isOld = (project: Project, name: string, last: number): boolean =>
  (majorOf(project.packages[name]) ?? Number.POSITIVE_INFINITY) <= last

/** The value of `--out-dir x` or `--out-dir=x` in a command. */
const flag = (command: string, names: readonly string[]): string | undefined =>
  new RegExp(`(?:^|\\s)(?:${names.join('|')})(?:=|\\s{1,9})["']?([\\w@./-]{1,200})`).exec(
    command,
  )?.[1]

const site = (folders: readonly (string | undefined)[], fallback: string | null): Outcome => ({
  kind: 'site',
  folders: [...new Set(folders.filter((folder) => folder !== undefined))],
  fallback,
})

const INDEX = '/index.html'

export const viteSite: Framework = {
  title: 'Vite',
  uses: (project) => has(project, 'vite') || has(project, 'rolldown-vite'),
  build: 'vite build',
  caches: ['node_modules/.vite'],
  publicEnv: ['VITE_'],
  outcome({ tree }, build) {
    const config = configText(tree, 'vite.config')
    const root = folderBelow('', textOption(config, 'root')) ?? ''
    const said = flag(build, ['--outDir']) ?? textOption(config, 'outDir')
    const pages = [...tree.paths].filter(
      (path) =>
        path.endsWith('.html') && !path.slice(root === '' ? 0 : root.length + 1).includes('/'),
    )
    // A library has no page.
    if (pages.length === 0 && !/\bvite build\b/.test(build)) return undefined
    if (/\blib\s{0,9}:\s{0,9}\{/.test(config)) return undefined
    const isSinglePage = textOption(config, 'appType') !== 'mpa' && pages.length <= 1
    return site([folderBelow(root, said), folderBelow(root, 'dist')], isSinglePage ? INDEX : null)
  },
}

const AngularTarget = z.looseObject({
  builder: z.string().optional(),
  options: z
    .looseObject({
      outputPath: z.unknown().optional(),
      outputMode: z.unknown().optional(),
      ssr: z.unknown().optional(),
    })
    .optional(),
})
const AngularFile = z.object({
  defaultProject: z.string().optional(),
  projects: z.record(
    z.string(),
    z.looseObject({
      projectType: z.string().optional(),
      architect: z.looseObject({ build: AngularTarget.optional() }).optional(),
    }),
  ),
})

export const angular: Framework = {
  title: 'Angular',
  uses: (project) => project.tree.paths.has('angular.json') && has(project, '@angular/core'),
  build: 'ng build',
  caches: ['.angular/cache'],
  buildEnv: () => ({ NG_CLI_ANALYTICS: 'false' }),
  publicEnv: ['NG_APP_'],
  outcome({ tree, manifest }, build) {
    const parsed = angularFile(tree.read('angular.json') ?? '')
    const names = Object.keys(parsed?.projects ?? {})
    const named = /\bng build (?:--project[= ])?([\w@/-]{1,100})/.exec(build)?.[1]
    const isApp = (name: string): boolean => parsed?.projects[name]?.projectType !== 'library'
    const name = [named, parsed?.defaultProject, names.find(isApp)].find(
      (one) => one !== undefined && names.includes(one),
    )
    if (name === undefined) return site(['dist'], INDEX)
    const options = parsed?.projects[name]?.architect?.build?.options
    const written = options?.outputPath
    const { base, browser } = outputPath(written, name)
    const said = flag(build, ['--output-path'])
    const out = folderBelow('', said ?? base) ?? `dist/${name}`
    const serve = Object.keys(manifest?.scripts ?? {}).find((one) => one.startsWith('serve:ssr'))
    if (options?.ssr && options.outputMode !== 'static')
      return serve === undefined
        ? {
            kind: 'server',
            command: `node ${out}/server/server.mjs`,
            where: 'ssr in angular.json',
            replaces: /^ng\b/,
          }
        : {
            kind: 'server',
            command: `npm run ${serve}`,
            where: `scripts.${serve} in package.json`,
            replaces: /^ng\b/,
          }
    return site([folderBelow(out, browser), out], INDEX)
  },
}

function outputPath(written: unknown, name: string): { base: string; browser: string } {
  if (typeof written === 'string') return { base: written, browser: 'browser' }
  const { base, browser } = z
    .object({ base: z.string(), browser: z.string().catch('browser') })
    .catch({ base: `dist/${name}`, browser: 'browser' })
    .parse(written)
  return { base, browser }
}

function angularFile(text: string): z.infer<typeof AngularFile> | undefined {
  try {
    return AngularFile.safeParse(JSON.parse(withoutComments(text))).data
  } catch {
    return undefined
  }
}

export const gatsby: Framework = {
  title: 'Gatsby',
  uses: (project) => has(project, 'gatsby'),
  build: 'gatsby build',
  buildEnv: () => ({ GATSBY_TELEMETRY_DISABLED: '1' }),
  publicEnv: ['GATSBY_'],
  outcome: () => site(['public'], null),
}

export const expo: Framework = {
  title: 'Expo for the web',
  uses: (project) => has(project, 'expo') && has(project, 'react-native-web'),
  build: 'expo export --platform web',
  buildEnv: () => ({ EXPO_NO_TELEMETRY: '1' }),
  publicEnv: ['EXPO_PUBLIC_'],
  outcome: (_project, build) =>
    site([folderBelow('', flag(build, ['--output-dir'])), 'dist', 'web-build'], INDEX),
}

/** `vitepress build docs`: the folder that is named. */
const documents = (build: string, tool: string): string =>
  folderBelow('', new RegExp(`\\b${tool} build ([\\w./-]{1,100})`).exec(build)?.[1]) ?? ''

export const plainSites: readonly Framework[] = [
  {
    title: 'Create React App',
    uses: (project) => has(project, 'react-scripts'),
    build: 'react-scripts build',
    // With CI set, every warning of its linter ends the build.
    buildEnv: (project) => ({
      CI: 'false',
      ...(isOld(project, 'react-scripts', 4) ? LEGACY_DIGESTS : {}),
    }),
    publicEnv: ['REACT_APP_'],
    outcome: (_project, build) =>
      site(
        [folderBelow('', /\bBUILD_PATH=["']?([\w./-]{1,100})/.exec(build)?.[1]), 'build'],
        INDEX,
      ),
  },
  {
    title: 'Vue CLI',
    uses: (project) => has(project, '@vue/cli-service'),
    build: 'vue-cli-service build',
    buildEnv: (project) => (isOld(project, '@vue/cli-service', 4) ? LEGACY_DIGESTS : {}),
    publicEnv: ['VUE_APP_'],
    outcome: ({ tree }, build) =>
      site(
        [
          folderBelow(
            '',
            flag(build, ['--dest']) ?? textOption(configText(tree, 'vue.config'), 'outputDir'),
          ),
          'dist',
        ],
        INDEX,
      ),
  },
  {
    title: 'Docusaurus',
    uses: (project) => has(project, '@docusaurus/core'),
    build: 'docusaurus build',
    caches: ['.docusaurus'],
    outcome: (_project, build) =>
      site([folderBelow('', flag(build, ['--out-dir'])), 'build'], null),
  },
  {
    title: 'VitePress',
    uses: (project) => has(project, 'vitepress'),
    build: 'vitepress build',
    publicEnv: ['VITE_'],
    outcome: (_project, build) =>
      site(
        [
          folderBelow('', flag(build, ['--outDir'])),
          folderBelow(documents(build, 'vitepress'), '.vitepress/dist'),
          'docs/.vitepress/dist',
        ],
        null,
      ),
  },
  {
    title: 'VuePress',
    uses: (project) => has(project, 'vuepress'),
    build: 'vuepress build',
    outcome: (_project, build) =>
      site(
        [
          folderBelow('', flag(build, ['--dest', '-d'])),
          folderBelow(documents(build, 'vuepress'), '.vuepress/dist'),
          'docs/.vuepress/dist',
        ],
        null,
      ),
  },
  {
    title: 'Eleventy',
    uses: (project) => has(project, '@11ty/eleventy'),
    build: 'eleventy',
    outcome: ({ tree }, build) => {
      const config = `${configText(tree, 'eleventy.config')}\n${withoutComments(tree.read('.eleventy.js') ?? '')}`
      return site(
        [folderBelow('', flag(build, ['--output']) ?? textOption(config, 'output')), '_site'],
        null,
      )
    },
  },
  {
    title: 'Hexo',
    uses: (project) => has(project, 'hexo'),
    build: 'hexo generate',
    outcome: () => site(['public'], null),
  },
  {
    title: 'Ember',
    uses: (project) => has(project, 'ember-cli'),
    build: 'ember build --environment=production',
    outcome: () => site(['dist'], INDEX),
  },
  {
    title: 'Parcel',
    uses: (project) => has(project, 'parcel') || has(project, 'parcel-bundler'),
    caches: ['.parcel-cache'],
    outcome: (_project, build) =>
      site([folderBelow('', flag(build, ['--dist-dir', '-d'])), 'dist'], INDEX),
  },
]
