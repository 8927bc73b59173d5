import { join } from 'node:path'
import type { Plugin, Rolldown } from 'vite'
import { earlyCallsOf } from './early-calls.ts'
import { pageRoutes, type PageRoute } from './route-table.ts'

const SRC = join(import.meta.dirname, 'src')
const BOOT = '<script src="/boot.js"></script>'
/** Asked before any script is there; `boot.js` takes it, since fetch() asks in the same way. */
const WHO_IS_THERE = '<link rel="preload" as="fetch" crossorigin href="/api/v1/me">'

const FONT = /geist-latin-wght-normal-.*\.woff2$/

type Bundle = Rolldown.OutputBundle

/**
 * Writes a page of its own for every route, `pages/<n>.html`, and `pages/table.json` that says which is
 * whose: index.html with the names of the files that the route loads besides, so that a browser asks
 * for all at once, and with what the page will ask of the API, which `boot.js` asks beforehand.
 */
export const pageFiles = (): Plugin => ({
  name: 'vastrox-page-files',
  apply: 'build',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      const index = bundle['index.html']
      if (index?.type !== 'asset') throw new Error('The build has no index.html.')
      const plain = String(index.source)
      const table: Record<string, string> = {}
      for (const [at, route] of pageRoutes().entries()) {
        const file = `${at}.html`
        table[route.path] = file
        this.emitFile({
          type: 'asset',
          fileName: `pages/${file}`,
          source: pageOf(plain, route, bundle),
        })
      }
      this.emitFile({
        type: 'asset',
        fileName: 'pages/table.json',
        source: JSON.stringify(table),
      })
    },
  },
})

function pageOf(plain: string, { path, modules }: PageRoute, bundle: Bundle): string {
  const calls = earlyCallsOf(path)
  const early =
    calls === undefined
      ? BOOT
      : `${WHO_IS_THERE}\n    <script src="/boot.js" data-route="${path}" data-early="${escaped(JSON.stringify(calls))}"></script>`
  const names = modules
    .flatMap((module) => filesOf(module, bundle))
    .filter((file, at, all) => all.indexOf(file) === at && !plain.includes(`"/${file}"`))
  const links = [
    ...names.map((file) => `<link rel="modulepreload" crossorigin href="/${file}">`),
    `<link rel="preload" as="font" type="font/woff2" crossorigin href="/${fontOf(bundle)}">`,
  ]
  if (!plain.includes(BOOT)) throw new Error(`index.html has no ${BOOT}`)
  return plain.replace(BOOT, early).replace('</head>', `  ${links.join('\n    ')}\n  </head>`)
}

/** What nearly all is written in: known when a page is first drawn, so that nothing is set anew. */
function fontOf(bundle: Bundle): string {
  const file = Object.keys(bundle).find((name) => FONT.test(name))
  if (file === undefined) throw new Error('The build has no font for Latin letters.')
  return file
}

/** The file that a module of the router is in, and all that it takes with it. */
function filesOf(module: string, bundle: Bundle): string[] {
  const id = module.replace('#', `${SRC}/`)
  const chunks = Object.values(bundle).filter((each) => each.type === 'chunk')
  // What import() asks for: where the code is in a file of several, that is a small file before it.
  const own =
    chunks.find((chunk) => chunk.facadeModuleId === id) ??
    chunks.find((chunk) => chunk.moduleIds.includes(id))
  if (!own) throw new Error(`${module} of the router is in no file of the build.`)
  const reached = new Set([own.fileName])
  for (const file of reached)
    for (const next of chunks.find(({ fileName }) => fileName === file)?.imports ?? [])
      reached.add(next)
  return [...reached]
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
