import type { SourceTree, Wishes } from '#ports/stack.ts'

/** Where the files of a site that needs no build are, and why there. */
export interface StaticRoot {
  /** `.` for the whole source. */
  folder: string
  because: string
  fallback: string | null
  /** Lines of a Staticfile that mean nothing here. */
  leftOut: string[]
}

/** Where people keep what is published, best first. */
const FOLDERS = ['public', 'dist', 'build', '_site', 'docs', 'out', 'site', 'www', 'htdocs', 'html']

/** What is served: the settings, a Staticfile, or the first place with an index.html. */
export function findStaticRoot(tree: SourceTree, wishes: Wishes): StaticRoot | undefined {
  const staticfile = readStaticfile(tree)
  const common = {
    fallback: staticfile?.['pushstate'] === 'enabled' ? '/index.html' : null,
    leftOut: leftOutOf(staticfile ?? {}),
  }
  const said = wishes.documentRoot ?? wishes.outputDirectory
  if (said !== null)
    return {
      folder: said,
      because: `${wishes.documentRoot === null ? 'outputDirectory' : 'documentRoot'}: ${said}`,
      ...common,
    }
  const root = staticfile?.['root']
  if (root !== undefined) return { folder: root, because: `root: ${root} in Staticfile`, ...common }
  const folder = staticFolders(tree)[0]
  if (folder !== undefined)
    return { folder, because: folder === '.' ? 'index.html' : `${folder}/index.html`, ...common }
  return staticfile ? { folder: '.', because: 'Staticfile', ...common } : undefined
}

/** Every place with an index.html that is looked at, best first. */
export const staticFolders = ({ paths }: SourceTree): string[] =>
  ['.', ...FOLDERS].filter((one) => paths.has(one === '.' ? 'index.html' : `${one}/index.html`))

const MEANT = ['root', 'pushstate']

/** Cloud Foundry's and Railpack's file: `root: public`, `pushstate: enabled`. */
function readStaticfile(tree: SourceTree): Record<string, string> | undefined {
  const text = tree.read('Staticfile')
  if (text === undefined) return tree.paths.has('Staticfile') ? {} : undefined
  const entries = text.split(/\r\n|\r|\n/).flatMap((line): [string, string][] => {
    const [, key = '', value = ''] = /^([a-z_]{1,40}):[ \t]*([^#]*)/.exec(line) ?? []
    const plain = value.trim().replace(/^(["'])(.*)\1$/, '$2')
    return key === '' ? [] : [[key, key === 'root' ? asFolder(plain) : plain]]
  })
  return Object.fromEntries(entries.filter(([, value]) => value !== ''))
}

/** Empty where it is none that may be named (rule C2). */
function asFolder(written: string): string {
  const folder = written.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '')
  if (folder === '') return '.'
  const isPlain = /^[^\p{Cc}\\:*?"<>|]{1,200}$/u.test(folder) && !folder.startsWith('-')
  return isPlain && !folder.split('/').includes('..') ? folder : ''
}

const leftOutOf = (staticfile: Readonly<Record<string, string>>): string[] =>
  Object.keys(staticfile)
    .filter((key) => !MEANT.includes(key))
    .slice(0, 5)
    .map((key) => `Staticfile: ${key} means nothing here: left out`)
