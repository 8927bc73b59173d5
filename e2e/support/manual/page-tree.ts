import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** The repository: what links of pages lead to lies beneath it. */
export const ROOT = join(import.meta.dirname, '../../..')
const ROOT_URL = '/docs'
/** Files beside docs/ that are served with it. */
const BESIDE = ['README.md', 'CHANGELOG.md']

export interface ManualPage {
  /** In the repository: `docs/stacks/NODE.md`. */
  file: string
  /** Served: `/docs/stacks/node`. */
  url: string
  title: string
  /** What the index says about it; empty for records of decisions. */
  summary: string
  markdown: string
}

export interface PageGroup {
  title: string
  pages: readonly ManualPage[]
}

export interface PageTree {
  /** Every page that is served. */
  pages: readonly ManualPage[]
  /** As docs/README.md groups them, and what it does not name: what is shown beside each page. */
  groups: readonly PageGroup[]
}

/** Where a file of the repository is served. */
export function urlOf(file: string): string {
  if (file === 'README.md') return `${ROOT_URL}/readme`
  const name = file.replace(/^docs\//, '').replace(/\.md$/, '')
  const page = name.replace(/(^|\/)README$/, '').toLowerCase()
  return page === '' ? ROOT_URL : `${ROOT_URL}/${page}`
}

/** The file that a link of a page names, in the repository. */
export const targetOf = (from: string, link: string): string =>
  normalize(join(dirname(from), decodeURIComponent(link))).replace(/\/$/, '')

/** All of the documentation, in the order and the groups of its index. */
export function readTree(): PageTree {
  const files = [...globSync('docs/**/*.md', { cwd: ROOT }).toSorted(), ...BESIDE]
  const index = readFileSync(join(ROOT, 'docs/README.md'), 'utf8')
  const listed = indexOf(index)
  const summaries = new Map(
    listed.flatMap(({ entries }) => entries.map((e) => [e.file, e.summary])),
  )
  const pages = files.map((file): ManualPage => {
    const markdown = readFileSync(join(ROOT, file), 'utf8')
    const [, title = file] = /^# (.+)$/m.exec(markdown) ?? []
    return { file, url: urlOf(file), title, summary: summaries.get(file) ?? '', markdown }
  })
  const byFile = new Map(pages.map((page) => [page.file, page]))
  const groups = listed.map(({ title, entries }) => ({
    title,
    pages: entries.flatMap(({ file }) => byFile.get(file) ?? []),
  }))
  const shown = new Set(groups.flatMap((group) => group.pages))
  const more = pages.filter(
    (page) => /^docs\/(?!README\.md|decisions\/)/.test(page.file) && !shown.has(page),
  )
  return { pages, groups: more.length === 0 ? groups : [...groups, { title: 'More', pages: more }] }
}

interface Listed {
  title: string
  entries: { file: string; summary: string }[]
}

/** `## Group` and beneath it `- [Title](FILE.md): what it is for`. */
function indexOf(markdown: string): Listed[] {
  const groups: Listed[] = []
  for (const line of markdown.split('\n')) {
    const [, title] = /^## (.+)$/.exec(line) ?? []
    if (title !== undefined) groups.push({ title, entries: [] })
    const [, link, summary = ''] = /^- \[[^\]]+\]\(([^)#:]+\.md)\)(?:: (.+))?$/.exec(line) ?? []
    if (link !== undefined)
      groups.at(-1)?.entries.push({ file: targetOf('docs/README.md', link), summary })
  }
  return groups.filter(({ entries }) => entries.length > 0)
}
