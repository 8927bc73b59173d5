import { z } from 'zod'

/** What a file says of one thing, under the names of the API. */
export type ConfigEntry = Readonly<Record<string, unknown>>

/** How one thing is written in a file: how it is read, and what is written of it. */
export interface ConfigShape {
  /** Gives the entry; what the file leaves out is left out. */
  schema: z.ZodType<ConfigEntry>
  /** The other way round. */
  write(entry: ConfigEntry): unknown
}

interface Unit {
  /** In the API's names: `memoryBytes` is `memory` in a file. */
  suffix: string
  wish: string
  read(text: string | number): number | undefined
  write(value: number): string | number
}

const DURATIONS: readonly [string, number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
]
const SIZES: readonly [string, number][] = [
  ['TB', 2 ** 40],
  ['GB', 2 ** 30],
  ['MB', 2 ** 20],
  ['KB', 2 ** 10],
  ['B', 1],
]

const UNITS: readonly Unit[] = [
  {
    suffix: 'Ms',
    wish: 'Write a time such as 500ms, 30s, 5m, 2h or 7d.',
    read: (text) => inUnits(DURATIONS, text),
    write: (value) => exactly(DURATIONS, value),
  },
  {
    suffix: 'Bytes',
    wish: 'Write a size such as 512MB or 1GB.',
    read: (text) => inUnits(SIZES, text),
    write: (value) => exactly(SIZES, value),
  },
  {
    suffix: 'Millis',
    wish: 'Write a number of cores such as 0.5 or 2; 0 is no limit.',
    read: (cores) => (typeof cores === 'number' ? Math.round(cores * 1_000) : undefined),
    write: (value) => value / 1_000,
  },
]

/**
 * An object of a file from the fields of an API's: times, sizes and cores are written as people say
 * them, nothing has to be there, and nothing may be there that is not known.
 */
export function configShape(
  fields: Readonly<Record<string, z.ZodType>>,
  nested: Readonly<Record<string, ConfigShape>> = {},
): ConfigShape {
  const names = new Map(Object.keys(fields).map((field) => [fileName(field), field]))
  const shape = Object.fromEntries(
    [...names].map(([name, field]) => {
      const unit = unitOf(field)
      const schema = nested[field]?.schema ?? strictly(bare(fields[field] ?? z.never()))
      return [name, z.optional(unit ? inUnit(unit, schema) : schema)]
    }),
  )
  return {
    schema: z
      .preprocess((given) => given ?? {}, z.strictObject(shape))
      .transform((said) =>
        Object.fromEntries(
          Object.entries(said).flatMap(([name, value]) =>
            value === undefined ? [] : [[names.get(name) ?? name, value]],
          ),
        ),
      ),
    write: (entry) =>
      Object.fromEntries(
        Object.entries(entry).map(([field, value]) => {
          const [unit, inner] = [unitOf(field), nested[field]]
          if (unit && typeof value === 'number') return [fileName(field), unit.write(value)]
          return [fileName(field), inner && isEntry(value) ? inner.write(value) : value]
        }),
      ),
  }
}

/** `memoryBytes` is `memory`. */
export function fileName(field: string): string {
  const unit = unitOf(field)
  return unit ? field.slice(0, -unit.suffix.length) : field
}

export const isEntry = (value: unknown): value is ConfigEntry =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const unitOf = (field: string): Unit | undefined =>
  UNITS.find(({ suffix }) => field.endsWith(suffix))

/** Without what stands for what is left out: a file that says nothing changes nothing. */
function bare(schema: z.ZodType): z.ZodType {
  if (!(schema instanceof z.ZodDefault) && !(schema instanceof z.ZodOptional)) return schema
  const inner: unknown = schema.unwrap()
  return inner instanceof z.ZodType ? bare(inner) : schema
}

/** The API's own schemas drop keys that they do not know; here they are named. */
const strictly = (schema: z.ZodType): z.ZodType =>
  z.unknown().transform((given, context): unknown => {
    if (given === undefined) return undefined
    const { data, error } = schema.safeParse(given)
    for (const { message, path } of error?.issues ?? [])
      context.addIssue({ code: 'custom', message, path })
    if (error) return z.NEVER
    for (const path of unknownIn(given, data, []))
      context.addIssue({ code: 'unrecognized_keys', keys: path.slice(-1), path: path.slice(0, -1) })
    return data
  })

function unknownIn(given: unknown, known: unknown, path: string[]): string[][] {
  if (Array.isArray(given) && Array.isArray(known))
    return given.flatMap((each: unknown, at) => unknownIn(each, known[at], [...path, `${at}`]))
  if (!isEntry(given) || !isEntry(known)) return []
  return Object.entries(given).flatMap(([key, value]) =>
    Object.hasOwn(known, key) ? unknownIn(value, known[key], [...path, key]) : [[...path, key]],
  )
}

const inUnit = (unit: Unit, schema: z.ZodType): z.ZodType =>
  z.preprocess((said, context) => {
    if (said === null) return said
    const value = typeof said === 'string' || typeof said === 'number' ? unit.read(said) : undefined
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: unit.wish })
    return z.NEVER
  }, schema)

function inUnits(units: readonly [string, number][], text: string | number): number | undefined {
  if (text === 0) return 0
  const [, digits, name] = /^([0-9]{1,15}(?:\.[0-9]{1,6})?) ?([A-Za-z]{1,2})$/.exec(`${text}`) ?? []
  const [, factor] = units.find(([unit]) => unit === name) ?? []
  return factor === undefined ? undefined : Math.round(Number(digits) * factor)
}

/** In the largest unit that says it without a fraction. */
function exactly(units: readonly [string, number][], value: number): string {
  const [unit, factor] = units.find(([, each]) => value !== 0 && value % each === 0) ?? [
    units.at(-1)?.[0] ?? '',
    1,
  ]
  return `${value / factor}${unit}`
}
