import { mkdir } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { isDeepStrictEqual } from 'node:util'
import type { HostProgram } from '@vastrox/shared/node/run.ts'
import { pathsOf } from '@vastrox/shared/installation.ts'
import { z } from 'zod'
import { prepareImage } from '#agent/cli/agent-client.ts'
import { askDaemon } from '#agent/cli/console-client.ts'
import { keepAcmeBundle, readBundle } from '#agent/cli/install/acme-ca.ts'
import { ensureAccounts } from '#agent/cli/install/accounts.ts'
import { type Addresses, addressesOf } from '#agent/cli/install/addresses-of.ts'
import { installCommand, installHook, prepareDirectories } from '#agent/cli/install/directories.ts'
import { keyScreen, setUpBackups } from '#agent/cli/install/backup-step.ts'
import { checkDomain } from '#agent/cli/install/domain-check.ts'
import {
  EXAMPLE_APP,
  exampleAnswers,
  pushExample,
  untilExampleAnswers,
} from '#agent/cli/install/example.ts'
import { setUpFirewall } from '#agent/cli/install/firewall-step.ts'
import { finalScreen } from '#agent/cli/install/final-screen.ts'
import { untilHealthy } from '#agent/cli/install/health.ts'
import type { InstallOptions } from '#agent/cli/install/options.ts'
import { planConfig, thisMachine } from '#agent/cli/install/plan-config.ts'
import { checkBeforehand } from '#agent/cli/install/preflight.ts'
import {
  copyPrograms,
  prunePrograms,
  switchTo,
  targetOf,
} from '#agent/cli/install/program-files.ts'
import { accountOf } from '#agent/cli/install/restore/account.ts'
import { finishRestore } from '#agent/cli/install/restore/finish.ts'
import { bringBack } from '#agent/cli/install/restore/restore.ts'
import { makeSwap, swapOffer } from '#agent/cli/install/swap.ts'
import { keysOfThisServer, setUpSsh } from '#agent/cli/install/ssh-step.ts'
import { type Steps, sayDuration } from '#agent/cli/install/steps.ts'
import { switchVersion } from '#agent/cli/install/switch-version.ts'
import { publishAuthority } from '#agent/cli/install/trust.ts'
import { writeConfig } from '#agent/cli/install/write-config.ts'
import { findInstallation, type Installation, linksOf } from '#agent/cli/installation.ts'
import { SetupError } from '#agent/cli/setup-error.ts'
import { mustRun } from '#agent/cli/must-run.ts'
import { hasSystemd, openPlatform } from '#agent/cli/platform/platform.ts'
import type { Platform } from '#agent/cli/platform/platform-port.ts'

interface Deps {
  options: InstallOptions
  /** The freshly built bundle. */
  bundleDir: string
  sourceDir: string | undefined
  env: Record<string, string | undefined>
  /** When install.sh was started. */
  begunAt: number
  steps: Steps
}

const NODE_MAJOR = '26'
const SignInLink = z.object({ url: z.string(), path: z.string() })
const Tokens = z.array(z.object({ name: z.string() }))
const Apps = z.array(z.object({ name: z.string() }))
const CreatedToken = z.object({ token: z.string() })

/**
 * Everything of an installation but packages and the bundle, which install.sh has seen to. Each step
 * may run again: a second run repairs, upgrades, keeps all data and drops no request.
 */
export async function install(deps: Deps): Promise<void> {
  const { options, steps } = deps
  await checkBeforehand(options)
  const restored =
    options.restore === undefined
      ? undefined
      : await bringBack({ ...deps, question: questionAtTerminal() })
  const existing = await findInstallation(options.dataDir)
  if (options.swap)
    await steps.run('Swap', async (progress) => {
      progress(await makeSwap())
    })
  const installation = await steps.run('Accounts, directories, programs', () =>
    layOut(deps, existing),
  )
  const { config, paths, links } = installation
  const platform = openPlatform(installation)
  const runs = (await platform.status()) !== undefined
  await steps.run(runs ? 'Taking over without a dropped request' : 'Starting the processes', () =>
    start(installation, platform, existing, deps.bundleDir),
  )
  const end = restored && (await finishRestore(installation, restored, steps))
  await prunePrograms()
  await steps.run("Trusting the installation's CA on this machine", () =>
    publishAuthority(installation),
  )
  await prepareFirstImage(deps, paths.agentSocket)
  const deployToken = await createTokenOnce(installation)
  if (options.example && !restored) await deployExample(deps, installation, deployToken)

  const command = links.command.split('/').at(-1) ?? 'vastrox'
  await setUpFirewall({
    ask: (args, schema) => askDaemon(paths.consoleSocket, args, schema),
    say: (line) => steps.say(line),
    question: options.json ? undefined : questionAtTerminal(),
    wanted: options.firewall,
    publicAddress: config.publicAddress,
    command,
  })

  const ssh = await setUpSsh({
    ask: (args, schema, stdin) => askDaemon(paths.consoleSocket, args, schema, { stdin }),
    say: (line) => steps.say(line),
    question: options.json ? undefined : questionAtTerminal(),
    wish: options.keys,
    files: () => keysOfThisServer(deps.env),
    command,
  })

  const key = await setUpBackups({
    ask: (args, schema) => askDaemon(paths.consoleSocket, args, schema),
    allow: async (path) => {
      await mustRun(asProgram(links.command), ['destinations', 'allow', path])
    },
    path: options.backupTo,
  })

  const domain = await checkDomain(config)
  for (const problem of domain.problems) steps.say(`  note: ${problem}`)
  const addresses = addressesOf(config, domain.leadsHere)
  const link = await askDaemon(paths.consoleSocket, ['sign-in-link', '--json'], SignInLink)
  const signInUrl = `${addresses.dashboardUrl}${link.path}`
  const exampleUrl = options.example && !restored ? addresses.appUrl(EXAMPLE_APP) : undefined
  steps.say(
    finalScreen({
      config,
      addresses,
      command,
      caFile: paths.caFile,
      signInUrl,
      exampleUrl,
      deployToken,
      ssh,
      took: sayDuration(Date.now() - deps.begunAt),
      systemd: hasSystemd(),
      swapOffer: await swapOffer(),
    }),
  )
  if (key !== undefined && options.backupTo !== undefined)
    steps.say(keyScreen(key, options.backupTo, command))
  if (restored && end) steps.say(accountOf(restored, end, config, command))
  if (options.json)
    steps.say(
      JSON.stringify({
        ...(await forScripts(installation, addresses, signInUrl, exampleUrl)),
        ...(key === undefined ? {} : { recoveryKey: key }),
      }),
    )
}

const asProgram = (path: string): HostProgram => `/${path.slice(1)}`

/** What apps need to be built is needed later than what runs: a restore goes on without it. */
async function prepareFirstImage({ options, steps }: Deps, agentSocket: string): Promise<void> {
  try {
    await steps.run(`Preparing the Node ${NODE_MAJOR} image`, (progress) =>
      prepareImage(agentSocket, 'node', NODE_MAJOR, progress),
    )
  } catch (error) {
    if (options.restore === undefined || !(error instanceof SetupError)) throw error
    steps.say(`  note: ${error.message} Builds of Node apps wait for it; what was restored runs.`)
  }
}

const ANSWER_WITHIN_MS = 120_000

/** Gives undefined to whoever does not answer. */
function questionAtTerminal(): ((text: string) => Promise<string | undefined>) | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined
  return async (text) => {
    const terminal = createInterface({ input: process.stdin, output: process.stdout })
    try {
      return await terminal.question(text, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
    } catch {
      return undefined
    } finally {
      terminal.close()
    }
  }
}

/** Nothing that runs is touched yet. */
async function layOut(deps: Deps, existing: Installation | undefined): Promise<Installation> {
  const { dataDir } = deps.options
  const paths = pathsOf(dataDir)
  const plan = planConfig(deps.options, existing?.config, thisMachine(deps.env), deps.sourceDir)
  if (plan.acmeCaFile !== null && plan.acmeCaFile !== paths.acmeCaFile)
    await readBundle(plan.acmeCaFile)
  const links = linksOf(dataDir, plan.instance)
  await ensureAccounts()
  const version = await copyPrograms(deps.bundleDir)
  // Before anything else is in the directory: a run that is cut off here is no damage to the next.
  await mkdir(dataDir, { recursive: true, mode: 0o755 })
  const config = await keepAcmeBundle(plan, paths.acmeCaFile)
  await writeConfig(paths.config, config)
  await prepareDirectories(paths, dataDir)
  // On a second run the link moves in switchVersion, which knows the way back.
  if ((await targetOf(links.current)) === undefined) await switchTo(links, version)
  await installHook(version, links.current, paths.gitHooks)
  await installCommand(links.command, links.current, dataDir)
  return { dataDir, paths, config, links }
}

async function start(
  installation: Installation,
  platform: Platform,
  existing: Installation | undefined,
  bundleDir: string,
): Promise<void> {
  const version = await copyPrograms(bundleDir)
  const isRunning = (await platform.status()) !== undefined
  const isSameVersion = (await targetOf(installation.links.current)) === version
  if (isRunning && existing && portsDiffer(existing, installation)) await platform.down()
  else if (isRunning && !isSameVersion) return switchVersion(installation, platform, version)
  else if (isRunning && !isDeepStrictEqual(existing?.config, installation.config))
    await platform.change()
  await switchTo(installation.links, version)
  await platform.up()
  await untilHealthy(platform, installation)
}

/** Bound sockets cannot be moved to another port. */
const portsDiffer = ({ config: before }: Installation, { config: now }: Installation): boolean =>
  before.httpPort !== now.httpPort ||
  before.httpsPort !== now.httpsPort ||
  before.sshPort !== now.sshPort

/** The one to push with that the last screen shows; undefined when an earlier run has shown it. */
async function createTokenOnce(installation: Installation): Promise<string | undefined> {
  const name = 'install'
  const tokens = await askDaemon(installation.paths.consoleSocket, ['tokens', '--json'], Tokens)
  if (tokens.some((token) => token.name === name)) return undefined
  return createToken(installation, name, 'push')
}

async function createToken(
  { paths }: Installation,
  name: string,
  use: 'push' | 'api',
): Promise<string> {
  // Not a deploy token: that is for one app that is there already.
  const may = use === 'push' ? '--push' : '--admin'
  const args = ['tokens:create', '--name', name, '--json', may]
  return (await askDaemon(paths.consoleSocket, args, CreatedToken)).token
}

/** Once pushed it is the operator's: whatever became of it, a second run leaves it alone. */
async function exampleIsThere({ paths }: Installation): Promise<boolean> {
  const apps = await askDaemon(paths.consoleSocket, ['apps', '--json'], Apps)
  return apps.some(({ name }) => name === EXAMPLE_APP)
}

async function deployExample(
  { steps, bundleDir }: Deps,
  installation: Installation,
  deployToken: string | undefined,
): Promise<void> {
  const { config, paths } = installation
  if ((await exampleAnswers(config)) || (await exampleIsThere(installation))) return
  await steps.run('Pushing the example with git', async (progress) =>
    pushExample({
      source: `${bundleDir}/examples/node-express`,
      config,
      caFile: paths.caFile,
      token: deployToken ?? (await createToken(installation, 'install-example', 'push')),
      progress,
    }),
  )
  await steps.run('Waiting for its answer through the proxy', () => untilExampleAnswers(config))
}

async function forScripts(
  installation: Installation,
  { dashboardUrl }: Addresses,
  signInUrl: string,
  exampleUrl: string | undefined,
) {
  const { config, paths, dataDir, links } = installation
  return {
    dashboardUrl,
    signInUrl,
    apiUrl: `${dashboardUrl}/api/v1`,
    apiToken: await createToken(installation, 'install-json', 'api'),
    exampleUrl: exampleUrl ?? null,
    caFile: paths.caFile,
    sshPort: config.sshPort,
    ftpPort: config.ftpPort,
    dataDir,
    command: links.command,
  }
}
