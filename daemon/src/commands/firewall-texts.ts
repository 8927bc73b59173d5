import type { FirewallChange, FirewallPreview, FirewallStatus } from '@vastrox/shared/firewall.ts'
import { type CommandContext, EXIT_FAILED } from '#commands/command.ts'
import { facts, plain, show, table } from '#commands/output.ts'

/** What became of it, and what is to be done so that it stays. */
export async function tell(
  context: CommandContext,
  change: FirewallChange,
): Promise<number | undefined> {
  await show(context, change, () => {
    if (change.state === 'confirmed') return `Done: ${plain(change.summary)}\n`
    if (change.state === 'pending')
      return [
        `Applied: ${plain(change.summary)}`,
        `It goes back by itself at ${change.pendingUntil ?? ''} unless you confirm it over a NEW connection:`,
        '  open another ssh session and run: vastrox firewall:confirm',
        '  or press "Keep it" on the Firewall page of the dashboard.',
        '',
      ].join('\n')
    return `${change.state}: ${plain(change.reason ?? change.summary)}\n`
  })
  return change.state === 'failed' ? EXIT_FAILED : undefined
}

export function statusText(status: FirewallStatus): string {
  const { pending, wouldDrop, keepOpen } = status
  const head = facts([
    ['Mode', status.mode],
    ['Means', status.meaning],
    ...(pending === null
      ? []
      : [['Pending', `${pending.summary}; goes back at ${pending.pendingUntil ?? ''}`] as const]),
    ['Rules', String(status.ruleCount)],
    ['Never banned', status.allowList.join(', ') || '-'],
    ['Kept open', keepOpen.map(({ port, protocol }) => `${port}/${protocol}`).join(', ') || '-'],
    ['Connections of one source', String(status.maxConnectionsPerSource || 'as many as they like')],
    ...status.others.map((line) => ['Besides', line] as const),
    ...(status.problem === null ? [] : [['Problem', status.problem] as const]),
  ])
  if (wouldDrop.length === 0) return head
  const title = status.mode === 'enforce' ? 'Dropped' : 'Would be dropped'
  return `${head}\n${title}:\n${table(
    ['Port', 'Packets', 'Last sources'],
    wouldDrop.map(({ protocol, port, packets, lastSources }) => [
      `${port}/${protocol}`,
      String(packets),
      lastSources.join(' '),
    ]),
  )}`
}

export const previewText = ({ mode, words, warnings }: FirewallPreview): string =>
  [
    `${mode}:`,
    ...words.map((line) => `  ${plain(line)}`),
    ...warnings.map((line) => `  note: ${plain(line)}`),
    '',
  ].join('\n')
