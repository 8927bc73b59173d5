import { escapeHtml as text, type Heading } from '#support/manual/render.ts'
import type { ManualPage, PageTree } from '#support/manual/page-tree.ts'

interface Layout {
  tree: PageTree
  page: Pick<ManualPage, 'title' | 'url' | 'summary'>
  html: string
  headings: readonly Heading[]
  version: string
}

/** A whole page: index, words, and what stands on the page. It can be read without its script. */
export function layout({ tree, page, html, headings, version }: Layout): string {
  const order = tree.groups.flatMap(({ pages }) => pages)
  const at = order.findIndex(({ url }) => url === page.url)
  const [before, after] = at < 0 ? [] : [order[at - 1], order[at + 1]]
  const contents = headings.filter(({ depth }) => depth === 2)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<meta name="robots" content="noindex">
<meta name="description" content="${text(page.summary)}">
<title>${text(page.title)} · Vastrox</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs/manual.css">
<script src="/boot.js"></script>
<script src="/docs/manual.js" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the text</a>
<header class="top">
<a class="home" href="/docs" aria-label="Vastrox documentation"><img src="/favicon.svg" alt="" width="24" height="24"> <b>Vastrox</b> <span>Documentation</span></a>
<form class="search" role="search" hidden>
<input type="search" name="q" placeholder="Search" aria-label="Search the documentation" autocomplete="off" aria-controls="found" maxlength="100">
<div id="found" role="region" aria-live="polite" aria-label="What was found" hidden></div>
</form>
<a class="pages" href="#index">Pages</a>
<a class="back" href="/">Dashboard</a>
</header>
<div class="columns">
<nav id="index" class="index" aria-label="Documentation" tabindex="-1">
${tree.groups.map((group) => groupOf(group, page.url)).join('\n')}
</nav>
<main id="content" tabindex="-1">
<article>
${html}
</article>
${before || after ? `<nav class="around" aria-label="Before and after">${around(before, 'Before')}${around(after, 'Next')}</nav>` : ''}
<footer>Vastrox ${text(version)}: these pages came with the version that is installed here.</footer>
</main>
${contents.length > 1 ? `<nav class="contents" aria-label="On this page"><strong>On this page</strong>${contents.map(({ anchor, text: words }) => `<a href="#${anchor}">${text(words)}</a>`).join('')}</nav>` : ''}
</div>
</body>
</html>
`
}

const groupOf = ({ title, pages }: PageTree['groups'][number], url: string): string =>
  `<h2>${text(title)}</h2>
<ul>${pages
    .map(
      (page) =>
        `<li><a href="${page.url}"${page.url === url ? ' aria-current="page"' : ''}>${text(page.title)}</a></li>`,
    )
    .join('')}</ul>`

const around = (page: ManualPage | undefined, words: string): string =>
  page ? `<a href="${page.url}"><small>${words}</small> ${text(page.title)}</a>` : '<span></span>'
