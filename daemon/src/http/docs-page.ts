import { z } from 'zod'

const Operation = z.object({
  summary: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  parameters: z.array(z.record(z.string(), z.unknown())).default([]),
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), z.unknown()),
})
type Operation = z.infer<typeof Operation>

const Document = z.object({
  info: z.object({ title: z.string(), version: z.string(), description: z.string() }),
  servers: z.array(z.object({ url: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
})

interface Entry {
  path: string
  method: string
  operation: Operation
}

/** The API to read: plain HTML without a script, so that it works under our content policy. */
export function docsPage(document: unknown): string {
  const { info, servers, paths } = Document.parse(document)
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const tags = [...new Set(entries.flatMap(({ operation }) => operation.tags))].toSorted()
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(info.title)} API</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/api/docs/style.css">
</head>
<body>
<header>
<h1>${text(info.title)} API <small>${text(info.version)}</small></h1>
<p>${text(info.description)}</p>
<p>At <code>${text(servers[0]?.url ?? '')}</code>, with <code>Authorization: Bearer &lt;token&gt;</code>. As a document for tools: <a href="/api/v1/openapi.json">OpenAPI 3.1</a>.</p>
<nav aria-label="Nouns">${tags.map((tag) => `<a href="#${text(tag)}">${text(tag)}</a>`).join(' ')}</nav>
</header>
<main>
${tags.map((tag) => section(tag, entries)).join('\n')}
</main>
</body>
</html>
`
}

const section = (tag: string, entries: readonly Entry[]): string => `<section id="${text(tag)}">
<h2>${text(tag)}</h2>
${entries
  .filter(({ operation }) => operation.tags.includes(tag))
  .map(article)
  .join('\n')}
</section>`

const article = ({ path, method, operation }: Entry): string => `<details>
<summary><code class="${text(method)}">${text(method.toUpperCase())}</code> <code>${text(path)}</code> ${text(operation.summary)}</summary>
<p>${text(operation.description)}</p>
${block('Parameters', operation.parameters.length > 0 ? operation.parameters : undefined)}
${block('Request', operation.requestBody)}
${block('Replies', operation.responses)}
</details>`

const block = (title: string, value: unknown): string =>
  value === undefined
    ? ''
    : `<h3>${text(title)}</h3>\n<pre tabindex="0">${text(JSON.stringify(value, null, 2))}</pre>`

const text = (value: string): string =>
  value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

export const DOCS_STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; }
h1 small { font-size: 1rem; font-weight: 400; opacity: 0.7; }
details { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
summary { padding: 0.5rem 0; cursor: pointer; overflow-wrap: anywhere; }
summary code:first-child { display: inline-block; min-width: 4rem; font-weight: 700; }
pre { overflow: auto; max-height: 30rem; padding: 0.75rem; font-size: 0.8125rem; background: color-mix(in srgb, currentColor 7%, transparent); }
`
