import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** Bytes of gzipped JavaScript that are loaded before a page can be shown. */
export interface FirstLoad {
  /** What index.html names: loaded whatever the page. */
  entry: number
  /** With all that the list of apps loads, where most people begin. */
  apps: number
}

/** Of a build in a folder: what its pages name, and what that imports. */
export function firstLoadOf(folder: string): FirstLoad {
  const table: Record<string, string> = JSON.parse(
    readFileSync(join(folder, 'pages/table.json'), 'utf8'),
  )
  const sizeOfPage = (page: string) => sizeOf(folder, reach(folder, filesOf(folder, page)))
  return { entry: sizeOfPage('index.html'), apps: sizeOfPage(`pages/${table['/apps']}`) }
}

function filesOf(folder: string, page: string): string[] {
  const html = readFileSync(join(folder, page), 'utf8')
  return [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js|[a-z]+\.js)"/g)].map(
    ([, file = '']) => file,
  )
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
