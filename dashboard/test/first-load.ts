import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** Bytes of gzipped JavaScript that are loaded before a page can be shown. */
export interface FirstLoad {
  /** What index.html names: loaded whatever the page. */
  entry: number
  /** With the shell and the list of apps, where most people begin. */
  apps: number
}

/** Of a build in a folder: follows what its files import, not what they import later. */
export function firstLoadOf(folder: string): FirstLoad {
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  const entries = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js|[a-z]+\.js)"/g)]
  const entry = reach(
    folder,
    entries.map(([, file = '']) => file),
  )
  const [main = ''] = [...entry].filter((file) => /assets\/index-/.test(file))
  const pages = ['shell', 'apps-page'].map((name) => fileLike(folder, main, name))
  return { entry: sizeOf(folder, entry), apps: sizeOf(folder, reach(folder, [...entry, ...pages])) }
}

function fileLike(folder: string, importer: string, name: string): string {
  const text = readFileSync(join(folder, importer), 'utf8')
  const file = new RegExp(`"\\./(${name}-[\\w-]{8}\\.js)"|\`\\./(${name}-[\\w-]{8}\\.js)\``).exec(
    text,
  )
  const found = file?.[1] ?? file?.[2]
  if (found === undefined) throw new Error(`${importer} does not load ${name}`)
  return `assets/${found}`
}

function reach(folder: string, files: readonly string[]): Set<string> {
  const reached = new Set(files)
  for (const file of reached) {
    const text = readFileSync(join(folder, file), 'utf8')
    for (const [, found = ''] of text.matchAll(/(?:from|import)"\.\/([\w-]+\.js)"/g))
      if (existsSync(join(folder, 'assets', found))) reached.add(`assets/${found}`)
  }
  return reached
}

const sizeOf = (folder: string, files: Iterable<string>): number =>
  [...files].reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length,
    0,
  )
