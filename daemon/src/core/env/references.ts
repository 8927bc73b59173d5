import { CodedError } from '@vastrox/shared/errors.ts'
import { ownOf } from '@vastrox/shared/own-of.ts'
import type { Variable, Variables } from '#core/env/variable.ts'

/** Variables of one place; those of a later layer go over those of an earlier one. */
export interface EnvLayer {
  /** The name of a shared group; null for the app's own variables. */
  group: string | null
  /** The add-on that gives them. */
  addon?: string
  variables: Variables
}

/** A value by the words between the dots: `['db', 'DATABASE_URL']`; undefined where there is none. */
export type ReferenceSource = (path: readonly string[]) => string | undefined

export interface Effective extends Omit<Variable, 'isReference'> {
  group: string | null
}

const REFERENCE = /(\$?)\$\{\{([^{}]*)\}\}/g
const NAME = /^[A-Za-z0-9_-]{1,128}$/
const MAX_VALUE_BYTES = 65_536
/** Twice what an app may have: a thousand short texts may not each name one long one. */
const MAX_FILLED_BYTES = 524_288
/** References to references. */
const MAX_DEPTH = 32

/**
 * What an app gets of its variables: later layers over earlier ones, and `${{ … }}` filled in where a
 * variable says that it is a reference. Other text is never looked at. `env.NAME` is a variable of the
 * app as it gets it, `group.GROUP.NAME` one of a group of its; further sources are given by name.
 * `$${{` stands for `${{` itself. Throws ENV_REFERENCE_INVALID with the variable and the reason, and
 * ENV_TOO_LARGE where what is filled in has no end.
 */
export function resolveEnv(
  layers: readonly EnvLayer[],
  sources: Readonly<Record<string, ReferenceSource>>,
): Map<string, Effective> {
  const top = new Map<string, EnvLayer>()
  for (const layer of layers) for (const key of layer.variables.keys()) top.set(key, layer)
  const known = new Map<Variable, string>()
  const underWay = new Set<Variable>()
  let filledBytes = 0

  function valueOf(key: string, variable: Variable): string {
    if (!variable.isReference) return variable.value
    const done = known.get(variable)
    if (done !== undefined) return done
    if (underWay.has(variable)) throw invalid(key, `${key} refers to itself`)
    if (underWay.size >= MAX_DEPTH)
      throw invalid(key, `${key} is reached by more than ${MAX_DEPTH} references in a row`)
    underWay.add(variable)
    const value = fill(key, variable.value)
    underWay.delete(variable)
    filledBytes += Buffer.byteLength(value)
    if (filledBytes > MAX_FILLED_BYTES) throw new CodedError('ENV_TOO_LARGE', { key })
    known.set(variable, value)
    return value
  }

  /** Put together piece by piece, so that references to references cannot grow without end. */
  function fill(key: string, template: string): string {
    let value = ''
    let at = 0
    const add = (text: string): void => {
      value += text
      if (Buffer.byteLength(value) > MAX_VALUE_BYTES)
        throw invalid(key, `${key} is larger than 64 KB with its references filled in`)
    }
    for (const match of template.matchAll(REFERENCE)) {
      const [whole, escape, inside = ''] = match
      add(template.slice(at, match.index))
      add(escape === '$' ? whole.slice(1) : look(key, inside.trim()))
      at = match.index + whole.length
    }
    add(template.slice(at))
    return value
  }

  function look(key: string, words: string): string {
    const path = words.split('.')
    const [source = '', ...rest] = path
    if (path.length < 2 || !path.every((word) => NAME.test(word)))
      throw invalid(
        key,
        `${key} has \${{ ${words.slice(0, 80)} }}, which is no reference: write \${{ env.NAME }}`,
      )
    const found =
      source === 'env' || source === 'group' ? own(source, rest) : ownOf(sources, source)?.(rest)
    if (found === undefined)
      throw invalid(key, `${key} refers to ${words.slice(0, 200)}, which there is not`)
    return found
  }

  function own(source: 'env' | 'group', rest: readonly string[]): string | undefined {
    const [first = '', second = ''] = rest
    if (rest.length !== (source === 'env' ? 1 : 2)) return undefined
    const name = source === 'env' ? first : second
    const layer = source === 'env' ? top.get(name) : layers.find(({ group }) => group === first)
    const variable = layer?.variables.get(name)
    return variable && valueOf(name, variable)
  }

  return new Map(
    [...top].flatMap(([key, { group, variables }]) => {
      const variable = variables.get(key)
      if (!variable) return []
      const { phase, neverReveal } = variable
      return [[key, { value: valueOf(key, variable), phase, neverReveal, group }] as const]
    }),
  )
}

const invalid = (key: string, reason: string): CodedError =>
  new CodedError('ENV_REFERENCE_INVALID', { key, reason: `${reason}.` })
