import { posix } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { SourceTree } from '#ports/stack.ts'
import { plainText } from './plain-text.ts'

const MAX_FILES = 50
const MAX_LINES = 10_000
const MAX_LINE_LENGTH = 2_000

/** What a requirements file and those that it includes ask for. */
export interface Requirements {
  /** Every file that has a part in it, the first one first. */
  files: string[]
  /** Normalised names of the packages. */
  names: ReadonlySet<string>
  /** Why installing needs more of the source than these files; undefined where it does not. */
  needsSource: string | undefined
  /** More than one index is asked, of which pip takes the best answer. */
  hasMoreIndexes: boolean
  /** Files that could not be installed as they are, by path, as they will be. */
  mended: Record<string, string>
  because: string[]
}

/** Left by `pip freeze` where Debian's or Windows' own pip ran: none of it can be installed here. */
const NOT_FOR_HERE = new Set([
  'pkg-resources',
  'pywin32',
  'pypiwin32',
  'pywinpty',
  'win32-setctime',
])

const NAME =
  /^([A-Za-z0-9](?:[A-Za-z0-9._-]{0,200}[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(?:$|[@<>=!~;(])/
const OPTION =
  /^(-r|--requirement|-c|--constraint|-e|--editable|-f|--find-links|--extra-index-url)(?:\s+|=|(?<=^-[rcef]))(.+)$/
const IS_LOCAL =
  /^(\.{0,2}\/|\.{1,2}(?:$|\[)|file:)|\.(whl|tar\.gz|zip)(?:$|[\s;#])|\s@\s+(file:|\.{0,2}\/)/
const IS_REMOTE = /^[a-z+]{1,20}:\/\/|\s@\s+[a-z+]{1,20}:\/\//

/** `Flask_Login` and `flask.login` are `flask-login`. */
export const normalName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-')

/** The package that a requirement asks for; undefined where that is not a name. */
export const nameOf = (requirement: string): string | undefined => namesOf(requirement)[0]

/** The same with each extra that it asks for: `psycopg`, `psycopg[binary]`. */
export function namesOf(requirement: string): string[] {
  const [, written, extras = ''] = NAME.exec(requirement.slice(0, MAX_LINE_LENGTH).trim()) ?? []
  if (written === undefined) return []
  const name = normalName(written)
  const asked = extras.split(',').map((extra) => extra.trim())
  return [name, ...asked.filter((extra) => extra !== '').map((extra) => `${name}[${extra}]`)]
}

/**
 * Reads a requirements file with all that it includes, as pip would. Throws STACK_NOT_DETECTED where
 * one of them is not there.
 */
export function readRequirements(tree: SourceTree, first: string): Requirements {
  const names = new Set<string>()
  const found: Requirements = {
    files: [],
    names,
    needsSource: undefined,
    hasMoreIndexes: false,
    mended: {},
    because: [],
  }
  const waiting: { path: string; from: string | undefined }[] = [{ path: first, from: undefined }]
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    if (found.files.includes(next.path)) continue
    if (found.files.length >= MAX_FILES)
      throw refused(`${first} includes more than ${MAX_FILES} files.`)
    found.files.push(next.path)
    for (const line of linesOf(tree, next, found)) {
      const included = take(line, next.path, names, found)
      if (included !== undefined) waiting.push({ path: included, from: next.path })
    }
  }
  return found
}

/** Takes one line; gives back the file that it includes. */
function take(
  line: string,
  path: string,
  names: Set<string>,
  found: Requirements,
): string | undefined {
  const [, option, value = ''] = OPTION.exec(line) ?? []
  if (option === '--extra-index-url') found.hasMoreIndexes = true
  if (option !== undefined && /^(-r|--req|-c|--con)/.test(option))
    return IS_REMOTE.test(value) ? undefined : besides(path, value)
  if (option === '-f' || option === '--find-links' || option === '-e' || option === '--editable') {
    if (!/^(git\+|https?:|hg\+|svn\+)/.test(value)) found.needsSource ??= `${path} names ${value}`
    return undefined
  }
  if (line.startsWith('-')) return undefined
  if (IS_LOCAL.test(line) && !IS_REMOTE.test(line)) found.needsSource ??= `${path} names ${line}`
  for (const name of namesOf(line)) names.add(name)
  return undefined
}

function linesOf(
  tree: SourceTree,
  { path, from }: { path: string; from: string | undefined },
  found: Requirements,
): string[] {
  if (!tree.paths.has(path))
    throw refused(`${from ?? ''} includes ${path}, which is not in the source.`)
  const text = tree.read(path)
  if (text === undefined)
    throw refused(`${path} cannot be read: name it requirements….txt or put it into requirements/.`)
  const decoded = mendEncoding(text, path, found)
  const lines = decoded
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r\n|\r|\n/)
    .slice(0, MAX_LINES)
  const isBroken = lines.find((line) => /^(<{7}|={7}|>{7})/.test(line))
  if (isBroken !== undefined)
    throw refused(`${path} has the marks of a merge that was not finished.`)
  leaveOut(lines, path, found)
  return lines
    .map((line) =>
      line
        .slice(0, MAX_LINE_LENGTH)
        .replace(/(^|\s)#.*$/, '')
        .replace(/\s--hash[=\s].*$/, '')
        .trim(),
    )
    .filter((line) => line !== '')
}

/** PowerShell's `>` writes UTF-16, of which no installer can make anything. */
function mendEncoding(text: string, path: string, found: Requirements): string {
  if (!text.includes('\0')) return text.replace(/^\u{feff}/u, '')
  const plain = text.replaceAll(/[\0\u{fffd}]/gu, '')
  if (/[^\t\n\r -~]/.test(plain)) throw refused(`${path} is in UTF-16: save it as UTF-8.`)
  found.mended[path] = plain
  found.because.push(`${path} is in UTF-16, as PowerShell writes it, and is taken as UTF-8`)
  return plain
}

function leaveOut(lines: string[], path: string, found: Requirements): void {
  const isWrong = (line: string): boolean => {
    const name = nameOf(line)
    return name !== undefined && NOT_FOR_HERE.has(name) && !line.includes(';')
  }
  const wrong = lines.filter((line) => isWrong(line))
  if (wrong.length === 0) return
  found.mended[path] = lines.map((line) => (isWrong(line) ? `# ${line}` : line)).join('\n')
  for (const line of wrong)
    found.because.push(
      `${plainText(line.trim())} in ${path} is left out: it is not for this system`,
    )
  for (const [at, line] of lines.entries()) if (isWrong(line)) lines[at] = ''
}

const besides = (path: string, named: string): string =>
  posix.normalize(posix.join(posix.dirname(path), named.replaceAll(/^["']|["']$/g, '').trim()))

const refused = (reason: string): CodedError =>
  new CodedError('STACK_NOT_DETECTED', { reason: plainText(reason) })
