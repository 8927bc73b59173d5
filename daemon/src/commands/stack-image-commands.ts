import type { StackImageList, StackImageRound } from '@vastrox/shared/stack-image.ts'
import { type Command, EXIT_FAILED } from '#commands/command.ts'
import { harmless, megabytes, show, table } from '#commands/output.ts'

export const stackImageCommands: readonly Command[] = [
  {
    name: 'stack-images',
    aliases: ['stack-images:list'],
    usage: '',
    summary: 'The images that are prepared once for all apps',
    permission: 'node.read',
    takes: [0, 0],
    async run(context) {
      const list = await context.stackImages.list()
      await show(context, list, () => `${imageTable(list)}\n${baseTable(list)}\n${lastRound(list)}`)
    },
  },
  {
    name: 'stack-images:refresh',
    usage: '',
    summary: 'Make every prepared image anew that has security updates',
    permission: 'node.change',
    takes: [0, 0],
    async run(context) {
      let told = Promise.resolve()
      const round = await context.stackImages.refresh(context.actor, (text) => {
        if (!context.json) told = told.then(() => context.print(harmlessLines(text)))
      })
      await told
      await show(context, round, () => summaryOf(round))
      return round.failed.length > 0 ? EXIT_FAILED : 0
    },
  },
]

const imageTable = ({ items }: StackImageList): string =>
  table(
    ['Image', 'Prepared', 'Stands on', 'Of', 'Size', 'To build with'],
    items.map(({ stack, version, isDefault, needsRegistry, prepared }) => [
      `vastrox/${stack}:${version}${isDefault ? ' *' : ''}`,
      prepared === null ? '-' : dayOf(prepared.preparedAt),
      prepared?.suite ?? '-',
      prepared === null
        ? needsRegistry
          ? 'only from a registry'
          : '-'
        : originOf(prepared.origin, prepared.digest) + (prepared.isOutdated ? ', outdated' : ''),
      megabytes(prepared?.sizeBytes ?? null),
      megabytes(prepared?.buildSizeBytes ?? null),
    ]),
  )

const baseTable = ({ bases }: StackImageList): string =>
  table(
    ['Base', 'Prepared', 'Of', 'Size'],
    bases.map(({ suite, preparedAt, origin, digest, sizeBytes }) => [
      `Debian ${suite}`,
      dayOf(preparedAt),
      originOf(origin, digest),
      megabytes(sizeBytes),
    ]),
  )

function lastRound({ updates: { runningSince, last } }: StackImageList): string {
  if (runningSince !== null) return `Security updates are looked for since ${runningSince}.\n`
  if (last === null) return 'Security updates were not looked for yet.\n'
  return `Security updates: ${last.at}. ${summaryOf(last)}`
}

function summaryOf({ checked, madeAnew, failed }: StackImageRound): string {
  const lines = [
    ...madeAnew.map(({ image, reason }) => `  ${image}: ${reason}`),
    ...failed.map(({ image, reason }) => `  ${image} failed: ${reason}`),
  ]
  const head = `${checked} checked, ${madeAnew.length} made anew, ${failed.length} failed.`
  return [head, ...lines].map((line) => `${harmless(line)}\n`).join('')
}

/** Lines of packages and of the engine: none of them steers a terminal (rule C15). */
const harmlessLines = (text: string): string => text.split('\n').map(harmless).join('\n')

const originOf = (origin: 'distribution' | 'registry', digest: string | null): string =>
  digest === null ? origin : `${origin} ${digest.slice(0, 19)}`
const dayOf = (at: string): string => at.slice(0, 10)
