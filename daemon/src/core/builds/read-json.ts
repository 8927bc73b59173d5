import { CodedError } from '@vastrox/shared/errors.ts'
import type { z } from 'zod'
import { plainText } from '#lib/plain-text.ts'

export interface Parsed<Value> {
  value: Value
  /** Keys that nobody knows, as paths: "build.verison". */
  unknown: string[]
}

/** A configuration of more than this is a mistake. */
const MAX_LENGTH = 65_536
const MAX_UNKNOWN = 10
type Issue = z.core.$ZodIssue

/**
 * The text of a JSON file by a strict schema. Keys that the schema does not know are left out and
 * told; everything else that is wrong throws BUILD_SETTINGS_INVALID with the line or the key.
 */
export function readJson<Schema extends z.ZodType>(
  file: string,
  text: string | undefined,
  schema: Schema,
): Parsed<z.output<Schema>> {
  if (text === undefined || text.length > MAX_LENGTH)
    throw refusal(file, `is larger than ${MAX_LENGTH / 1_024} KB`)
  const json = parse(file, text)
  const first = schema.safeParse(json)
  if (first.success) return { value: first.data, unknown: [] }

  const issues = first.error.issues.flatMap((issue) => flatten(issue))
  const wrong = issues.find(({ code }) => code !== 'unrecognized_keys')
  if (wrong) throw refusal(file, say(wrong))
  const unknown = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [],
  )
  const second = schema.safeParse(without(json, unknown))
  if (!second.success) throw refusal(file, say(second.error.issues.flatMap(flatten)[0]))
  const shown = unknown.slice(0, MAX_UNKNOWN).map(nameOf)
  const more = unknown.length - shown.length
  return { value: second.data, unknown: more > 0 ? [...shown, `${more} more`] : shown }
}

const refusal = (file: string, what: string): CodedError =>
  new CodedError('BUILD_SETTINGS_INVALID', { reason: `${plainText(file)} ${what}.` })

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\u{feff}/u, ''))
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : ''
    throw new CodedError(
      'BUILD_SETTINGS_INVALID',
      { reason: `${plainText(file)} is not valid JSON: ${whatIsWrong(text, said)}.` },
      { cause },
    )
  }
}

/** "line 3: expected a comma": the engine says where only now and then. */
function whatIsWrong(text: string, said: string): string {
  if (text.trim() === '') return 'it is empty'
  const [, what = said, position] =
    /^(.*?) in JSON at position (\d+)/.exec(said) ?? /^(Unexpected token) /.exec(said) ?? []
  const at = position === undefined ? wherePrefixBreaks(text) : Number(position)
  const line = text.slice(0, at).split('\n').length
  if (said.startsWith('Unexpected end')) return `it ends too early, at line ${line}`
  const near = plainText(text.slice(at, at + 12).split('\n')[0] ?? '')
  const rest = text.slice(at).trimStart()
  if (rest.startsWith('//') || rest.startsWith('/*'))
    return `line ${line} has a comment, which JSON does not know`
  if (/^[}\]]/.test(rest) && /,\s*$/.test(text.slice(0, at)))
    return `line ${line}: a comma stands before the closing ${rest[0]}`
  return `line ${line}: ${lowerFirst(plainText(what))}${near === '' ? '' : ` at ${near}`}`
}

/** The longest beginning that only lacks its end: what comes after it is what is wrong. */
function wherePrefixBreaks(text: string): number {
  let whole = 0
  let broken = text.length
  while (broken - whole > 1) {
    const middle = Math.floor((whole + broken) / 2)
    if (isBroken(text.slice(0, middle))) broken = middle
    else whole = middle
  }
  return isBroken(text) ? broken - 1 : text.length
}

function isBroken(text: string): boolean {
  try {
    JSON.parse(text)
    return false
  } catch (error) {
    return error instanceof Error && error.message.startsWith('Unexpected token')
  }
}

/** Of a union that fits none: what the alternative says that came furthest. */
function flatten(issue: Issue): Issue[] {
  if (issue.code === 'invalid_key')
    return issue.issues.map((inner) => ({ ...inner, path: issue.path }))
  if (issue.code !== 'invalid_union') return [issue]
  const deepest = issue.errors.find(
    (issues) => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  )
  if (!deepest) return [{ ...issue, message: 'Invalid input: of another kind than is expected' }]
  return deepest.flatMap((inner) => flatten({ ...inner, path: [...issue.path, ...inner.path] }))
}

function say(issue: Issue | undefined): string {
  const message = lowerFirst((issue?.message ?? 'invalid').replace(/^Invalid input: /, ''))
  const name = nameOf(issue?.path ?? [])
  return `${name === '' ? 'as a whole' : `at ${name}`}: ${message.replace(/\.$/, '')}`
}

/** As people write it: `processes.web.memory`, `cron[0]`. */
const nameOf = (path: readonly PropertyKey[]): string =>
  plainText(
    path.reduce<string>((name, part) => {
      if (typeof part === 'number') return `${name}[${part}]`
      return name === '' ? String(part) : `${name}.${String(part)}`
    }, ''),
  ).slice(0, 200)

function without(json: unknown, paths: readonly (readonly PropertyKey[])[]): unknown {
  const copy: unknown = structuredClone(json)
  for (const path of paths) {
    const parent = path.slice(0, -1).reduce<unknown>(childOf, copy)
    const key = path.at(-1)
    if (typeof parent === 'object' && parent !== null && key !== undefined)
      Reflect.deleteProperty(parent, key)
  }
  return copy
}

const childOf = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)
