import { addressesOf } from '#agent/cli/install/addresses-of.ts'
import { publishAuthority } from '#agent/cli/install/trust.ts'
import { writeConfig } from '#agent/cli/install/write-config.ts'
import { findInstallation, type Installation } from '#agent/cli/installation.ts'
import { runDaemonCommand } from '#agent/cli/console-client.ts'
import { SetupError } from '#agent/cli/setup-error.ts'
import { whereFrom } from '#agent/cli/where-from.ts'

/**
 * `base-domain`, `base-domain:move` and `base-domain:undo`, typed on the server: the daemon moves, and
 * root says that this machine trusts the CA of the domain that it is at now. `--trust` does that alone,
 * after a move by the dashboard.
 */
export async function baseDomain(
  installation: Installation,
  args: readonly string[],
): Promise<number> {
  const words = args.filter((word) => word !== '--trust')
  const [command = ''] = words
  const isNamed = words.slice(1).some((word) => !word.startsWith('-'))
  const isMove = command !== 'base-domain' || isNamed
  const typed =
    command === 'base-domain' && isNamed ? ['base-domain:move', ...words.slice(1)] : [...words]
  const code = await runDaemonCommand(installation.paths.consoleSocket, typed, {
    origin: whereFrom(process.env, new Date()),
    stdout: (said) => process.stdout.write(said),
    stderr: (said) => process.stderr.write(said),
  })
  if (code !== 0 || (!isMove && !args.includes('--trust'))) return code
  const moved = await findInstallation(installation.dataDir)
  if (!moved) return 1
  mustBeTyped(words, moved.config.baseDomain)
  const config = { ...moved.config, baseDomainBy: 'root' as const }
  await writeConfig(moved.paths.config, config)
  const isNew = await publishAuthority({ ...moved, config })
  if (args.includes('--json')) return 0
  const { dashboardUrl } = addressesOf(config, true)
  if (isNew) {
    console.log(`This server trusts the local CA of ${config.baseDomain} now, for names under it.`)
    console.log(`On your machine, until a public certificate has come: ${moved.paths.caFile}`)
    console.log(`  git config --global http.${dashboardUrl}/.sslCAInfo <that file>`)
  }
  return 0
}

/**
 * The name in config.json is the daemon's word. Root trusts a CA for the one that was typed and for no
 * other: a daemon that is taken over could name somebody else's.
 */
export function mustBeTyped(words: readonly string[], found: string): void {
  const typed = words
    .slice(1)
    .find((word) => !word.startsWith('-'))
    ?.trim()
    .toLowerCase()
  if (typed === undefined || typed === found) return
  throw new SetupError(
    `The platform says that it is at ${found}, and not at ${typed}: nothing is trusted for it.`,
    'Look at vastrox base-domain and vastrox logs --platform daemon. If nobody moved it there, somebody got hold of the account vastrox.',
  )
}
