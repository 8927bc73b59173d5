import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** `pnpm new migration <title>` and `pnpm new decision <title>`: the next numbered file. */

const ROOT = resolve(import.meta.dirname, '../..')
const MIGRATIONS = 'daemon/src/store/migrations'
const DECISIONS = 'docs/decisions'

interface Made {
  /** Relative to the root. */
  path: string
  text: string
}

/** What a new migration is, and its lines in index.ts. */
export function newMigration(title: string, existing: readonly string[], index: string) {
  const name = `${nextNumber(existing)}-${slugOf(title)}`
  const constant = camelCase(title)
  const file: Made = {
    path: `${MIGRATIONS}/${name}.ts`,
    text: `/** ${sentence(title)} */\nexport const ${constant} = /* sql */ \`\n\`\n`,
  }
  const importLine = `import { ${constant} } from '#store/migrations/${name}.ts'\n`
  const entry = `  { name: '${name}', sql: ${constant} },\n]\n`
  const text = index.replace(/\n\n\/\*\*/, `\n${importLine}\n/**`).replace(/\]\n$/, entry)
  if (!text.includes(importLine) || !text.includes(entry))
    throw new Error(`${MIGRATIONS}/index.ts is not as it was: add the line by hand`)
  return { file, index: { path: `${MIGRATIONS}/index.ts`, text } }
}

export function newDecision(title: string, existing: readonly string[]): Made {
  const number = nextNumber(existing)
  return {
    path: `${DECISIONS}/${number}-${slugOf(title)}.md`,
    text: [
      `# ${Number(number)} ${sentence(title).replace(/\.$/, '')}`,
      '## Context',
      '## Decision',
      '## Cost',
      '## When to look again\n',
    ].join('\n\n'),
  }
}

function nextNumber(existing: readonly string[]): string {
  const highest = Math.max(0, ...existing.map((name) => Number(/^\d{4}/.exec(name)?.[0] ?? 0)))
  return String(highest + 1).padStart(4, '0')
}

function slugOf(title: string): string {
  const slug = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  if (slug === '') throw new Error('a title is needed')
  return slug
}

const camelCase = (title: string): string =>
  slugOf(title).replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

const sentence = (title: string): string =>
  `${title.charAt(0).toUpperCase()}${title.slice(1).replace(/\.$/, '')}.`

if (import.meta.main) {
  const [kind = '', ...words] = process.argv.slice(2)
  const title = words.join(' ')
  const write = ({ path, text }: Made): void => {
    writeFileSync(join(ROOT, path), text)
    console.log(path)
  }
  const namesIn = (folder: string): string[] => readdirSync(join(ROOT, folder))
  if (kind === 'migration' && title !== '') {
    const indexText = readFileSync(join(ROOT, MIGRATIONS, 'index.ts'), 'utf8')
    const { file, index } = newMigration(title, namesIn(MIGRATIONS), indexText)
    write(file)
    write(index)
  } else if (kind === 'decision' && title !== '') write(newDecision(title, namesIn(DECISIONS)))
  else {
    console.error('pnpm new migration|decision <title>')
    process.exit(2)
  }
}
