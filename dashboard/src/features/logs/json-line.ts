import { plainText } from '#lib/ansi.ts'

export interface JsonLine {
  /** What it says in a few words; undefined where no field does. */
  message: string | undefined
  /** All the others, with the path of each: `user.id`. */
  fields: [name: string, value: string][]
}

const MESSAGE_NAMES = ['msg', 'message', 'text', 'event']
/** Said by the line itself already. */
const SAID = new Set(['time', 'timestamp', 'ts', '@timestamp', 'level', 'severity', 'lvl'])
const MOST_FIELDS = 60
const MOST_DEEP = 4

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The fields of a line that is JSON; undefined for any other line. */
export function readJsonLine(text: string): JsonLine | undefined {
  const plain = text.trim()
  if (!plain.startsWith('{') || !plain.endsWith('}')) return undefined
  const value = parse(plain)
  if (!isRecord(value)) return undefined
  const named = MESSAGE_NAMES.find((name) => typeof value[name] === 'string')
  const fields: [string, string][] = []
  gather(value, '', 0, fields)
  return {
    message: named === undefined ? undefined : plainText(String(value[named])),
    fields: fields.filter(([name]) => name !== named),
  }
}

/** Beside the message there is room for what the line itself does not say. */
export const besideMessage = ({ fields }: JsonLine): [string, string][] =>
  fields.filter(([name]) => !SAID.has(name))

function gather(
  value: Record<string, unknown>,
  prefix: string,
  depth: number,
  into: [string, string][],
): void {
  for (const [name, each] of Object.entries(value)) {
    if (into.length >= MOST_FIELDS) return
    if (isRecord(each) && depth < MOST_DEEP) gather(each, `${prefix}${name}.`, depth + 1, into)
    else {
      const text = typeof each === 'string' ? each : (JSON.stringify(each) ?? '')
      into.push([plainText(`${prefix}${name}`), plainText(text)])
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
