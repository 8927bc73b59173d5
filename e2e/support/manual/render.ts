import { Marked, type Tokens } from 'marked'
import { type ManualPage, type PageTree, targetOf } from '#support/manual/page-tree.ts'

export interface Heading {
  depth: number
  text: string
  anchor: string
}

export interface Section {
  heading: string
  anchor: string
  /** What is written beneath it, as a reader sees it. */
  text: string
}

export interface Rendered {
  html: string
  headings: readonly Heading[]
  sections: readonly Section[]
}

/** Codes of errors are what people come with: each row of their tables can be linked to. */
const CODE_ROW = /<tr>\n<td>([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|INTERNAL|FENCED)<\/td>/g

/**
 * One page as HTML without a script or a style of its own. Links to other documents lead to their pages;
 * what is no page here (a folder of sources) is left as its text. HTML in a document is shown as it is
 * written, line breaks and comments apart.
 */
export function renderPage(page: ManualPage, tree: PageTree): Rendered {
  const urls = new Map(tree.pages.map(({ file, url }) => [file, url]))
  const used = new Map<string, number>()
  const headings: Heading[] = []

  const marked = new Marked({ gfm: true })
  marked.use({
    renderer: {
      heading({ tokens, depth }: Tokens.Heading): string {
        const inner = this.parser.parseInline(tokens)
        const words = textOf(inner)
        const anchor = anchorOf(words, used)
        headings.push({ depth, text: words, anchor })
        if (depth === 1) return `<h1>${inner}</h1>\n`
        return `<h${depth} id="${anchor}">${inner} <a class="anchor" href="#${anchor}" aria-label="Link to this section">#</a></h${depth}>\n`
      },
      code({ text: code, lang = '' }: Tokens.Code): string {
        const [language = '', ...marks] = lang.split(/\s+/)
        const seen = marks.includes('seen') ? '<figcaption>What you see</figcaption>' : ''
        const name = language === '' ? '' : ` class="language-${escapeHtml(language)}"`
        return `<figure class="${seen ? 'seen' : 'code'}">${seen}<pre tabindex="0"><code${name}>${escapeHtml(code)}\n</code></pre></figure>\n`
      },
      html({ text: written }: Tokens.HTML | Tokens.Tag): string {
        if (/^\s*<!--[^>]*-->\s*$/.test(written)) return ''
        return written === '<br>' ? written : escapeHtml(written)
      },
      link({ href, tokens }: Tokens.Link): string {
        const inner = this.parser.parseInline(tokens)
        const to = hrefOf(page.file, href, urls)
        return to === undefined ? inner : `<a href="${escapeHtml(to)}">${inner}</a>`
      },
      image({ href, text: alt }: Tokens.Image): string {
        const source = targetOf(page.file, href).replace(/^docs\//, '/docs/')
        return `<img src="${escapeHtml(source)}" alt="${escapeHtml(alt)}" loading="lazy">`
      },
    },
  })

  const html = marked
    .parser(marked.lexer(page.markdown))
    .replaceAll(
      CODE_ROW,
      (_row, code: string) => `<tr id="${code}">\n<td><code>${code}</code></td>`,
    )
    .replaceAll('<table>', '<div class="table" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>')
  return { html, headings, sections: sectionsOf(page, html, headings) }
}

/** As Git hosts make them of headings, so that links hold on disk and served. */
export function anchorOf(heading: string, used: Map<string, number>): string {
  const plain = heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')
  const times = used.get(plain) ?? 0
  used.set(plain, times + 1)
  return times === 0 ? plain : `${plain}-${times}`
}

/** Undefined where there is no page: the text stays, and nothing to click. */
function hrefOf(from: string, href: string, urls: ReadonlyMap<string, string>): string | undefined {
  if (/^https?:/.test(href) || href.startsWith('#') || href.startsWith('/')) return href
  const [path = '', anchor] = href.split('#', 2)
  const url = urls.get(targetOf(from, path))
  return url === undefined ? undefined : `${url}${anchor === undefined ? '' : `#${anchor}`}`
}

/** What is written beneath each heading. */
function sectionsOf(page: ManualPage, html: string, headings: readonly Heading[]): Section[] {
  const [lead = '', ...rest] = html
    .replace(/<h1>.*<\/h1>/, '')
    .split(/<h[2-6] id="[^"]*">.*<\/h[2-6]>/)
  const below = headings.filter(({ depth }) => depth > 1)
  return [
    { heading: page.title, anchor: '', text: textOf(lead) },
    ...below.map(({ text, anchor }, at) => ({
      heading: text,
      anchor,
      text: textOf(rest[at] ?? ''),
    })),
  ]
}

/** What a reader sees of it. */
const textOf = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim()

export const escapeHtml = (value: string): string =>
  value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
