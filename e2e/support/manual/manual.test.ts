import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildManual } from '#support/manual/build-manual.ts'
import { ROOT, readTree, targetOf, urlOf } from '#support/manual/page-tree.ts'
import { renderPage } from '#support/manual/render.ts'

const tree = readTree()
const rendered = new Map(tree.pages.map((page) => [page.url, renderPage(page, tree)]))
const indexed = tree.groups.flatMap(({ pages }) => pages.map(({ file }) => file))

describe('the documentation', () => {
  it('has every page in its index once, records of decisions and what lies beside it apart', () => {
    const wanted = tree.pages
      .map(({ file }) => file)
      .filter((file) => file.startsWith('docs/') && !file.startsWith('docs/decisions/'))
      .filter((file) => file !== 'docs/README.md')

    expect(indexed.toSorted()).toEqual(wanted.toSorted())
  })

  it('links only to pages and sections that are there, on disk and served', () => {
    const broken = tree.pages.flatMap(({ file, markdown }) =>
      linksOf(markdown)
        .filter((link) => !isThere(file, link))
        .map((link) => `${file}: ${link}`),
    )
    expect(broken).toEqual([])
  })

  it('has no script, no style and no address of elsewhere in its pages', () => {
    for (const [url, { html }] of rendered)
      expect(html, url).not.toMatch(/<script|<style|\son[a-z]+=|\sstyle=|javascript:|src="https?:/i)
  })

  it('leads to each code of errors', () => {
    const { html = '' } = rendered.get('/docs/errors') ?? {}
    expect(html).toContain('<tr id="HEALTH_CHECK_FAILED">')
    expect(html.match(/<tr id="/g)?.length).toBeGreaterThan(300)
  })

  it('is where the dashboard leads to', () => {
    const files = globSync('dashboard/src/**/*.tsx', { cwd: ROOT })
    const links = files.flatMap((file) =>
      [
        ...readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:\bdocs=|<DocsLink to=)"([^"]+)"/g),
      ].map(([, link = '']) => ({ file, link })),
    )
    expect(links.length).toBeGreaterThan(8)
    expect(links.filter(({ link }) => !isServed(link))).toEqual([])
  })

  it('shows HTML of a document as it is written, and makes no link of what is no page', () => {
    const page = {
      file: 'docs/X.md',
      url: '/docs/x',
      title: 'X',
      summary: '',
      markdown: '# X\n\n<script>alert(1)</script>\n\n[code](../daemon/src) [a](ERRORS.md#access)\n',
    }
    expect(renderPage(page, tree).html).toBe(
      '<h1>X</h1>\n&lt;script&gt;alert(1)&lt;/script&gt;<p>code <a href="/docs/errors#access">a</a></p>\n',
    )
  })
})

describe('the documentation as it is built', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-manual-'))
  beforeAll(() => buildManual(folder, '1.2.3'), 60_000)
  afterAll(() => rmSync(folder, { recursive: true }))
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

  it('has a page each, which says its version and where it stands in the index', () => {
    const page = read('domains.html')

    expect(page).toContain('Vastrox 1.2.3')
    expect(page).toContain('<a href="/docs/domains" aria-current="page">')
    expect(brotliDecompressSync(readFileSync(join(folder, 'domains.html.br'))).toString()).toBe(
      page,
    )
    expect(read('decisions.html')).toContain(
      'href="/docs/decisions/0001-the-push-is-a-transaction"',
    )
  })

  it('can be searched by its sections, records of decisions apart', () => {
    const sections: unknown = JSON.parse(read('search.json'))

    expect(sections).toContainEqual(
      expect.arrayContaining(['/docs/backups#the-key', 'Backups', 'The key']),
    )
    expect(JSON.stringify(sections)).not.toContain('/docs/decisions/')
    expect(readFileSync(join(folder, 'search.json.br')).length).toBeLessThan(150_000)
  })
})

/** Without what is in code. */
function linksOf(markdown: string): string[] {
  const prose = markdown.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^(https?:|\/)/.test(link))
}

function isServed(link: string): boolean {
  const [page = '', anchor] = link.split('#', 2)
  const found = rendered.get(`/docs/${page}`)
  return found !== undefined && (anchor === undefined || found.html.includes(`id="${anchor}"`))
}

function isThere(from: string, link: string): boolean {
  const [path = '', anchor] = link.split('#', 2)
  const file = path === '' ? from : targetOf(from, path)
  const page = rendered.get(urlOf(file))
  if (!page) return anchor === undefined && existsSync(join(ROOT, file))
  if (anchor === undefined) return true
  return (
    page.headings.some((heading) => heading.anchor === anchor) ||
    page.html.includes(`<tr id="${anchor}">`)
  )
}
