import type { SourceTree } from '#ports/stack.ts'

const MAX_FILES = 300
const MAX_CHARACTERS = 200_000
const MAX_ALL_CHARACTERS = 8_000_000
const MAX_LINE_LENGTH = 2_000
const MAX_NAMES = 500

/** Where code is that does not run in production. */
const ELSEWHERE =
  /(^|\/)(tests?|testing|docs?|examples?|samples?|migrations|alembic|scripts|notebooks|benchmarks?|node_modules|\.[^/]*|venv|env|site-packages|__pycache__)\//

/** What is called to make it, in full: `flask.Flask`. */
export interface Assigned {
  name: string
  maker: string
}

export interface Factory {
  name: string
  /** What is called within it. */
  calls: string[]
  isAsync: boolean
  needsArguments: boolean
}

/** What one file of Python says about itself, without being run. */
export interface PythonModule {
  path: string
  /** Modules and names that it imports, in full: `flask`, `flask.Flask`. */
  imports: ReadonlySet<string>
  /** At the outermost level, in order: `app = Flask(…)`. */
  assigned: readonly Assigned[]
  factories: readonly Factory[]
  /** Everything that is called anywhere, in full. */
  calls: ReadonlySet<string>
  text: string
}

interface Line {
  indent: number
  /** Without comments and what strings say; the lines of a bracket are one. */
  code: string
}

/**
 * Reads the files of Python that may matter, those nearest to the root first: at most 300 of them, of
 * 200,000 characters each, in time by their length.
 */
export function readModules(tree: SourceTree): PythonModule[] {
  const paths = [...tree.paths]
    .filter((path) => path.endsWith('.py') && !ELSEWHERE.test(path))
    .toSorted((one, other) => depthOf(one) - depthOf(other) || (one < other ? -1 : 1))
  const modules: PythonModule[] = []
  let left = MAX_ALL_CHARACTERS
  for (const path of paths) {
    if (modules.length >= MAX_FILES || left <= 0) break
    const text = tree.read(path)?.slice(0, Math.min(left, MAX_CHARACTERS))
    if (text === undefined) continue
    left -= text.length
    modules.push(readModule(path, text))
  }
  return modules
}

export const depthOf = (path: string): number => path.split('/').length

export function readModule(path: string, text: string): PythonModule {
  const lines = linesOf(text)
  const names = new Map<string, string>()
  const imports = new Set<string>()
  const assigned: Assigned[] = []
  const factories: Factory[] = []
  const calls = new Set<string>()
  let factory: Factory | undefined

  for (const { indent, code } of lines) {
    if (indent === 0) factory = undefined
    if (/^(from|import)\s/.test(code)) takeImport(code, path, names, imports)
    const inLine = callsIn(code, names)
    for (const call of inLine) if (calls.size < MAX_NAMES) calls.add(call)
    if (indent > 0) {
      factory?.calls.push(...inLine)
      continue
    }
    factory = factoryOf(code)
    if (factory && factories.length < MAX_NAMES) factories.push(factory)
    const one = assignmentOf(code, names)
    if (one && assigned.length < MAX_NAMES) assigned.push(one)
  }
  return { path, imports, assigned, factories, calls, text }
}

function takeImport(
  code: string,
  path: string,
  names: Map<string, string>,
  imports: Set<string>,
): void {
  const [, from, what] = /^from\s+([.\w]{1,200})\s+import\s+(.+)$/.exec(code) ?? []
  const list = (what ?? code.replace(/^import\s+/, '')).replaceAll(/[()]/g, '').split(',')
  for (const item of list.slice(0, 100)) {
    const [name = '', as, alias] = item.trim().split(/\s+/, 3)
    if (!/^([\w.]{1,200}|\*)$/.test(name) || imports.size >= MAX_NAMES) continue
    const module = from === undefined ? undefined : absolute(from, path)
    const whole = module === undefined ? name : `${module}.${name}`
    imports.add(module ?? name)
    imports.add(whole)
    const local = as === 'as' && alias !== undefined ? alias : name
    if (module === undefined && as !== 'as')
      names.set(name.split('.', 1)[0] ?? name, name.split('.', 1)[0] ?? name)
    else names.set(local, whole)
    if (name === '*' && module !== undefined)
      for (const one of ['FastHTML', 'fast_app']) names.set(one, `${module}.${one}`)
  }
}

/** `.views` seen from `shop/urls.py` is `shop.views`. */
function absolute(module: string, path: string): string {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0
  if (dots === 0) return module
  const folder = path.split('/').slice(0, -dots)
  return [...folder, ...module.slice(dots).split('.')].filter((part) => part !== '').join('.')
}

const CALL = /(?<![\w.])([A-Za-z_][\w.]{0,150})\s*\(/g

function callsIn(code: string, names: ReadonlyMap<string, string>): string[] {
  if (!code.includes('(')) return []
  return [...code.matchAll(CALL)].map((match) => fullName(match[1] ?? '', names))
}

function fullName(name: string, names: ReadonlyMap<string, string>): string {
  const [first = '', ...rest] = name.split('.')
  return [names.get(first) ?? first, ...rest].join('.')
}

function assignmentOf(code: string, names: ReadonlyMap<string, string>): Assigned | undefined {
  const call =
    /^([A-Za-z_]\w{0,100})\s*(?:,\s*\w{1,100}\s*)?(?::\s*[\w.[\]]{1,200}\s*)?=\s*([A-Za-z_][\w.]{0,200})\s*\(/.exec(
      code,
    )
  if (call) return { name: call[1] ?? '', maker: fullName(call[2] ?? '', names) }
  const other = /^([A-Za-z_]\w{0,100})\s*=\s*([A-Za-z_][\w.]{0,200})\s*$/.exec(code)
  if (other) return { name: other[1] ?? '', maker: `= ${other[2] ?? ''}` }
  // `from shop import create_app as app` gives a name too, but nothing that serves.
  return undefined
}

function factoryOf(code: string): Factory | undefined {
  const [, isAsync, name, parameters] =
    /^(async\s+)?def\s+([A-Za-z_]\w{0,100})\s*\((.*)\)\s*(?:->.*)?:/.exec(code) ?? []
  if (name === undefined || parameters === undefined) return undefined
  return {
    name,
    calls: [],
    isAsync: isAsync !== undefined,
    needsArguments: needsArguments(parameters),
  }
}

/** Whether one of the parameters has neither a default nor a star. */
function needsArguments(parameters: string): boolean {
  let depth = 0
  let part = ''
  const parts: string[] = []
  for (const character of `${parameters},`) {
    if ('([{'.includes(character)) depth += 1
    if (')]}'.includes(character)) depth -= 1
    if (character === ',' && depth === 0) {
      parts.push(part.trim())
      part = ''
    } else part += character
  }
  return parts.some(
    (one) => one !== '' && one !== '/' && !one.startsWith('*') && !one.includes('='),
  )
}

/** One pass over the characters, whatever is in them. */
function linesOf(text: string): Line[] {
  const lines: Line[] = []
  let code = ''
  let indent = 0
  let depth = 0
  let isStart = true
  const end = (): void => {
    if (code.trim() !== '') lines.push({ indent, code: code.trim() })
    code = ''
    indent = 0
    isStart = true
  }
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === '\n') {
      if (depth === 0) end()
      else code = add(code, ' ')
    } else if (isStart && (character === ' ' || character === '\t')) indent += 1
    else if (character === '#') at = lineEnd(text, at) - 1
    else if (character === '"' || character === "'") {
      at = stringEnd(text, at)
      code = add(code, "''")
      isStart = false
    } else if (character === '\\' && /^\\\r?\n/.test(text.slice(at, at + 3))) {
      at += text[at + 1] === '\r' ? 2 : 1
      code = add(code, ' ')
    } else if (character !== '\r') {
      isStart = false
      if ('([{'.includes(character)) depth += 1
      if (')]}'.includes(character)) depth = Math.max(0, depth - 1)
      code = add(code, character)
    }
  }
  end()
  return lines
}

const add = (code: string, more: string): string =>
  code.length < MAX_LINE_LENGTH ? code + more : code

const lineEnd = (text: string, from: number): number => {
  const at = text.indexOf('\n', from)
  return at === -1 ? text.length : at
}

/** Where the string that begins here ends: its last character. */
function stringEnd(text: string, from: number): number {
  const quote = text[from] ?? ''
  const isLong = text.startsWith(quote.repeat(3), from)
  const mark = isLong ? quote.repeat(3) : quote
  for (let at = from + mark.length; at < text.length; at++) {
    if (text[at] === '\\') at += 1
    else if (!isLong && text[at] === '\n') return at - 1
    else if (text.startsWith(mark, at)) return at + mark.length - 1
  }
  return text.length - 1
}
