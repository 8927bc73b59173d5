import type { z } from 'zod'
import { type CommandContext, UsageError } from '#commands/command.ts'

/** `host=backup.example`; a value of `-` is what was piped in. What is secret comes in no other way. */
export function settingsOf(
  { stdin }: Pick<CommandContext, 'stdin'>,
  words: readonly string[],
  secrets: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=')
      if (at < 1) throw new UsageError(`Settings are given as name=value, and ${word} is none.`)
      const [name, value] = [word.slice(0, at), word.slice(at + 1)]
      if (value !== '-' && secrets.includes(name))
        throw new UsageError(`Others see what is on a command line: pipe it in, with ${name}=-`)
      if (value !== '-') return [name, value]
      if (stdin === undefined) throw new UsageError(`Nothing was piped in for ${name}.`)
      return [name, stdin.replace(/\n$/, '')]
    }),
  )
}

/** Throws what the schema says, as a mistake on the command line. */
export function parsed<Schema extends z.ZodType>(schema: Schema, wish: unknown): z.output<Schema> {
  const read = schema.safeParse(wish)
  if (!read.success) throw new UsageError(read.error.issues[0]?.message ?? 'It is not valid.')
  return read.data
}

export function propertiesOf(schema: Record<string, unknown>): object {
  const { properties } = schema
  return typeof properties === 'object' && properties !== null ? properties : {}
}
