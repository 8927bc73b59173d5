import { configText, folderBelow, textOption } from './node-config-text.ts'
import type { Framework, Outcome } from './node-framework.ts'
import { has, type Project } from './node-project.ts'

type Server = Extract<Outcome, { kind: 'server' }>

const server = (
  command: string,
  where: string,
  more: Pick<Server, 'slim' | 'replaces' | 'afterBuild'> = {},
): Server => ({ kind: 'server', command, where, ...more })

export const next: Framework = {
  title: 'Next.js',
  uses: (project) => has(project, 'next'),
  build: 'next build',
  caches: ['.next/cache'],
  buildEnv: () => ({ NEXT_TELEMETRY_DISABLED: '1' }),
  // Docker's own HOSTNAME would be the address of one container.
  env: { HOSTNAME: '0.0.0.0', NEXT_TELEMETRY_DISABLED: '1' },
  publicEnv: ['NEXT_PUBLIC_'],
  outcome: nextOutcome,
}

function nextOutcome({ tree, directory }: Project): Outcome {
  const config = configText(tree, 'next.config')
  const folder = folderBelow('', textOption(config, 'distDir')) ?? '.next'
  if (textOption(config, 'output') === 'export')
    return {
      kind: 'site',
      folders: [folder === '.next' ? 'out' : folder],
      fallback: null,
      replaces: /^next\b/,
    }
  if (textOption(config, 'output') !== 'standalone')
    return server('next start', 'next in package.json', { replaces: /^next(?: dev)?$/ })
  const inside = `${folder}/standalone${directory === '' ? '' : `/${directory}`}`
  return server(`node ${inside}/server.js`, 'output: standalone in next.config', {
    replaces: /^next\b|standalone\/.{0,200}server\.js$/,
    slim: { from: `${folder}/standalone`, to: null, command: 'node server.js' },
    afterBuild: [
      `mkdir -p ${inside}/${folder}`,
      `cp -r ${folder}/static ${inside}/${folder}/`,
      `if [ -d public ]; then cp -r public ${inside}/; fi`,
    ].join(' && '),
  })
}

const OUTPUT: Server = {
  kind: 'server',
  command: 'node .output/server/index.mjs',
  where: 'its build makes .output',
  replaces: /^(?:nuxt|nuxi|nitro|vinxi)\b|^node (?:\.\/)?\.output\/server\/index\.mjs$/,
  slim: { from: '.output', to: '.output', command: 'node .output/server/index.mjs' },
}

export const nuxt: Framework = {
  title: 'Nuxt',
  uses: (project) => has(project, 'nuxt'),
  build: 'nuxt build',
  buildEnv: () => ({ NUXT_TELEMETRY_DISABLED: '1' }),
  env: { HOST: '0.0.0.0' },
  publicEnv: ['NUXT_PUBLIC_'],
  outcome({ tree }, build) {
    const config = configText(tree, 'nuxt.config')
    const isStatic =
      /\b(?:nuxt|nuxi) generate\b/.test(build) || textOption(config, 'preset') === 'static'
    if (!isStatic) return OUTPUT
    const fallback = /\bssr\s{0,9}:\s{0,9}false\b/.test(config) ? '/200.html' : null
    return { kind: 'site', folders: ['.output/public', 'dist'], fallback }
  },
}

/** SolidStart, and servers made of Nitro itself. */
export const nitro: Framework = {
  title: 'Nitro',
  uses: (project) => ['vinxi', 'nitropack', 'nitro'].some((name) => has(project, name)),
  env: { HOST: '0.0.0.0' },
  publicEnv: ['VITE_'],
  outcome: () => OUTPUT,
}

export const tanStackStart: Framework = {
  title: 'TanStack Start',
  uses: (project) => has(project, '@tanstack/react-start') || has(project, '@tanstack/solid-start'),
  build: 'vite build',
  env: { HOST: '0.0.0.0' },
  publicEnv: ['VITE_'],
  outcome(project) {
    const makers = ['nitro', 'nitropack', '@tanstack/nitro-v2-vite-plugin', 'vinxi']
    if (makers.some((name) => has(project, name))) return OUTPUT
    if (has(project, 'srvx'))
      return server('srvx --prod -s ../client dist/server/server.js', 'srvx in package.json')
    return {
      kind: 'refused',
      reason:
        'TanStack Start builds a request handler and no server: add the package nitro and its plugin to vite.config, or a "start" script.',
    }
  },
}

const ADAPTERS_ELSEWHERE =
  /@sveltejs\/adapter-(vercel|netlify|cloudflare(?:-workers)?)|@astrojs\/(vercel|netlify|cloudflare)/

export const svelteKit: Framework = {
  title: 'SvelteKit',
  uses: (project) => has(project, '@sveltejs/kit'),
  build: 'vite build',
  // adapter-auto then takes the adapter for Node.js, which is put beside it where it is not there.
  buildEnv: (project) => (needsAdapter(project) ? { GCP_BUILDPACKS: '1' } : {}),
  env: { HOST: '0.0.0.0', PROTOCOL_HEADER: 'x-forwarded-proto' },
  publicEnv: ['PUBLIC_', 'VITE_'],
  outcome({ tree }) {
    const config = `${configText(tree, 'svelte.config')}\n${configText(tree, 'vite.config')}`
    const elsewhere = ADAPTERS_ELSEWHERE.exec(config)
    if (elsewhere)
      return {
        kind: 'refused',
        reason: `The configuration of SvelteKit uses ${elsewhere[0]}, which builds for another platform: use @sveltejs/adapter-node.`,
      }
    if (/@sveltejs\/adapter-static/.test(config)) {
      const fallback = textOption(config, 'fallback')
      return {
        kind: 'site',
        folders: [folderBelow('', textOption(config, 'pages')) ?? 'build', 'build'],
        fallback: fallback === undefined || fallback === '404.html' ? null : `/${fallback}`,
      }
    }
    const out = folderBelow('', textOption(config, 'out')) ?? 'build'
    return server(`node ${out}`, 'its build makes a server', {
      replaces: /^(?:vite|svelte-kit)\b/,
    })
  },
}

/** True where nothing but adapter-auto chooses for whom it is built. */
export const needsAdapter = (project: Project): boolean =>
  has(project, '@sveltejs/kit') &&
  !has(project, '@sveltejs/adapter-node') &&
  /@sveltejs\/adapter-auto/.test(
    `${configText(project.tree, 'svelte.config')}\n${configText(project.tree, 'vite.config')}`,
  )

export const astro: Framework = {
  title: 'Astro',
  uses: (project) => has(project, 'astro'),
  build: 'astro build',
  caches: ['node_modules/.astro', '.astro'],
  buildEnv: () => ({ ASTRO_TELEMETRY_DISABLED: '1' }),
  env: { HOST: '0.0.0.0' },
  publicEnv: ['PUBLIC_'],
  outcome(project) {
    const config = configText(project.tree, 'astro.config')
    const out = folderBelow('', textOption(config, 'outDir')) ?? 'dist'
    const elsewhere = ADAPTERS_ELSEWHERE.exec(config)
    if (elsewhere && /\badapter\s{0,9}:/.test(config))
      return {
        kind: 'refused',
        reason: `astro.config uses ${elsewhere[0]}, which builds for another platform: use @astrojs/node.`,
      }
    if (/\badapter\s{0,9}:/.test(config) && /@astrojs\/node/.test(config)) {
      if (textOption(config, 'mode') === 'middleware') return undefined
      return server(`node ./${out}/server/entry.mjs`, '@astrojs/node in astro.config', {
        replaces: /^(?:astro|npx astro)\b/,
      })
    }
    if (/\boutput\s{0,9}:\s{0,9}["'](?:server|hybrid)["']/.test(config))
      return {
        kind: 'refused',
        reason: 'astro.config says output: server, which needs an adapter: add @astrojs/node.',
      }
    return { kind: 'site', folders: [out], fallback: null }
  },
}

export const reactRouter: Framework = {
  title: 'React Router',
  uses: (project) => has(project, '@react-router/dev'),
  build: 'react-router build',
  env: { HOST: '0.0.0.0' },
  publicEnv: ['VITE_'],
  outcome(project) {
    const config = configText(project.tree, 'react-router.config')
    const out = folderBelow('', textOption(config, 'buildDirectory')) ?? 'build'
    if (/\bssr\s{0,9}:\s{0,9}false\b/.test(config))
      return {
        kind: 'site',
        folders: [`${out}/client`],
        fallback: /\bprerender\b/.test(config) ? '/__spa-fallback.html' : '/index.html',
      }
    if (!has(project, '@react-router/serve')) return undefined
    return server(`react-router-serve ./${out}/server/index.js`, '@react-router/serve', {
      replaces: /^react-router (?:dev|build)\b/,
    })
  },
}

export const remix: Framework = {
  title: 'Remix',
  uses: (project) => has(project, '@remix-run/dev'),
  build: 'remix vite:build',
  publicEnv: ['VITE_'],
  outcome(project) {
    const config = configText(project.tree, 'vite.config')
    if (/\bssr\s{0,9}:\s{0,9}false\b/.test(config))
      return { kind: 'site', folders: ['build/client'], fallback: '/index.html' }
    if (!has(project, '@remix-run/serve')) return undefined
    const isVite = config.includes('@remix-run/dev')
    return server(`remix-serve ./build/${isVite ? 'server/' : ''}index.js`, '@remix-run/serve', {
      replaces: /^remix\b/,
    })
  },
}

export const nest: Framework = {
  title: 'NestJS',
  uses: (project) => has(project, '@nestjs/core'),
  build: 'nest build',
  outcome: ({ manifest }) =>
    manifest?.scripts['start:prod'] === undefined
      ? server('node dist/main', 'NestJS', { replaces: /^nest start\b/ })
      : server('npm run start:prod', 'scripts.start:prod in package.json', {
          replaces: /^nest start\b/,
        }),
}

/** They say themselves how they are started. */
export const webServers: readonly Framework[] = [
  ['Express', 'express'],
  ['Fastify', 'fastify'],
  ['Hono', '@hono/node-server'],
  ['Koa', 'koa'],
  ['AdonisJS', '@adonisjs/core'],
  ['Strapi', '@strapi/strapi'],
].map(
  ([title = '', name = '']): Framework => ({
    title,
    uses: (project) => Object.hasOwn(project.manifest?.dependencies ?? {}, name),
    ...(name === 'fastify' ? { env: { FASTIFY_ADDRESS: '0.0.0.0' } } : {}),
    ...(name === '@adonisjs/core' || name === '@strapi/strapi' ? { env: { HOST: '0.0.0.0' } } : {}),
  }),
)
