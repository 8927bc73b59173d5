import { posix } from 'node:path'
import type { SourceTree } from '#ports/stack.ts'

const ENDINGS = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs']
const MAX_LENGTH = 100_000

/** The text of `vite.config.ts` and its like without comments; empty where there is none. */
export function configText(tree: SourceTree, name: string): string {
  const path = ENDINGS.map((ending) => `${name}.${ending}`).find((one) => tree.paths.has(one))
  return path === undefined ? '' : withoutComments(tree.read(path) ?? '')
}

/** Leaves texts in quotes alone: `https://` is no comment. Takes time by the length. */
export function withoutComments(source: string): string {
  const text = source.slice(0, MAX_LENGTH)
  let out = ''
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === '"' || character === "'" || character === '`') {
      at = endOfQuoted(text, at)
    } else if (character === '/' && (text[at + 1] === '/' || text[at + 1] === '*')) {
      out += `${text.slice(from, at)} `
      const end = text[at + 1] === '/' ? text.indexOf('\n', at) : text.indexOf('*/', at + 2)
      if (end === -1) return out
      at = text[at + 1] === '/' ? end - 1 : end + 1
      from = at + 1
    }
  }
  return out + text.slice(from)
}

function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1
    else if (text[at] === text[start]) return at
    // A quote alone in a regular expression or in JSX is no text.
    else if (text[at] === '\n' && text[start] !== '`') return start
  }
  return start
}

/** The value of `key: 'value'`, quoted or behind path.resolve(__dirname, …) or new URL('…', …). */
export function textOption(text: string, key: string): string | undefined {
  const value = `["'\`]([^"'\`\\n]{1,200})["'\`]`
  const maker =
    '(?:(?:path\\.)?(?:resolve|join)\\([^,()\'"]{0,80},|fileURLToPath\\(\\s{0,9}new URL\\()'
  return new RegExp(`\\b${key}["']?\\s{0,9}:\\s{0,9}(?:${maker})?\\s{0,9}${value}`).exec(text)?.[1]
}

/** A folder below another one; undefined where it leads out or is written in a way of its own. */
export function folderBelow(base: string, written: string | undefined): string | undefined {
  if (written === undefined || !/^[\w@./ -]{1,200}$/.test(written)) return undefined
  const folder = posix.normalize(posix.join(base, written)).replace(/\/$/, '')
  return folder.startsWith('..') || folder.startsWith('/') ? undefined : folder
}
