import { argumentsOf } from './find-words.ts'
import { nameIn, parse, type SyntaxNode, textOf, walk } from './syntax.ts'

/** English by its key, which is the English text itself; of `tn` the text of many. */
export type Catalogue = Record<string, string | { one: string; other: string }>

export interface Said {
  entries: [key: string, english: Catalogue[string]][]
  /** Calls whose text is no plain string, and can be found by nobody. */
  unclear: SyntaxNode[]
}

/** What a file says with `t('…')` and `tn(count, '…', '…')`. */
export function saidIn(code: string, file: string): Said {
  const said: Said = { entries: [], unclear: [] }
  walk(parse(code, file), (node) => {
    if (node.type !== 'CallExpression') return undefined
    const callee = nameIn(code, node['callee'])
    const [first, second, third] = argumentsOf(node).map(plainText)
    if (callee === 't')
      if (first === undefined) said.unclear.push(node)
      else said.entries.push([first, first])
    if (callee === 'tn')
      if (second === undefined || third === undefined) said.unclear.push(node)
      else said.entries.push([third, { one: second, other: third }])
    return undefined
  })
  return said
}

const plainText = (node: SyntaxNode): string | undefined =>
  node.type === 'Literal' ? textOf(node) : undefined

/** All of them, in the order of the alphabet, as the file of the catalogue has them. */
export function catalogueOf(entries: Said['entries']): Catalogue {
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  // What is both one text and one of many has the forms: `tn` needs them, `t` says its key.
  const catalogue: Catalogue = {}
  for (const [key, english] of sorted)
    if (typeof catalogue[key] !== 'object') catalogue[key] = english
  return catalogue
}

/** The places in a text that are filled in: `{name}`, `<link>`. */
export const placesOf = (text: string): string[] =>
  [...new Set(text.match(/\{\w+\}|<\/?\w+>/g))].toSorted()
