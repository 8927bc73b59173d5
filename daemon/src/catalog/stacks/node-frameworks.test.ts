import { describe, expect, it } from 'vitest'
import type { BuildPlan, Wishes } from '#ports/stack.ts'
import { type Files, planFile, planOf, planText, treeOf } from '#test/stacks/source-tree.ts'

const LOCK = { 'package-lock.json': '{}' }
const LOCK_OF_PNPM = { 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" }

const VITE = {
  'package.json': {
    scripts: { dev: 'vite', build: 'tsc -b && vite build', preview: 'vite preview' },
    dependencies: { react: '^19.0.0' },
    devDependencies: { vite: '^7.0.0', '@vitejs/plugin-react': '^5.0.0' },
  },
  ...LOCK,
  'index.html': '',
  'vite.config.ts': 'export default defineConfig({ plugins: [react()] })',
}

const withPackage = (packageJson: object, files: Files = {}): Files => ({
  'package.json': packageJson,
  ...LOCK,
  ...files,
})

const NEXT = {
  scripts: { dev: 'next dev', build: 'next build', start: 'next start' },
  dependencies: { next: '^16.0.0', react: '^19.0.0' },
}
const SVELTE = {
  scripts: { dev: 'vite dev', build: 'vite build', prepare: "svelte-kit sync || echo ''" },
  devDependencies: { '@sveltejs/kit': '^2.0.0', vite: '^7.0.0' },
}
const ASTRO = {
  scripts: { dev: 'astro dev', start: 'astro dev', build: 'astro check && astro build' },
  dependencies: { astro: '^5.0.0' },
}
const NUXT = {
  scripts: { build: 'nuxt build', dev: 'nuxt dev', postinstall: 'nuxt prepare' },
  dependencies: { nuxt: '^4.0.0' },
}
const ANGULAR = {
  scripts: { ng: 'ng', start: 'ng serve', build: 'ng build' },
  dependencies: { '@angular/core': '^20.0.0' },
  devDependencies: { '@angular/build': '^20.0.0', '@angular/cli': '^20.0.0' },
}
const angularFile = (options: object, builder = '@angular/build:application') =>
  `{
  // A comment, which this file may have.
  "projects": ${JSON.stringify({ shop: { projectType: 'application', architect: { build: { builder, options } } } })}
}`

const TREES: Record<string, [files: Files, said?: Partial<Wishes>]> = {
  'Vite and React': [{ ...VITE, 'public/_redirects': '/old /new\n' }],
  'Vite with folders of its own': [
    {
      ...VITE,
      'vite.config.ts': `export default defineConfig({
        root: path.resolve(__dirname, 'client'), // outDir: 'wrong'
        build: { outDir: '../public/app' },
      })`,
      'client/index.html': '',
    },
  ],
  'Vite with several pages': [{ ...VITE, 'admin.html': '' }],
  'variables that Vite puts into pages': [
    VITE,
    { envKeys: ['VITE_API', 'DATABASE_URL'], buildEnvKeys: ['NPM_TOKEN'] },
  ],
  'Create React App': [
    withPackage({
      scripts: { start: 'react-scripts start', build: 'react-scripts build' },
      dependencies: { react: '^19.0.0', 'react-scripts': '5.0.1' },
    }),
  ],
  'an old Create React App': [
    withPackage({
      scripts: { start: 'react-scripts start', build: 'BUILD_PATH=./out react-scripts build' },
      dependencies: { 'react-scripts': '^4.0.3' },
    }),
  ],
  Angular: [withPackage(ANGULAR, { 'angular.json': angularFile({}) })],
  'Angular with an output path': [
    withPackage(ANGULAR, {
      'angular.json': angularFile({ outputPath: { base: 'www', browser: '' } }),
    }),
  ],
  'Angular with a server': [
    withPackage(
      {
        ...ANGULAR,
        scripts: { ...ANGULAR.scripts, 'serve:ssr:shop': 'node dist/shop/server/server.mjs' },
      },
      { 'angular.json': angularFile({ outputMode: 'server', ssr: { entry: 'src/server.ts' } }) },
    ),
  ],
  'Vue CLI': [
    withPackage(
      {
        scripts: { serve: 'vue-cli-service serve', build: 'vue-cli-service build' },
        devDependencies: { '@vue/cli-service': '~5.0.0' },
      },
      { 'vue.config.js': "module.exports = { outputDir: 'public-html' }" },
    ),
  ],
  'Astro, static': [withPackage(ASTRO, { 'astro.config.mjs': 'export default defineConfig({})' })],
  'Astro with a server': [
    withPackage(
      { ...ASTRO, dependencies: { ...ASTRO.dependencies, '@astrojs/node': '^9.0.0' } },
      {
        'astro.config.mjs':
          "import node from '@astrojs/node'\nexport default defineConfig({ output: 'server', adapter: node({ mode: 'standalone' }) })",
      },
    ),
  ],
  'Next.js with an export': [
    withPackage(NEXT, { 'next.config.mjs': "export default { output: 'export' }" }),
  ],
  'Next.js, standalone': [
    withPackage(NEXT, {
      'next.config.ts': "const config: NextConfig = {\n  output: 'standalone',\n}",
      'public/robots.txt': '',
    }),
  ],
  'Next.js, standalone, with a worker': [
    withPackage(NEXT, {
      'next.config.ts': "export default { output: 'standalone' }",
      Procfile: 'worker: node worker.js\n',
    }),
  ],
  Nuxt: [withPackage(NUXT, { 'nuxt.config.ts': '' })],
  'Nuxt, generated': [
    withPackage(
      { ...NUXT, scripts: { ...NUXT.scripts, build: 'nuxt generate' } },
      { 'nuxt.config.ts': 'export default defineNuxtConfig({ ssr: false })' },
    ),
  ],
  'SvelteKit that does not say where it runs': [
    withPackage(
      {
        ...SVELTE,
        devDependencies: { ...SVELTE.devDependencies, '@sveltejs/adapter-auto': '^7.0.0' },
      },
      { 'svelte.config.js': "import adapter from '@sveltejs/adapter-auto'" },
    ),
  ],
  'SvelteKit for Node.js': [
    withPackage(
      {
        ...SVELTE,
        devDependencies: { ...SVELTE.devDependencies, '@sveltejs/adapter-node': '^5.0.0' },
      },
      {
        'svelte.config.js':
          "import adapter from '@sveltejs/adapter-node'\nexport default { kit: { adapter: adapter({ out: 'server' }) } }",
      },
    ),
  ],
  'SvelteKit, static': [
    withPackage(
      {
        ...SVELTE,
        devDependencies: { ...SVELTE.devDependencies, '@sveltejs/adapter-static': '^3.0.0' },
      },
      {
        'svelte.config.js':
          "import adapter from '@sveltejs/adapter-static'\nexport default { kit: { adapter: adapter({ fallback: '200.html' }) } }",
      },
    ),
  ],
  'React Router': [
    withPackage({
      scripts: {
        build: 'react-router build',
        dev: 'react-router dev',
        start: 'react-router-serve ./build/server/index.js',
      },
      dependencies: { '@react-router/serve': '^7.0.0' },
      devDependencies: { '@react-router/dev': '^7.0.0', vite: '^7.0.0' },
    }),
  ],
  'React Router without a server': [
    withPackage(
      {
        scripts: { build: 'react-router build', dev: 'react-router dev' },
        devDependencies: { '@react-router/dev': '^7.0.0', vite: '^7.0.0' },
      },
      { 'react-router.config.ts': 'export default { ssr: false } satisfies Config' },
    ),
  ],
  Remix: [
    withPackage(
      {
        scripts: { build: 'remix vite:build', dev: 'remix vite:dev' },
        dependencies: { '@remix-run/serve': '^2.0.0' },
        devDependencies: { '@remix-run/dev': '^2.0.0', vite: '^6.0.0' },
      },
      { 'vite.config.ts': "import { vitePlugin as remix } from '@remix-run/dev'" },
    ),
  ],
  'TanStack Start': [
    withPackage({
      scripts: { dev: 'vite dev', build: 'vite build' },
      dependencies: { '@tanstack/react-start': '^1.0.0', nitro: '^3.0.0' },
      devDependencies: { vite: '^7.0.0' },
    }),
  ],
  NestJS: [
    withPackage({
      scripts: { build: 'nest build', start: 'nest start', 'start:prod': 'node dist/main' },
      dependencies: { '@nestjs/core': '^11.0.0' },
      devDependencies: { '@nestjs/cli': '^11.0.0' },
    }),
  ],
  Fastify: [
    withPackage({
      scripts: { start: 'fastify start app.js' },
      dependencies: { fastify: '^5.0.0' },
    }),
  ],
  Hono: [
    withPackage(
      { main: 'server.js', dependencies: { '@hono/node-server': '^1.0.0' } },
      { 'server.js': '' },
    ),
  ],
  'Express that serves what Vite builds': [
    withPackage(
      {
        scripts: { build: 'vite build', start: 'node server.js' },
        dependencies: { express: '^5.0.0' },
        devDependencies: { vite: '^7.0.0' },
      },
      { 'index.html': '', 'server.js': '' },
    ),
  ],
  Docusaurus: [
    withPackage({
      scripts: { start: 'docusaurus start', build: 'docusaurus build' },
      dependencies: { '@docusaurus/core': '^3.0.0' },
    }),
  ],
  VitePress: [
    withPackage({
      scripts: { 'docs:dev': 'vitepress dev manual', 'docs:build': 'vitepress build manual' },
      devDependencies: { vitepress: '^1.0.0' },
    }),
  ],
  Gatsby: [
    withPackage({
      scripts: { start: 'gatsby develop', build: 'gatsby build' },
      dependencies: { gatsby: '^5.0.0' },
    }),
  ],
  Eleventy: [
    withPackage(
      { devDependencies: { '@11ty/eleventy': '^3.0.0' } },
      { 'eleventy.config.js': "export const config = { dir: { input: 'pages', output: 'web' } }" },
    ),
  ],
  'webpack by hand': [
    withPackage(
      {
        scripts: { build: 'webpack', start: 'webpack serve' },
        devDependencies: { webpack: '^5.0.0' },
      },
      { 'src/index.html': '' },
    ),
  ],
  'a folder for the site in the settings': [
    withPackage({ scripts: { build: 'node make.js', start: 'node serve.js' } }),
    { outputDirectory: 'site' },
  ],
  'everything in the settings': [
    withPackage(NEXT),
    {
      version: '22',
      buildCommand: 'npm run build && node after.js # "quoted" \\',
      startCommand: 'node other.js',
      releaseCommand: 'node migrate.js',
      buildEnvKeys: ['NPM_TOKEN'],
    },
  ],
  'bun.lock alone': [
    {
      'package.json': { scripts: { start: 'node a.js' }, dependencies: { a: '1' } },
      'bun.lock': '',
    },
  ],
  'a package manager in engines': [
    {
      'package.json': {
        scripts: { start: 'node a.js' },
        dependencies: { a: '1' },
        engines: { pnpm: '>=9 <11' },
      },
    },
  ],
  'packages that work with the system': [
    withPackage({
      scripts: { start: 'node a.js' },
      dependencies: {
        puppeteer: '^24.0.0',
        canvas: '^3.0.0',
        bcrypt: '^6.0.0',
        'fluent-ffmpeg': '^2.0.0',
      },
    }),
  ],
  'patched packages': [
    withPackage(
      {
        scripts: { start: 'node dist/a.js', build: 'tsc', postinstall: 'patch-package' },
        dependencies: { a: '1' },
        devDependencies: { 'patch-package': '^8.0.0' },
      },
      { 'patches/a+1.0.0.patch': '' },
    ),
  ],
  'Prisma 7': [
    withPackage({
      scripts: { build: 'prisma generate && tsc', start: 'node dist/server.js' },
      dependencies: { '@prisma/client': '^7.0.0' },
      devDependencies: { prisma: '^7.0.0' },
    }),
  ],
}

describe('the plan for a framework', () => {
  it.each(Object.keys(TREES))('of %s', async (name) => {
    const [files, said] = TREES[name] ?? [{}]

    await expect(brief(planOf(files, said))).toMatchFileSnapshot(planFile('node', name))
  })
})

const MONOREPO: Files = {
  'package.json': { private: true, engines: { node: '24' } },
  'apps/web/package.json': {
    name: '@shop/web',
    scripts: { build: 'tsc', start: 'node dist/server.js' },
    dependencies: { '@shop/ui': 'workspace:*', fastify: '^5.0.0' },
    devDependencies: { typescript: '^5.0.0' },
  },
  'apps/site/package.json': {
    name: '@shop/site',
    scripts: { dev: 'vite', build: 'vite build' },
    dependencies: { '@shop/ui': 'workspace:*' },
    devDependencies: { vite: '^7.0.0' },
  },
  'apps/site/index.html': '',
  'packages/ui/package.json': {
    name: '@shop/ui',
    scripts: { build: 'tsc' },
    dependencies: { '@shop/base': 'workspace:*' },
  },
  'packages/base/package.json': { name: '@shop/base', scripts: { build: 'tsc' } },
  'packages/unused/package.json': {
    name: '@shop/unused',
    scripts: { build: 'tsc', prepare: 'husky' },
  },
}
const PNPM: Files = {
  ...MONOREPO,
  ...LOCK_OF_PNPM,
  'pnpm-workspace.yaml': "packages:\n  - 'apps/*' # apps\n  - packages/**\n  - '!**/fixtures/**'\n",
  'packages/ui/fixtures/package.json': '{ "name": "broken"',
}
const workspaces = { private: true, workspaces: { packages: ['apps/*', './packages/*'] } }

const WORKSPACES: Record<string, [files: Files, root: string | null, said?: Partial<Wishes>]> = {
  'a server in a pnpm workspace': [PNPM, 'apps/web'],
  'a site in a pnpm workspace': [PNPM, 'apps/site'],
  'a server in an npm workspace': [
    { ...MONOREPO, ...LOCK, 'package.json': workspaces },
    'apps/web',
  ],
  'a server in a yarn workspace': [
    {
      ...MONOREPO,
      'package.json': { ...workspaces, packageManager: 'yarn@4.9.1' },
      'yarn.lock': '',
      '.yarnrc.yml': '',
    },
    'apps/web',
  ],
  'a server in a workspace of yarn 1': [
    { ...MONOREPO, 'package.json': workspaces, 'yarn.lock': '' },
    'apps/web',
  ],
  'a workspace with turbo': [
    { ...PNPM, 'package.json': { devDependencies: { turbo: '^2.0.0' } }, 'turbo.json': '{}' },
    'apps/web',
  ],
  'a workspace with nx': [
    {
      ...MONOREPO,
      ...LOCK,
      'package.json': { ...workspaces, devDependencies: { nx: '^21.0.0' } },
      'nx.json': '{}',
    },
    'apps/web',
  ],
  'a workspace with commands in the settings': [
    PNPM,
    'apps/web',
    { buildCommand: 'pnpm run build', startCommand: 'node dist/other.js', version: '22' },
  ],
  'Next.js, standalone, in a workspace': [
    {
      ...PNPM,
      'apps/shop/package.json': { name: 'shop', ...NEXT },
      'apps/shop/next.config.ts': "export default { output: 'standalone' }",
    },
    'apps/shop',
  ],
  'the only app of a workspace': [
    Object.fromEntries(Object.entries(PNPM).filter(([path]) => !path.startsWith('apps/site/'))),
    null,
  ],
  'a directory that is no package of the workspace': [
    { ...PNPM, 'tools/bot/package.json': { scripts: { start: 'node bot.js' } } },
    'tools/bot',
  ],
  'a directory with a lockfile of its own': [
    { ...MONOREPO, 'package.json': workspaces, 'apps/web/package-lock.json': '{}' },
    'apps/web',
  ],
  'a package beside the root directory': [
    {
      'api/package.json': {
        scripts: { start: 'node a.js' },
        dependencies: { shared: 'file:../shared' },
      },
      'api/package-lock.json': '{}',
      'shared/package.json': { name: 'shared' },
    },
    'api',
  ],
}

describe('the plan for a part of a repository', () => {
  it.each(Object.keys(WORKSPACES))('of %s', async (name) => {
    const [files, root, said] = WORKSPACES[name] ?? [{}, null]

    await expect(brief(planIn(files, root, said))).toMatchFileSnapshot(planFile('node', name))
  })
})

const REFUSED: [what: string, plan: () => BuildPlan, reason: string][] = [
  [
    'a workspace with two apps',
    () => planIn(PNPM, null),
    'There is more than one app in this workspace. Set rootDirectory to one of apps/site, apps/web.',
  ],
  [
    'Astro with a server and no adapter',
    () => planOf(withPackage(ASTRO, { 'astro.config.mjs': "export default { output: 'server' }" })),
    'astro.config says output: server, which needs an adapter: add @astrojs/node.',
  ],
  [
    'SvelteKit for another platform',
    () =>
      planOf(
        withPackage(SVELTE, { 'svelte.config.js': "import a from '@sveltejs/adapter-vercel'" }),
      ),
    'The configuration of SvelteKit uses @sveltejs/adapter-vercel, which builds for another platform: use @sveltejs/adapter-node.',
  ],
  [
    'TanStack Start without a server',
    () =>
      planOf(
        withPackage({
          scripts: { build: 'vite build' },
          dependencies: { '@tanstack/react-start': '1' },
        }),
      ),
    'TanStack Start builds a request handler and no server: add the package nitro and its plugin to vite.config, or a "start" script.',
  ],
  [
    'a site with a worker beside it',
    () => planOf({ ...VITE, Procfile: 'worker: node worker.js\n' }),
    'The site is served by nginx alone, without Node.js for worker: give web a command that serves it, such as a server of its own.',
  ],
  [
    'a site with a release command',
    () => planOf(VITE, { releaseCommand: 'node migrate.js' }),
    'The site is served by nginx alone, without Node.js for release: give web a command that serves it, such as a server of its own.',
  ],
  [
    'a start by bun',
    () => planOf({ 'package.json': { scripts: { start: 'bun run a.ts' } }, 'bun.lock': '' }),
    'web is started by bun, which Vastrox does not have: add the package bun to dependencies, or use node.',
  ],
  [
    'a version that is not there',
    () => planOf(VITE, { version: '21' }),
    'settings: version 21; there is no such Node.js here. Vastrox has 26, 24, 22, 20, 18.',
  ],
]

describe('what cannot run is refused in words', () => {
  it.each(REFUSED)('%s', (_what, plan, reason) => {
    expect(plan).toThrow(expect.objectContaining({ details: { reason } }))
  })
})

function planIn(files: Files, root: string | null, said: Partial<Wishes> = {}): BuildPlan {
  if (root === null) return planOf(files, said)
  const below = Object.entries(files).flatMap(([path, content]) =>
    path.startsWith(`${root}/`) ? [[path.slice(root.length + 1), content] as const] : [],
  )
  return planOf(Object.fromEntries(below), {
    ...said,
    rootDirectory: root,
    repository: treeOf(files),
  })
}

/** What all sites have is compared in tests of its own. */
const brief = (plan: BuildPlan): string =>
  planText({ ...plan, ...(plan.files ? { files: {} } : {}) })
