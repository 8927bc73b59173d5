import { cloneElement, createElement, Fragment, isValidElement, type ReactNode } from 'react'
import { language, type Sayings, sayings } from '#lib/language.ts'

type Values = Readonly<Record<string, string | number | null | undefined>>
/** What stands for `{name}`; an element takes the words of `<name>words</name>` into it. */
type RichValues = Readonly<Record<string, ReactNode>>

const PLACE = /\{(\w+)\}/g
const PART = /\{(\w+)\}|<(\w+)>(.*?)<\/\2>/g

/** What says things in a language; English where it lacks something. */
export function wordsIn(name: string, said: Sayings) {
  const rules = new Intl.PluralRules(name)
  const text = (english: string, values?: Values): string => {
    const own = said[english]
    return fill(typeof own === 'string' ? own : english, values)
  }
  const number = (count: number, one: string, other: string, values?: Values): string => {
    const own = said[other]
    const english = count === 1 ? one : other
    const form =
      typeof own === 'object' ? (own[rules.select(count)] ?? own['other'] ?? english) : english
    return fill(form, { count: count.toLocaleString(name), ...values })
  }
  return { text, number }
}

const chosen = wordsIn(language, sayings)

/**
 * A text in the chosen language; the English one is its key: `t('Publish')`,
 * `t('{name} is removed.', { name })`.
 */
export const t = chosen.text

/** A text by a number, which is `{count}` in it: `tn(files, 'One file', '{count} files')`. */
export const tn = chosen.number

function fill(text: string, values: Values = {}): string {
  return text.replace(PLACE, (place, name: string) =>
    name in values ? `${values[name] ?? ''}` : place,
  )
}

/** What `t` or `tn` says, with elements in it: `rich(t('Read <link>how</link>.'), { link })`. */
export function rich(text: string, values: RichValues): ReactNode {
  const parts: ReactNode[] = []
  let from = 0
  for (const { 0: all, 1: place, 2: tag, 3: words = '', index } of text.matchAll(PART)) {
    const name = place ?? tag ?? ''
    const value = values[name]
    parts.push(text.slice(from, index))
    if (tag !== undefined && isValidElement(value))
      parts.push(cloneElement(value, undefined, rich(words, values)))
    else parts.push(name in values ? value : all)
    from = index + all.length
  }
  return createElement(Fragment, null, ...parts, text.slice(from))
}
