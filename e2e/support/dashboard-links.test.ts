import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const ROUTE =
  /(?:const (\w+) = )?createRoute\(\{\s*getParentRoute: \(\) => (\w+),\s*(path|id): '([^']*)'/g
/** `link: '/node'`, `link: \`/apps/${name}\``, `\`${dashboardUrl()}/alerts\`` */
const LINKS = [
  /\blink: '(\/[^']*)'/g,
  /\blink: `(\/[^`]*)`/g,
  /`\$\{(?:deps\.)?dashboardUrl(?:\(\))?\}(\/[^`]*)`/g,
]
/** What the daemon itself answers there. */
const NO_PAGE = /^\/(api\/v1|git)\//

/** Every page of the dashboard, as `/apps/$name/logs`. */
function pages(): string[] {
  const router = readFileSync(join(ROOT, 'dashboard/src/router.tsx'), 'utf8')
  const paths = new Map<string, string>()
  return [...router.matchAll(ROUTE)].map(([, name, parent = '', kind, value = '']) => {
    const own = kind === 'id' || value === '/' ? '' : value
    const path = `${paths.get(parent) ?? ''}${own}`
    if (name !== undefined) paths.set(name, path)
    return path
  })
}

/** Where alerts, notifications and marks lead; what is put in stands as `x`. */
function links(): { file: string; link: string }[] {
  return globSync('daemon/src/{core,catalog}/**/*.ts', { cwd: ROOT })
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(ROOT, file), 'utf8')
      return LINKS.flatMap((each) => [...text.matchAll(each)]).map(([, path = '']) => ({
        file,
        link: path.replaceAll(/\$\{[^}]*\}/g, 'x'),
      }))
    })
    .filter(({ link }) => !NO_PAGE.test(link))
}

it('every link that the platform gives leads to a page that there is', () => {
  const known = pages().map((path) => new RegExp(`^${path.replaceAll(/\$\w+/g, '[^/]+')}$`))
  const given = links()

  expect(known.length).toBeGreaterThan(50)
  expect(given.length).toBeGreaterThan(15)
  expect(given.filter(({ link }) => !known.some((page) => page.test(link)))).toEqual([])
})
