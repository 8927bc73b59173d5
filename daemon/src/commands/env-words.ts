import type { ParseArgsOptionsConfig } from 'node:util'
import {
  type EnvChange,
  type EnvDifference,
  EnvGenerator,
  type EnvVariable,
  type SetVariable,
  type VariableWish,
} from '@vastrox/shared/env.ts'
import { type Arguments, type CommandContext, textOption, UsageError } from '#commands/command.ts'
import { table } from '#commands/output.ts'

/** What can be said of variables of an app and of a group. */
export const MARKS = {
  build: { type: 'boolean' },
  both: { type: 'boolean' },
  runtime: { type: 'boolean' },
  'never-reveal': { type: 'boolean' },
  reference: { type: 'boolean' },
} as const satisfies ParseArgsOptionsConfig

const PHASES = ['build', 'both', 'runtime'] as const

export function marksOf({ options }: Arguments): Omit<SetVariable, 'value' | 'generate'> {
  const phases = PHASES.filter((phase) => options[phase] === true)
  if (phases.length > 1) throw new UsageError('Say one of --build, --both and --runtime.')
  const [phase] = phases
  return {
    ...(phase === undefined ? {} : { phase }),
    ...(options['never-reveal'] === true ? { neverReveal: true } : {}),
    ...(options['reference'] === true ? { isReference: true } : {}),
  }
}

/** `NAME=value …`, `NAME < value`, or names whose values are to be generated; with the marks. */
export function wishesOf(
  words: readonly string[],
  args: Arguments,
  context: Pick<CommandContext, 'stdin'>,
): Record<string, VariableWish> {
  const marks = marksOf(args)
  const how = textOption(args, 'generate')
  const isBare = Object.keys(marks).length === 0
  if (how !== undefined) {
    const generate = EnvGenerator.safeParse(how).data
    if (generate === undefined)
      throw new UsageError(`--generate takes one of ${EnvGenerator.options.join(', ')}.`)
    return Object.fromEntries(words.map((word) => [word, { ...marks, generate }]))
  }
  return Object.fromEntries(
    words.map((word) => {
      const [key, value] = variableOf(word, words, context)
      return [key, isBare ? value : { ...marks, value }]
    }),
  )
}

function variableOf(
  word: string,
  words: readonly string[],
  { stdin }: Pick<CommandContext, 'stdin'>,
): [string, string] {
  const at = word.indexOf('=')
  if (at > 0) return [word.slice(0, at), word.slice(at + 1)]
  if (words.length > 1 || stdin === undefined || at === 0)
    throw new UsageError(`${word} is not NAME=value.`)
  return [word, stdin.replace(/\r?\n$/, '')]
}

export function changeNumber(text: string): number {
  const number = Number(text.replace(/^v/, ''))
  if (!Number.isSafeInteger(number) || number < 1) throw new UsageError(`${text} is no number.`)
  return number
}

export const variableTable = (variables: readonly EnvVariable[]): string =>
  table(
    ['Name', 'For', 'From', 'Marks', 'Changed'],
    variables.map(({ key, phase, group, neverReveal, isReference, isOverridden, changedAt }) => [
      key,
      phase,
      group ?? '',
      [
        neverReveal ? 'never revealed' : '',
        isReference ? 'reference' : '',
        isOverridden ? 'overridden' : '',
      ]
        .filter(Boolean)
        .join(', '),
      changedAt,
    ]),
  )

export const changeTable = (changes: readonly EnvChange[]): string =>
  table(
    ['Change', 'When', 'Who', 'What'],
    changes.map((change) => [String(change.number), change.at, change.actor, sayChange(change)]),
  )

function sayChange({ set, unset, marked, restored }: EnvChange): string {
  const parts = [
    restored === null ? '' : `as after change ${restored}`,
    ...Object.entries({ set, unset, marked }).map(([verb, keys]) =>
      keys.length === 0 ? '' : `${verb} ${keys.join(' ')}`,
    ),
  ].filter(Boolean)
  return parts.length === 0 ? 'what was set before' : parts.join('; ')
}

export function sayDifference({ release, before, added, removed, changed }: EnvDifference): string {
  const lines = [
    ...added.map((key) => `+ ${key}`),
    ...removed.map((key) => `- ${key}`),
    ...(changed ?? []).map((key) => `~ ${key}`),
  ]
  const against = before === null ? 'nothing before it' : `v${before}`
  const head = `v${release} against ${against}:`
  const rest = changed === null ? ['Which values differ is no longer known.'] : []
  return `${[head, ...(lines.length > 0 ? lines : ['the same names']), ...rest].join('\n')}\n`
}
