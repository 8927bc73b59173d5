import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../../..')

export interface Mention {
  file: string
  line: number
  text: string
}

/** What people read: all of docs but the records of decisions, and the README. */
export const documents = (): string[] => [
  'README.md',
  ...globSync('docs/**/*.md', { cwd: ROOT })
    .filter((file) => !file.startsWith('docs/decisions/'))
    .toSorted(),
]

/** Each line of the code blocks of a shell. */
export function shellLines(file: string): Mention[] {
  let language: string | undefined
  return linesOf(file).flatMap((text, at) => {
    const [, fence] = /^\s*```(.*)$/.exec(text) ?? []
    if (fence !== undefined) {
      language = language === undefined ? (fence.split(' ')[0] ?? '') : undefined
      return []
    }
    const isShell = language === 'sh' || language === ''
    // Four spaces make a block as well.
    const isIndented = language === undefined && /^ {4}(sudo )?vastrox /.test(text)
    return isShell || isIndented ? [{ file, line: at + 1, text }] : []
  })
}

/** What stands in `code` in the running text; in tables `\|` is a bar. */
export function inlineCode(file: string): Mention[] {
  let isBlock = false
  return linesOf(file).flatMap((text, at) => {
    if (/^\s*```/.test(text)) {
      isBlock = !isBlock
      return []
    }
    if (isBlock) return []
    return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => ({
      file,
      line: at + 1,
      text: code.replaceAll('\\|', '|'),
    }))
  })
}

const linesOf = (file: string): string[] => readFileSync(join(ROOT, file), 'utf8').split('\n')

/** What is typed behind `vastrox`, on the server or over SSH; undefined where the line has no command of ours. */
export function wordsBehindVastrox(text: string): string[] | undefined {
  const [, typed] =
    /(?:^\s*|[;|&({]\s*)(?:sudo )?vastrox(?:-[0-9a-f]{6})? (?:--team \S+ )?(.*)$/.exec(text) ??
    /\bssh(?: -[a-z]+(?: \d+)?)* vastrox@\S+ (.*)$/.exec(text) ??
    []
  return typed === undefined ? undefined : wordsOf(typed)
}

/** As a shell reads them, up to a comment, a bar or what is piped in. `<app>` is one word. */
export function wordsOf(typed: string): string[] {
  const words: string[] = []
  for (const [word, double, single] of typed.matchAll(
    /"([^"]*)"|'([^']*)'|(?:[^\s"'<>|]|<[^<>|]*>|"[^"]*"|'[^']*')+|[<>|]/g,
  )) {
    if (/^(#|\||>|<$|&&|;|\)$|2>)/.test(word)) break
    words.push(double ?? single ?? word.replace(/[;)]$/, ''))
  }
  return words
}
