import { defaultBaseDomain } from '#agent/cli/install/addresses.ts'
import type { RestoreEnd } from '#agent/cli/install/restore/finish.ts'
import { type Restored, type RestoredPart, sayTime } from '#agent/cli/install/restore/restore.ts'
import type { InstallationConfig } from '@vastrox/shared/installation.ts'
import { isIPv6 } from 'node:net'

const MOST_LINES = 40

/** What was brought back, from when, and what is left for people to do. */
export function accountOf(
  { manifest, volumes, addons, before, state }: Restored,
  end: RestoreEnd,
  config: InstallationConfig,
  command: string,
): string {
  const lost = volumes.filter(({ from }) => from === null)
  const withoutImage = end.apps.filter(({ hasImage }) => !hasImage)
  return [
    `Restored from ${state.repository}:`,
    `  platform     as of ${sayTime(manifest.takenAt)}: ${manifest.apps.length} ${manifest.apps.length === 1 ? 'app' : 'apps'}, users, tokens, env, certificates`,
    ...volumes
      .filter(({ from }) => from !== null)
      .map(({ name, from }) => `  volume       ${name}, as of ${sayTime(from ?? '')}`),
    ...lost.map(
      ({ name }) =>
        `  !! volume    ${name}: there is no backup of it in there, and its app does not start. Another destination may have one: ${command} backups`,
    ),
    ...addons.map((addon) => addonLine(addon, end, command)),
    ...withoutImage.map(
      ({ name }) =>
        `  !! app       ${name}: its image was not saved; build it again: ${command} deploy ${name}`,
    ),
    `  sessions     ${end.sessionsEnded} ended: everybody signs in again`,
    ...(end.firewall === null || end.firewall === 'observe'
      ? []
      : [
          `  firewall     its rules are back, and it only watches; it was set to ${end.firewall}:`,
          `               ${command} firewall, then ${command} firewall:${end.firewall}`,
        ]),
    ...dnsLines(manifest.apps, before, config).slice(0, MOST_LINES),
    `  Keep the server before switched off, or take its network away: both are ${manifest.instance}, answer for the same`,
    '  domains, ask for the same certificates and store in the same repository.',
    '',
  ].join('\n')
}

function addonLine({ name, from }: RestoredPart, end: RestoreEnd, command: string): string {
  const hint = `it is stopped, so that no app meets it empty: ${command} backups:restore`
  if (from === null) return `  !! add-on    ${name}: there is no backup of it in there; ${hint}`
  const failed = end.addons.find((each) => each.name === name && each.reason !== null)
  if (failed) return `  !! add-on    ${name}: ${failed.reason} ${hint}`
  return `  add-on       ${name}, as of ${sayTime(from)}`
}

/** The records that lead to the address before; none where it is the same. */
export function dnsLines(
  apps: Restored['manifest']['apps'],
  before: { publicAddress: string; baseDomain: string },
  now: { publicAddress: string; baseDomain: string },
): string[] {
  if (before.publicAddress === now.publicAddress) return []
  const type = isIPv6(now.publicAddress) ? 'AAAA' : 'A'
  const isOwn = before.baseDomain !== defaultBaseDomain(before.publicAddress)
  const names = [
    ...(isOwn ? [before.baseDomain, `*.${before.baseDomain}`] : []),
    ...apps.flatMap(({ hosts }) => hosts),
  ]
  const moved = [...new Set(names)].map(
    (name) => `    ${name.padEnd(40)} ${type}  ${now.publicAddress}`,
  )
  const renamed =
    before.baseDomain === now.baseDomain
      ? []
      : [`  Apps were at *.${before.baseDomain} and are at *.${now.baseDomain} now.`]
  if (moved.length === 0) return renamed
  return [...renamed, `  DNS records that must move (from ${before.publicAddress}):`, ...moved]
}
