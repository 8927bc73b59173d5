import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { layout } from '#support/manual/layout.ts'
import { type PageTree, ROOT, readTree } from '#support/manual/page-tree.ts'
import { renderPage } from '#support/manual/render.ts'

const ASSETS = ['manual.css', 'manual.js']
/** Of one section in the index of the search. */
const SEARCHED_LETTERS = 1_200
const RECORDS = 'docs/decisions/'

/** Makes the documentation of docs/*.md into `outDir`: pages, their style and script, and what the search reads. */
export async function buildManual(outDir: string, version: string): Promise<void> {
  const tree = readTree()
  const found: [url: string, page: string, heading: string, text: string][] = []

  for (const page of tree.pages) {
    const { html, headings, sections } = renderPage(page, tree)
    const path = join(outDir, fileOf(page.url))
    const content = layout({ tree, page, html, headings, version })
    if (page.file.startsWith(RECORDS)) {
      await writePlain(path, content)
      continue
    }
    await write(path, content)
    for (const { heading, anchor, text } of sections)
      found.push([
        anchor === '' ? page.url : `${page.url}#${anchor}`,
        page.title,
        heading,
        text.slice(0, SEARCHED_LETTERS),
      ])
  }
  await write(join(outDir, 'search.json'), JSON.stringify(found))
  await write(join(outDir, 'decisions.html'), recordsPage(tree, version))
  await write(join(outDir, 'not-found.html'), missingPage(tree, version))
  for (const name of ASSETS)
    await write(
      join(outDir, name),
      await readFile(join(import.meta.dirname, 'assets', name), 'utf8'),
    )
  await cp(join(ROOT, 'docs/images'), join(outDir, 'images'), { recursive: true })
}

const fileOf = (url: string): string => `${url.replace(/^\/docs\/?/, '') || 'index'}.html`

function recordsPage(tree: PageTree, version: string): string {
  const records = tree.pages.filter(({ file }) => file.startsWith(RECORDS))
  const items = records.map(({ url, title }) => `<li><a href="${url}">${title}</a></li>`)
  return layout({
    tree,
    page: { title: 'Decisions', url: '/docs/decisions', summary: 'Why it is as it is' },
    html: `<h1>Decisions</h1>\n<p>Why it is as it is: what was chosen between, and what was measured.</p>\n<ul>${items.join('\n')}</ul>`,
    headings: [],
    version,
  })
}

const missingPage = (tree: PageTree, version: string): string =>
  layout({
    tree,
    page: { title: 'There is no such page', url: '', summary: '' },
    html: '<h1>There is no such page</h1>\n<p>It may be of another version of Vastrox. <a href="/docs">All pages</a> that came with this one.</p>',
    headings: [],
    version,
  })

async function writePlain(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}

/** With its compressed forms beside it: nothing is compressed while somebody waits. */
async function write(path: string, content: string): Promise<void> {
  await writePlain(path, content)
  await writeFile(`${path}.gz`, gzipSync(content, { level: 9 }))
  await writeFile(
    `${path}.br`,
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  )
}
