import { z } from 'zod'

/** One field of a form that is drawn from the settings of a catalog entry. */
export interface JsonField {
  name: string
  label: string
  /** In place of what is said of every field. */
  hint?: string
  isRequired: boolean
  /** Nobody is shown it again. */
  isSecret: boolean
  /** Undefined where anything can be typed. */
  options: readonly string[] | undefined
  /** What is said in place of each option, where that is not the option itself. */
  optionLabels?: readonly string[]
  default: string
  kind: 'text' | 'number' | 'url'
}

const Property = z.looseObject({
  type: z.string().optional(),
  format: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
})
const Schema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).catch({}),
  required: z.array(z.string()).catch([]),
})

/**
 * The fields of a flat JSON Schema, in its order. What this dashboard does not understand is a plain
 * text field: the server checks what comes, and says what is wrong with it.
 */
export function fieldsOf(schema: unknown, secrets: readonly string[]): JsonField[] {
  const read = Schema.safeParse(schema)
  if (!read.success) return []
  const { properties, required } = read.data
  return Object.entries(properties).map(([name, value]) => {
    const property = Property.safeParse(value).data ?? {}
    const options = property.enum?.filter((each) => typeof each === 'string')
    const fallback = property.default
    return {
      name,
      label: property.description ?? labelOf(name),
      isRequired: required.includes(name) && fallback === undefined,
      isSecret: secrets.includes(name),
      options: options && options.length > 0 ? options : undefined,
      default: fallback === undefined ? '' : String(fallback),
      kind: kindOf(property.type, property.format),
    }
  })
}

/** The same where descriptions explain: they stand under the field, and its name above. */
export const fieldsWithHints = (schema: unknown, secrets: readonly string[]): JsonField[] =>
  fieldsOf(schema, secrets).map((field) => {
    const label = labelOf(field.name)
    return field.label === label ? field : { ...field, label, hint: field.label }
  })

/** What is sent: fields that were left empty are left out. */
export const settingsOf = (
  fields: readonly JsonField[],
  values: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const value = (values[field.name] ?? field.default).trim()
      return value === '' ? [] : [[field.name, value]]
    }),
  )

/** The first field that has to be filled in and is not. */
export const missingIn = (
  fields: readonly JsonField[],
  values: Readonly<Record<string, string>>,
): JsonField | undefined =>
  fields.find(({ name, isRequired }) => isRequired && (values[name] ?? '').trim() === '')

function kindOf(type: string | undefined, format: string | undefined): JsonField['kind'] {
  if (type === 'number' || type === 'integer') return 'number'
  return format === 'uri' ? 'url' : 'text'
}

/** `waitSeconds` → "Wait seconds". */
function labelOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
