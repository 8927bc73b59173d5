import { existsSync } from 'node:fs'
import { run } from '@vastrox/shared/node/run.ts'

/** The same that the engine uses, so that both see one ruleset. */
const IPTABLES = '/usr/sbin/iptables'
const TIMEOUT_MS = 10_000
/** The engine keeps it for whoever runs the machine, asks it first, and never changes it. */
const CHAIN = 'DOCKER-USER'
const WAIT = ['--wait', '5']

/**
 * The engine lets nothing into its networks that it does not publish itself, and an accept in our own table
 * cannot overrule that (docs/decisions/0175). So one line of ours stands in the chain that it keeps for
 * this: whatever was led into our networks by a translation may pass. It goes with the last port. Resolves
 * with what is wrong, in words; undefined where all is well.
 */
export async function keepForwarding(
  instance: string,
  isWanted: boolean,
): Promise<string | undefined> {
  if (!existsSync(IPTABLES)) return undefined
  const rule = ruleOf(instance)
  const isThere = (await iptables(['--check', CHAIN, ...rule])).exitCode === 0
  if (isThere === isWanted) return undefined
  if (!isWanted) {
    const gone = await iptables(['--delete', CHAIN, ...rule])
    return gone.exitCode === 0 ? undefined : said(gone.stderr)
  }
  const listed = await iptables(['--list-rules', CHAIN])
  // Without the chain the engine does not filter, or has another backend: then that is looked at.
  if (listed.exitCode !== 0) return whyClosed()
  const place = placeIn(listed.stdout.toString())
  const added = await iptables(
    place === undefined
      ? ['--append', CHAIN, ...rule]
      : ['--insert', CHAIN, String(place), ...rule],
  )
  return added.exitCode === 0 ? undefined : said(added.stderr)
}

/** The same without mending it: for the doctor, who changes nothing. */
export async function lookAtForwarding(instance: string): Promise<string | undefined> {
  if (!existsSync(IPTABLES)) return undefined
  if ((await iptables(['--check', CHAIN, ...ruleOf(instance)])).exitCode === 0) return undefined
  const { exitCode, stdout } = await iptables(['--list-rules', 'FORWARD'])
  return exitCode !== 0 || stdout.toString().startsWith('-P FORWARD ACCEPT') ? undefined : CLOSED
}
const CLOSED =
  'Forwarding is closed by iptables, and the line that lets the ports of apps through is not there.'

/** Behind whatever the operator has put there, before the engine's own `RETURN`; undefined: at the end. */
export function placeIn(listing: string): number | undefined {
  const rules = listing.split('\n').filter((each) => each.startsWith('-A '))
  const at = rules.findIndex((each) => each.trim() === `-A ${CHAIN} -j RETURN`)
  return at < 0 ? undefined : at + 1
}

const ruleOf = (instance: string): string[] =>
  [
    ['--out-interface', `vx${instance}+`],
    ['--match', 'conntrack', '--ctstate', 'DNAT'],
    ['--match', 'comment', '--comment', `vastrox ${instance}: raw ports`],
    ['--jump', 'ACCEPT'],
  ].flat()

/** Undefined where forwarding is open anyway. */
async function whyClosed(): Promise<string | undefined> {
  const { exitCode, stdout } = await iptables(['--list-rules', 'FORWARD'])
  const isOpen = exitCode !== 0 || stdout.toString().startsWith('-P FORWARD ACCEPT')
  return isOpen
    ? undefined
    : `Forwarding is closed by iptables, and the engine keeps no chain ${CHAIN} in which it could be opened for raw ports.`
}

const iptables = (args: readonly string[]) =>
  run(IPTABLES, [...WAIT, ...args], { timeoutMs: TIMEOUT_MS })

const said = (stderr: string): string => `iptables: ${stderr.trim().split('\n')[0] ?? ''}`
